import type { SourceState } from './source-tables.js';
import type { Db } from './tables.js';
import { text } from './values.js';

/** A source as the service has seen it. Times are milliseconds since 1970. */
export interface SourceStatus {
  id: string;
  kind: string;
  state: SourceState;
  pausedWhy: string | undefined;
  /** Normal silence in milliseconds. */
  expectEvery: number | undefined;
  /** When the service first knew of it. */
  since: number;
  /** Receipt of the newest chunk that was scanned. */
  lastDataAt: number | undefined;
  /** Newest time in its records. */
  lastEventAt: number | undefined;
  lastRunAt: number | undefined;
  lastError: string | undefined;
  lastErrorAt: number | undefined;
}

/** Makes the sources of the configuration known; those that it no longer names are `removed`, and keep what they gave. */
export async function syncSources(
  db: Db,
  sources: readonly { id: string; kind: string; expectEvery: number | undefined }[],
  now: number,
): Promise<{ added: string[]; removed: string[] }> {
  return db.transaction().execute(async (trx) => {
    const known = await trx.selectFrom('source').select(['id', 'state']).forUpdate().execute();
    const state = new Map(known.map((row) => [row.id, row.state]));
    const wanted = new Set(sources.map((source) => source.id));
    for (const { id, kind, expectEvery } of sources.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
      const expect_every = expectEvery ?? null;
      await trx
        .insertInto('source')
        .values({ id, kind, expect_every, since: now })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ kind, expect_every }))
        .execute();
      if (state.get(id) === 'removed')
        await trx.updateTable('source').set({ state: 'active', since: now }).where('id', '=', id).execute();
    }
    const removed = known.filter((row) => row.state !== 'removed' && !wanted.has(row.id)).map((row) => row.id);
    if (removed.length > 0)
      await trx.updateTable('source').set({ state: 'removed' }).where('id', 'in', removed).execute();
    const added = [...wanted].filter((id) => (state.get(id) ?? 'removed') === 'removed');
    return { added, removed };
  });
}

export async function loadSources(db: Db): Promise<SourceStatus[]> {
  const rows = await db.selectFrom('source').selectAll().orderBy('id').execute();
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    state: row.state,
    pausedWhy: row.paused_why ?? undefined,
    expectEvery: row.expect_every ?? undefined,
    since: row.since,
    lastDataAt: row.last_data_at ?? undefined,
    lastEventAt: row.last_event_at ?? undefined,
    lastRunAt: row.last_run_at ?? undefined,
    lastError: row.last_error ?? undefined,
    lastErrorAt: row.last_error_at ?? undefined,
  }));
}

/**
 * Begins a collection: the fence makes a forgotten older run unable to commit. Undefined: paused, removed or unknown.
 * @param byHand also where the service itself paused it
 */
export async function beginCollecting(
  db: Db,
  id: string,
  now: number,
  byHand = false,
): Promise<{ fence: number; paused: boolean } | undefined> {
  const row = await db
    .updateTable('source')
    .set((eb) => ({ fence: eb('fence', '+', 1), last_run_at: now }))
    .where('id', '=', id)
    .where((eb) =>
      eb.or([
        eb('state', '=', 'active'),
        ...(byHand ? [eb.and([eb('state', '=', 'paused'), eb('paused_by_service', '=', true)])] : []),
      ]),
    )
    .returning(['fence', 'state'])
    .executeTakeFirst();
  return row === undefined ? undefined : { fence: row.fence, paused: row.state === 'paused' };
}

/** Keeps why a collection failed; undefined: the last one did not. */
export async function noteSourceError(db: Db, id: string, error: string | undefined, now: number): Promise<void> {
  await db
    .updateTable('source')
    .set({
      last_error: error === undefined ? null : text(error).slice(0, 500),
      last_error_at: error === undefined ? null : now,
    })
    .where('id', '=', id)
    .execute();
}

export async function setSourceState(
  db: Db,
  id: string,
  state: 'active' | 'paused',
  why: string | null,
): Promise<boolean> {
  const result = await db
    .updateTable('source')
    .set({ state, paused_why: why, paused_by_service: false })
    .where('id', '=', id)
    .where('state', '<>', 'removed')
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Pauses a source whose login is refused. False: it was not active. */
export async function pauseByService(db: Db, id: string, why: string): Promise<boolean> {
  const result = await db
    .updateTable('source')
    .set({ state: 'paused', paused_why: text(why).slice(0, 500), paused_by_service: true })
    .where('id', '=', id)
    .where('state', '=', 'active')
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Lets sources that the service itself paused try once more: their secrets may be other ones now. @returns their ids */
export async function resumePaused(db: Db): Promise<string[]> {
  const rows = await db
    .updateTable('source')
    .set({ state: 'active', paused_why: null, paused_by_service: false })
    .where('state', '=', 'paused')
    .where('paused_by_service', '=', true)
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}
