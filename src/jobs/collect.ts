import { knowsApp } from '../catalog/apps.js';
import { SourceLoginError } from '../core/chunk.js';
import { faultPoint } from '../core/fault.js';
import { isWorthKeeping } from '../rules/other-situations.js';
import { appendAudit } from '../store/audit.js';
import { commitBatch, loadCursor } from '../store/intake.js';
import { exclusively } from '../store/job-runs.js';
import { saveGaps } from '../store/ledger.js';
import { addNotice } from '../store/outbox.js';
import { beginCollecting, noteSourceError, pauseByService, setSourceState } from '../store/sources.js';
import { evaluate } from './alerts/evaluate.js';
import { grantFacts, sourceFact } from './alerts/facts.js';
import type { ServiceContext } from './context.js';
import { sourceNotice } from './notices.js';

/** Priority of the first chunk of a collection. */
const usual = 10;

/** What a collection gave. */
export interface Collected {
  chunks: number;
  bytes: number;
  gaps: number;
  /** Records that were new, of sources that have ids for them. */
  records: number;
}

/** How a collection was asked for. */
export interface CollectOptions {
  /** A line for who watches. */
  progress?: ((text: string) => void) | undefined;
  /** Asked for by a person: also a source that the service itself paused, which goes on if it can be read. */
  byHand?: boolean | undefined;
}

/** What collecting uses of the context. */
export type CollectingContext = Pick<
  ServiceContext,
  'db' | 'log' | 'now' | 'setup' | 'catalog' | 'collectors' | 'channels' | 'egress' | 'metrics' | 'ring'
>;

/**
 * Asks a source for what is new: the job behind the bell `collect`. One run of a source at a time, wherever it is rung.
 * @returns undefined where nothing was to do: at work elsewhere, paused, or no source that is pulled from
 */
export async function collect(
  context: CollectingContext,
  sourceId: string,
  signal: AbortSignal,
  options: CollectOptions = {},
): Promise<Collected | undefined> {
  const ran = await exclusively(context.db, `collect ${sourceId}`, () => run(context, sourceId, signal, options));
  return ran.ran ? ran.value : undefined;
}

async function run(
  context: CollectingContext,
  sourceId: string,
  signal: AbortSignal,
  { progress, byHand = false }: CollectOptions,
): Promise<Collected | undefined> {
  const { db, log, now } = context;
  const source = context.setup().sources.find(({ id }) => id === sourceId);
  const collector = source === undefined ? undefined : context.collectors.get(source.kind);
  if (source === undefined || collector === undefined) return undefined;
  const begun = await beginCollecting(db, sourceId, now(), byHand);
  if (begun === undefined) return undefined;
  const held = await loadCursor(db, sourceId);
  const cursor = { get: (key: string) => held.get(key), entries: () => held.entries() };
  const total: Collected = { chunks: 0, bytes: 0, gaps: 0, records: 0 };
  const states = new Set<string>();
  try {
    const found = collector.collect(source.options, cursor, {
      source: sourceId,
      egress: context.egress(),
      now,
      signal,
      knowsApp: (name) => knowsApp(context.catalog, name),
      ...(progress !== undefined && { progress }),
    });
    for await (const batch of found) {
      await faultPoint('read');
      const by = { source: sourceId, fence: begun.fence };
      let alerted = false;
      const kept = await commitBatch(db, by, batch, now(), async (trx, fresh) => {
        const grants = fresh.flatMap(({ kind, items }) => (kind === 'grant' ? items : []));
        const facts = await grantFacts(trx, context.catalog, sourceId, grants);
        const worth = facts.filter((fact) => isWorthKeeping(fact, context.setup().alerts.rules));
        alerted = await evaluate(trx, context, worth);
      });
      if (kept === undefined) {
        log.warn({ source: sourceId }, 'another collection of this source has begun; this one ends');
        return total;
      }
      if (alerted) context.ring('deliver', 'due');
      for (const [key, value] of batch.cursor) {
        if (value === null) held.delete(key);
        else held.set(key, value);
      }
      // The more a source has, the later its next one: those of other sources come between.
      for (const id of kept.ids)
        context.ring('ingest', String(id), { priority: Math.min(1000, usual + total.chunks++) });
      total.bytes += kept.bytes + batch.chunks.reduce((sum, chunk) => sum + chunk.size, 0);
      total.records += kept.records;
      for (const kind of kept.states) states.add(kind);
      total.gaps += batch.gaps?.length ?? 0;
      for (const gap of batch.gaps ?? []) progress?.(`gap: ${gap.why}`);
      if (signal.aborted) break;
    }
    await noteSourceError(db, sourceId, undefined, now());
    if (begun.paused) await setSourceState(db, sourceId, 'active', null);
    if (states.size > 0) log.info({ source: sourceId, states: [...states] }, 'what is so at the provider changed');
    if (total.chunks > 0) log.info({ source: sourceId, ...total }, 'collected');
    return total;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    await noteSourceError(db, sourceId, why, now()).catch(() => {});
    if (error instanceof SourceLoginError) {
      await pause(context, sourceId, why);
      // By hand it is said to who asked; the job itself did all that can be done.
      if (!byHand) return total;
    }
    log.warn({ source: sourceId, why }, 'the source could not be read; it is asked again');
    throw error;
  }
}

/** The provider does not let the source in: it is asked no more until a person did something about it, who is told. */
async function pause(context: CollectingContext, source: string, why: string): Promise<void> {
  const { db, log, setup } = context;
  const at = context.now();
  const isNews = await db.transaction().execute(async (trx) => {
    if (!(await pauseByService(trx, source, why))) return false;
    // Before the audit log: who acknowledges takes the locks in this order, too.
    await evaluate(trx, context, [await sourceFact(trx, source, at)]);
    await saveGaps(trx, source, [{ at, why: `From now on nothing is collected: ${why}` }]);
    await appendAudit(trx, { at, who: 'service', action: 'source.paused', subject: source, details: { why } });
    const notice = sourceNotice(source, 'source.paused', why, at);
    const channels = setup().channels.filter(({ notices }) => notices.includes(notice.kind));
    await addNotice(
      trx,
      notice,
      channels.map(({ id }) => id),
      at,
    );
    return true;
  });
  if (!isNews) return;
  log.error({ source, why }, 'the source is paused: its provider does not let it in');
  context.ring('deliver', 'due');
}
