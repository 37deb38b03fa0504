import { sql } from 'kysely';
import type { BlockListChange, BlockListState } from './blocklist-tables.js';
import type { Db } from './tables.js';
import { json, text } from './values.js';

// Versions of block lists and what is served of them. Who changes something holds the lock below until the commit.

/** A version without its bytes. */
export interface BlockListVersion {
  format: string;
  version: number;
  state: BlockListState;
  /** `YYYY-MM-DD`: decisions of this day. */
  day: string;
  serial: number;
  entries: number;
  /** Hex SHA-256 of the entries, each with a line end. */
  entriesHash: string;
  /** Hex SHA-256 of the file. */
  bodyHash: string;
  base: number | undefined;
  added: number;
  removed: number;
  inventoryHash: string;
  catalogHash: string;
  restores: number | undefined;
  waitsFor: string | undefined;
  madeAt: number;
  madeBy: string;
  decidedAt: number | undefined;
  approvedBy: string | undefined;
  publishedAt: number | undefined;
  note: string | undefined;
}

/** What is known of a feed beside its versions. */
export interface BlockListFeed {
  format: string;
  active: boolean;
  grounds: string | undefined;
  pinned: number | undefined;
  keptWhy: string | undefined;
  keptSince: number | undefined;
}

/** Makes changes of block lists wait for each other, until the end of the transaction. */
export const lockBlockLists = async (trx: Db): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtext('halflight blocklists'))`.execute(trx);
};

const columns = [
  'format',
  'version',
  'state',
  'day',
  'serial',
  'entries',
  'entries_hash as entriesHash',
  'body_hash as bodyHash',
  'base',
  'added',
  'removed',
  'inventory_hash as inventoryHash',
  'catalog_hash as catalogHash',
  'restores',
  'waits_for as waitsFor',
  'made_at as madeAt',
  'made_by as madeBy',
  'decided_at as decidedAt',
  'approved_by as approvedBy',
  'published_at as publishedAt',
  'note',
] as const;

/** Null is undefined on this side of the database. */
type Filled<T> = { [K in keyof T]: null extends T[K] ? Exclude<T[K], null> | undefined : T[K] };
const filled = <T extends object>(row: T): Filled<T> =>
  Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value ?? undefined])) as Filled<T>;

/** The versions of one format, or of all, newest first. */
export async function loadVersions(db: Db, format?: string): Promise<BlockListVersion[]> {
  let query = db.selectFrom('blocklist_version').select(columns);
  if (format !== undefined) query = query.where('format', '=', format);
  return (await query.orderBy('format').orderBy('version', 'desc').execute()).map(filled);
}

export async function loadVersion(db: Db, format: string, version: number): Promise<BlockListVersion | undefined> {
  const row = await db
    .selectFrom('blocklist_version')
    .select(columns)
    .where('format', '=', format)
    .where('version', '=', version)
    .executeTakeFirst();
  return row === undefined ? undefined : filled(row);
}

/** What is served of each feed that is configured, by format: the newest version that is published. */
export async function loadServed(db: Db): Promise<BlockListVersion[]> {
  const rows = await db
    .selectFrom('blocklist_version as v')
    .innerJoin('blocklist_feed as f', 'f.format', 'v.format')
    .select(columns.map((column) => `v.${column}` as const))
    .where('f.active', '=', true)
    .where('v.state', '=', 'published')
    .distinctOn('v.format')
    .orderBy('v.format')
    .orderBy('v.version', 'desc')
    .execute();
  return rows.map(filled);
}

/** The bytes of a version; undefined: there is none. */
export async function loadBody(db: Db, format: string, version: number): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('blocklist_version')
    .select('body')
    .where('format', '=', format)
    .where('version', '=', version)
    .executeTakeFirst();
  return row?.body;
}

/** What came and went with a version, and why. */
export async function loadChanges(db: Db, format: string, version: number): Promise<BlockListChange[]> {
  const row = await db
    .selectFrom('blocklist_version')
    .select('changes')
    .where('format', '=', format)
    .where('version', '=', version)
    .executeTakeFirst();
  return row?.changes ?? [];
}

/** Keeps a version as new. Part of the caller's transaction, which holds the lock. */
export async function addVersion(
  trx: Db,
  { version: made, body, changes }: { version: BlockListVersion; body: Buffer; changes: readonly BlockListChange[] },
): Promise<void> {
  await trx
    .insertInto('blocklist_version')
    .values({
      format: made.format,
      version: made.version,
      state: made.state,
      day: made.day,
      serial: made.serial,
      entries: made.entries,
      entries_hash: made.entriesHash,
      body,
      body_hash: made.bodyHash,
      base: made.base ?? null,
      added: made.added,
      removed: made.removed,
      changes: json(changes) as unknown as BlockListChange[],
      inventory_hash: made.inventoryHash,
      catalog_hash: made.catalogHash,
      restores: made.restores ?? null,
      waits_for: made.waitsFor === undefined ? null : text(made.waitsFor),
      made_at: made.madeAt,
      made_by: text(made.madeBy),
      decided_at: made.decidedAt ?? null,
      approved_by: made.approvedBy === undefined ? null : text(made.approvedBy),
      published_at: made.publishedAt ?? null,
      note: made.note ?? null,
    })
    .execute();
}

/** Publishes a version that waited. */
export async function publishWaiting(
  trx: Db,
  { format, version }: Pick<BlockListVersion, 'format' | 'version'>,
  { who, at, note }: { who: string; at: number; note: string },
): Promise<void> {
  await trx
    .updateTable('blocklist_version')
    .set({ state: 'published', decided_at: at, approved_by: text(who), published_at: at, note })
    .where('format', '=', format)
    .where('version', '=', version)
    .where('state', '=', 'pending')
    .execute();
}

/** The version that waits is none that waits any more, where there is one. @returns its number */
export async function withdrawWaiting(trx: Db, format: string, at: number): Promise<number | undefined> {
  const row = await trx
    .updateTable('blocklist_version')
    .set({ state: 'withdrawn', decided_at: at })
    .where('format', '=', format)
    .where('state', '=', 'pending')
    .returning('version')
    .executeTakeFirst();
  return row?.version;
}

/** What was published behind a version was taken back. */
export async function markRolledBack(trx: Db, format: string, behind: number): Promise<void> {
  await trx
    .updateTable('blocklist_version')
    .set({ state: 'rolled-back' })
    .where('format', '=', format)
    .where('version', '>', behind)
    .where('state', '=', 'published')
    .execute();
}

export async function loadFeeds(db: Db): Promise<BlockListFeed[]> {
  const rows = await db
    .selectFrom('blocklist_feed')
    .select(['format', 'active', 'grounds', 'pinned', 'kept_why as keptWhy', 'kept_since as keptSince'])
    .orderBy('format')
    .execute();
  return rows.map(filled);
}

/** Keeps what is known of a feed; what is not given stays as it is. */
export async function saveFeed(
  trx: Db,
  { format, ...change }: Pick<BlockListFeed, 'format'> & Partial<BlockListFeed>,
): Promise<void> {
  const set = {
    ...('active' in change && { active: change.active ?? false }),
    ...('grounds' in change && { grounds: change.grounds ?? null }),
    ...('pinned' in change && { pinned: change.pinned ?? null }),
    ...('keptWhy' in change && { kept_why: change.keptWhy === undefined ? null : text(change.keptWhy) }),
    ...('keptSince' in change && { kept_since: change.keptSince ?? null }),
  };
  await trx
    .insertInto('blocklist_feed')
    .values({ format, active: false, ...set })
    .onConflict((conflict) => conflict.column('format').doUpdateSet(Object.keys(set).length === 0 ? { format } : set))
    .execute();
}

/** Feeds that are no longer configured are not served; their versions stay. */
export async function onlyActive(db: Db, formats: readonly string[]): Promise<void> {
  let query = db.updateTable('blocklist_feed').set({ active: false }).where('active', '=', true);
  if (formats.length > 0) query = query.where('format', 'not in', formats);
  await query.execute();
}

/**
 * Deletes versions of before an instant (milliseconds since 1970), but not what waits, and of each format not the last ten that were
 * served: those can be gone back to. @returns rows by table
 */
export async function forgetLists(db: Db, before: number): Promise<Record<string, number>> {
  const { numAffectedRows } = await sql`
    delete from blocklist_version v where v.made_at < ${before} and v.state <> 'pending'
      and (v.published_at is null or v.version not in (
        select o.version from blocklist_version o where o.format = v.format and o.published_at is not null
        order by o.version desc limit 10))`.execute(db);
  return { blocklist_version: Number(numAffectedRows ?? 0n) };
}
