import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../../../config/schema.js';
import { drain } from '../../../jobs/drain.js';
import type { Runtime } from '../../../jobs/runtime.js';
import type { HttpOutcome, HttpRequest } from '../../../receivers/common/http.js';
import { defaultQuota, Quota } from '../../../receivers/common/quota.js';
import type { HttpReceiver, Listener, ListenerReceiver } from '../../../receivers/common/receiver.js';
import type { Spool } from '../../../receivers/common/spool.js';
import { openSpools } from '../../../receivers/common/spool-folders.js';
import type { TelemetryOptions } from '../../../receivers/telemetry.js';
import { noteRefused } from '../../../store/intake.js';
import { saveGaps } from '../../../store/ledger.js';
import { claimOwnership } from '../../../store/owner.js';
import type { OpenedKinds } from '../config-kinds.js';
import { CliError } from '../errors.js';

/** Everything that is sent to this process: spool, HTTP receivers, listeners. */
export interface Intake {
  push(request: HttpRequest): Promise<HttpOutcome>;
  upload(request: HttpRequest): Promise<HttpOutcome>;
  telemetry(request: HttpRequest): Promise<HttpOutcome>;
  /** Options of a source of kind telemetry; undefined: it is none. */
  telemetrySource(id: string): TelemetryOptions | undefined;
  /** Why nothing is taken now; undefined: it is. */
  trouble(): string | undefined;
  /** Another configuration: listeners that are new, gone or changed are opened and closed. */
  reload(kinds: OpenedKinds, config: Config): Promise<void>;
  /** Takes nothing more; what it has stays in the spool. */
  stop(): Promise<void>;
}

/** Refused pushes are told to the ledger together, this often. */
const tellRefusedMs = 5000;

/** @throws CliError where a port or the spool cannot be had */
export async function openIntake(runtime: Runtime, kinds: OpenedKinds, config: Config, log: Logger): Promise<Intake> {
  const { db, now } = runtime.context;
  const stopping = new AbortController();
  const onGap = (source: string) => (gap: Parameters<typeof saveGaps>[2][number]) => {
    log.warn({ source, why: gap.why, lines: gap.lines }, 'data are missing');
    saveGaps(db, source, [gap]).catch((error: unknown) => log.error({ source, err: error }, 'a gap could not be kept'));
  };
  const { own, orphans } = await openSpools(join(config.data, 'spool'), {
    claim: claimOwnership,
    size: config.spool.size,
    segmentBytes: config.spool.segment,
    onGap: onGap('spool'),
    now,
  });
  const draining = [own, ...orphans].map((spool) =>
    drainUntilEmpty(runtime, spool, spool !== own, stopping.signal, log),
  );

  let sources = new Map(kinds.sources.map((source) => [source.source.id, source]));
  const quota = new Quota(
    (source) => {
      const limits = sources.get(source)?.source.quota;
      const perSecond = limits?.requests_per_second ?? defaultQuota.requestsPerSecond;
      return {
        requestsPerSecond: perSecond,
        burst: Math.max(perSecond * 2, defaultQuota.burst),
        bytesPerDay: limits?.bytes_per_day ?? defaultQuota.bytesPerDay,
      };
    },
    () => performance.now(),
  );

  const refused = new Map<string, number>();
  const tell = setInterval(() => {
    for (const [source, count] of refused) void noteRefused(db, source, count, now()).catch(() => {});
    refused.clear();
  }, tellRefusedMs);
  tell.unref();

  const receive =
    (kind: string) =>
    async (request: HttpRequest): Promise<HttpOutcome> => {
      const source = sources.get(request.source);
      if (source === undefined || source.kind.pulled || source.kind.receiver.kind !== 'http') return gone;
      if (source.source.kind !== kind) return otherKind(source.source.kind);
      const receiver: HttpReceiver = source.kind.receiver;
      const outcome = await receiver.receive(request, source.options, {
        spool: own,
        now,
        quota,
        catalog: () => runtime.context.catalog,
      });
      const lost = outcome.status === 200 ? (outcome.body.dropped?.invalid ?? 0) : 1;
      if (lost > 0) refused.set(request.source, (refused.get(request.source) ?? 0) + lost);
      return outcome;
    };

  const listeners = new Map<string, { listener: Listener; key: string }>();
  const openListeners = async (): Promise<void> => {
    for (const [id, { listener, key }] of listeners) {
      if (listenerKey(sources.get(id)) === key) continue;
      await listener.close();
      listeners.delete(id);
    }
    for (const [id, source] of sources) {
      if (source.kind.pulled || source.kind.receiver.kind !== 'listener' || listeners.has(id)) continue;
      const receiver: ListenerReceiver = source.kind.receiver;
      const listener = receiver.create(source.options, { source: id, spool: own, now, onGap: onGap(id) });
      const { address, port } = await listener.listen();
      listeners.set(id, { listener, key: listenerKey(source) });
      log.info({ source: id, address, port }, 'listening');
    }
  };
  try {
    await openListeners();
  } catch (error) {
    stopping.abort();
    await Promise.allSettled([...listeners.values()].map(({ listener }) => listener.close()));
    await own.close();
    throw new CliError(error instanceof Error ? error.message : String(error));
  }

  return {
    push: receive('push'),
    upload: receive('upload'),
    telemetry: receive('telemetry'),
    telemetrySource: (id) => {
      const source = sources.get(id);
      return source?.source.kind === 'telemetry' ? (source.options as TelemetryOptions) : undefined;
    },
    trouble: () => own.stats().trouble,
    async reload(next) {
      sources = new Map(next.sources.map((source) => [source.source.id, source]));
      await openListeners();
    },
    async stop() {
      clearInterval(tell);
      await Promise.allSettled([...listeners.values()].map(({ listener }) => listener.close()));
      stopping.abort();
      await Promise.allSettled(draining);
      await own.close();
    },
  };
}

/** Moves a spool into the database; one that a dead process left is deleted once it is empty. */
async function drainUntilEmpty(
  runtime: Runtime,
  spool: Spool,
  orphan: boolean,
  signal: AbortSignal,
  log: Logger,
): Promise<void> {
  if (!orphan) return drain(runtime.context, spool, signal);
  const done = new AbortController();
  const check = setInterval(() => {
    if (spool.stats().records === 0) done.abort();
  }, 500);
  try {
    await drain(runtime.context, spool, AbortSignal.any([signal, done.signal]));
    if (done.signal.aborted) {
      await spool.destroy();
      log.info({ spool: spool.id }, 'the spool of a process that is gone was taken over');
    } else await spool.close();
  } finally {
    clearInterval(check);
  }
}

const listenerKey = (source: OpenedKinds['sources'][number] | undefined): string =>
  source === undefined ? '' : JSON.stringify([source.source.kind, source.options]);

const gone: HttpOutcome = {
  status: 422,
  problem: {
    title: 'Unknown source',
    detail: 'The source of this token is not in the configuration: add it, or use the token of another.',
  },
};
const otherKind = (kind: string): HttpOutcome => ({
  status: 422,
  problem: {
    title: 'Other kind of source',
    detail: `The source of this token is of kind ${kind}: send to its address.`,
  },
});
