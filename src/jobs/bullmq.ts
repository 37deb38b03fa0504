import {
  createPostgresBackend,
  type JobsOptions,
  type PostgresConnectionOptions,
  Queue as RedisQueue,
  Worker as RedisWorker,
  withBackend,
} from 'bullmq';
import type { QueuePool } from '../store/queue-pool.js';
import {
  type EnqueueOptions,
  type Handler,
  type JobKind,
  jobKinds,
  type Queue,
  type QueueBackend,
  type QueueCounts,
  QueueError,
  retries,
} from './queue.js';

const postgres = withBackend(createPostgresBackend);

type AnyQueue = Pick<RedisQueue, 'add' | 'getJobCounts' | 'close' | 'on'>;
type AnyWorker = Pick<RedisWorker, 'close' | 'on' | 'pause'>;

/** A pool of `pg`, whose types say the same in other words. */
const pgPool = ({ pool }: QueuePool): PostgresConnectionOptions => pool as unknown as PostgresConnectionOptions;

/** How long a call to the queue may take before it counts as out of reach. */
const patience = 3000;

/** Opens the queue. `onError` hears of lost connections and failed jobs, which mend themselves or are tried again. */
export function openQueue(backend: QueueBackend, onError: (error: Error, kind: JobKind) => void): Queue {
  const queues = new Map<JobKind, AnyQueue>();
  const workers: AnyWorker[] = [];
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();

  const queueOf = (kind: JobKind): AnyQueue => {
    const known = queues.get(kind);
    if (known !== undefined) return known;
    const queue: AnyQueue =
      'redis' in backend
        ? new RedisQueue(kind, { connection: backend.redis, prefix: backend.prefix })
        : (new postgres.Queue(kind, { connection: pgPool(backend.postgres) }) as unknown as AnyQueue);
    queue.on('error', (error: Error) => onError(error, kind));
    queues.set(kind, queue);
    return queue;
  };

  const counts = async (): Promise<Record<JobKind, QueueCounts>> => {
    const all = await Promise.all(
      jobKinds.map(async (kind) => {
        const found = await reached(queueOf(kind).getJobCounts('waiting', 'prioritized', 'active', 'delayed'));
        const of = (state: string): number => found[state] ?? 0;
        return [
          kind,
          { waiting: of('waiting') + of('prioritized'), active: of('active'), delayed: of('delayed') },
        ] as const;
      }),
    );
    return Object.fromEntries(all) as Record<JobKind, QueueCounts>;
  };

  return {
    async enqueue(kind: JobKind, id: string, options: EnqueueOptions = {}) {
      const job: JobsOptions = {
        // A number alone would be taken for one of the queue's own ids, and a colon is refused: it is in the names of its keys.
        jobId: `${kind}-${id.replaceAll(':', '.')}`,
        priority: options.priority ?? 10,
        attempts: retries.attempts,
        backoff: { type: 'exponential', delay: retries.delay, jitter: retries.jitter },
        removeOnComplete: true,
        removeOnFail: true,
        ...(options.delay !== undefined && options.delay > 0 && { delay: options.delay }),
      };
      await reached(queueOf(kind).add(kind, { id }, job));
    },

    async consume(kind: JobKind, handler: Handler, { concurrency }) {
      const process = async (job: { data: unknown; updateProgress(share: number): Promise<void> }): Promise<void> => {
        // Whoever can write to the queue can put anything there: only a short text is an id.
        const id = (job.data as { id?: unknown } | null)?.id;
        if (typeof id !== 'string' || id.length > 200 || stopping.signal.aborted) return;
        const work = handler(id, { signal: stopping.signal, progress: (share) => job.updateProgress(share) });
        const ended = work.catch(() => {});
        running.add(ended);
        await work.finally(() => running.delete(ended));
      };
      const options = {
        concurrency,
        removeOnComplete: { count: 0 },
        // A process that died holds its job so long; what it worked on was free before, and the sweeper rang.
        lockDuration: 15_000,
        stalledInterval: 5000,
        maxStalledCount: 100,
      };
      const worker: AnyWorker =
        'redis' in backend
          ? (new RedisWorker(kind, process, {
              ...options,
              connection: backend.redis,
              prefix: backend.prefix,
            }) as unknown as AnyWorker)
          : (new postgres.Worker(kind, process, {
              ...options,
              connection: pgPool(backend.postgres),
            }) as unknown as AnyWorker);
      worker.on('error', (error: Error) => onError(error, kind));
      worker.on('failed', (_job: unknown, error: Error) => onError(error, kind));
      workers.push(worker);
    },

    counts,

    async reachable() {
      try {
        await reached(queueOf('ingest').getJobCounts('waiting'));
        return true;
      } catch {
        return false;
      }
    },

    async close(graceMs = 8000) {
      stopping.abort();
      // A worker that is asked to close once cannot be hurried any more: so it only takes nothing new, and is closed when its
      // handlers have ended or the time is over. What is cut off is done again by somebody else: results are kept once anyway.
      await within(graceMs, Promise.allSettled(workers.map((worker) => worker.pause(true))));
      await within(graceMs, Promise.all(running));
      const force = running.size > 0;
      await within(
        patience,
        Promise.allSettled([
          ...workers.map((worker) => worker.close(force)),
          ...[...queues.values()].map((queue) => queue.close()),
        ]),
      );
    },
  };
}

/** Waits for something, but not longer than this. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    work,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    }),
  ]);
  clearTimeout(timer);
}

/** The answer of the queue, or a QueueError when there is none in time. */
async function reached<T>(call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new QueueError(`the queue did not answer within ${patience} ms`)), patience);
  });
  try {
    return await Promise.race([call, late]);
  } catch (error) {
    throw error instanceof QueueError ? error : new QueueError(error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
    call.catch(() => {});
  }
}
