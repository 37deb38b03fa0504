import { createPostgresBackend, type PostgresConnectionOptions, Queue, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { Dice } from './random.js';
import type { Site } from './site.js';

const postgres = withBackend(createPostgresBackend);
type Bell = Pick<Queue, 'add' | 'drain' | 'close' | 'on'>;

/** Somebody else at the queue: rings for what is done, for what was never there, with nonsense; and takes bells away. */
export class FalseBells {
  readonly #queues = new Map<string, Bell>();
  readonly #close: () => Promise<void>;
  rung = 0;

  constructor(site: Site) {
    const kinds = ['ingest', 'collect', 'reconcile', 'deliver', 'task'];
    let make: (kind: string) => Bell;
    if (site.redis !== undefined) {
      const connection = new Redis(site.redis.url, { maxRetriesPerRequest: null, retryStrategy: () => 200 });
      connection.on('error', () => {});
      make = (kind) => new Queue(kind, { connection, prefix: 'halflight' });
      this.#close = async () => connection.disconnect();
    } else {
      const pool = new pg.Pool({ ...site.connection, max: 2, options: '-c search_path=bullmq,public' });
      pool.on('error', () => {});
      pool.on('connect', (client) => client.on('error', () => {}));
      const connection = pool as unknown as PostgresConnectionOptions;
      make = (kind) => new postgres.Queue(kind, { connection }) as unknown as Bell;
      this.#close = () => pool.end();
    }
    for (const kind of kinds) {
      const queue = make(kind);
      queue.on('error', () => {});
      this.#queues.set(kind, queue);
    }
  }

  /** Rings by chance. Never fails, and does not wait for a queue that is away. */
  ring(dice: Dice, chunks: readonly string[]): void {
    this.rung++;
    const id = dice.weighted({ real: 6, foreign: 2, nonsense: 2, empty: 1 });
    if (id === 'real' && chunks.length > 0) this.bell('ingest', dice.pick(chunks));
    else if (id === 'foreign') this.bell('ingest', String(dice.below(1e9)));
    else if (id === 'empty')
      void this.#queues
        .get(dice.pick(['ingest', 'deliver']))
        ?.drain()
        .catch(() => {});
    else
      this.bell(
        dice.pick([...this.#queues.keys()]),
        dice.pick(['', 'x'.repeat(5000), '-1', 'retention@1', '__proto__']),
      );
  }

  bell(kind: string, id: string): void {
    void this.#queues
      .get(kind)
      ?.add(kind, { id }, { removeOnComplete: true, removeOnFail: true })
      .catch(() => {});
  }

  async close(): Promise<void> {
    await Promise.race([
      Promise.allSettled([...this.#queues.values()].map((queue) => queue.close())),
      new Promise((resolve) => setTimeout(resolve, 1000)),
    ]);
    await Promise.race([this.#close().catch(() => {}), new Promise((resolve) => setTimeout(resolve, 1000))]);
  }
}
