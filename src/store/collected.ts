import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { CollectedRecord, StateItem, StatePart } from '../core/chunk.js';
import type { ProviderStateTable } from './collected-tables.js';
import { notHeld } from './holds.js';
import type { Db } from './tables.js';
import { json, keyText, text } from './values.js';

// What collectors of APIs found: records are kept once by the id that their provider gave them, states are compared with what was.

/** So many complete listings without an item mean that it is gone: one may be wrong. */
const listingsWithout = 2;

/** What stands unchanged is told again after so long: a grant that nobody took back is a permission of this week, too. */
const standsMs = 7 * 86_400_000;

const recordId = (id: string): Buffer => createHash('sha256').update(id).digest().subarray(0, 16);

/** Of these records those that the source has not had before, in their order; they are known from now on. */
export async function newRecords(
  trx: Db,
  source: string,
  records: readonly CollectedRecord[],
  now: number,
): Promise<CollectedRecord[]> {
  const byId = new Map<string, CollectedRecord>();
  for (const record of records) {
    const id = recordId(record.id).toString('hex');
    if (!byId.has(id)) byId.set(id, record);
  }
  if (byId.size === 0) return [];
  const ids = [...byId.keys()].sort();
  const times = ids.map((id) => Math.round(byId.get(id)?.at ?? now));
  const { rows } = await sql<{ id: string }>`
    insert into source_record (source, id, at)
    select ${source}, decode(r.id, 'hex'), r.at from unnest(${ids}::text[], ${times}::bigint[]) as r (id, at)
    on conflict do nothing returning encode(id, 'hex') as id`.execute(trx);
  const fresh = new Set(rows.map((row) => row.id));
  return [...byId].filter(([id]) => fresh.has(id)).map(([, record]) => record);
}

/** Forgets ids of records from before `before`: no later window reaches them. */
export async function forgetRecords(trx: Db, source: string, before: number): Promise<void> {
  await trx.deleteFrom('source_record').where('source', '=', source).where('at', '<', Math.floor(before)).execute();
}

/**
 * Keeps a part of what a provider listed. An item that is missing in two complete listings is gone; one that comes back counts as new.
 * @returns `told`: the items that are new, other than before, or were told a week ago; `news`: whether anything is other than before;
 * `fresh`: the items that are new or other than in an earlier listing; none while the source lists them for the first time
 */
export async function keepState(
  trx: Db,
  source: string,
  part: StatePart,
  now: number,
): Promise<{ told: StateItem[]; news: boolean; fresh: StateItem[] }> {
  const { kind, run } = part;
  const items = new Map(part.items.map((item) => [keyText(item.id, 300), item]));
  const ids = [...items.keys()].sort();
  const bodies = ids.map((id) => json(items.get(id)?.body ?? null));
  const hashes = bodies.map((body) => createHash('sha256').update(body).digest('hex').slice(0, 32));
  let told: StateItem[] = [];
  let news = false;
  let fresh: StateItem[] = [];
  const again = await wasListed(trx, source, part);
  if (ids.length > 0) {
    const { rows } = await sql<{ id: string; is_news: boolean }>`
      with given as (
        select * from unnest(${ids}::text[], ${bodies}::text[], ${hashes}::text[]) as g (id, body, hash)
      ), before as (
        select p.id, p.hash, p.gone_at, p.told_at from provider_state p join given g using (id)
        where p.source = ${source} and p.kind = ${kind} for update of p
      ), kept as (
        insert into provider_state (source, kind, id, body, hash, first_at, changed_at, told_at, run)
        select ${source}, ${kind}, id, body::jsonb, hash, ${now}, ${now}, ${now}, ${text(run)} from given
        on conflict (source, kind, id) do update set
          body = excluded.body, hash = excluded.hash, run = excluded.run, missing = 0, gone_at = null,
          changed_at = case when provider_state.hash <> excluded.hash or provider_state.gone_at is not null
            then excluded.changed_at else provider_state.changed_at end,
          told_at = case when provider_state.hash <> excluded.hash or provider_state.gone_at is not null
            or provider_state.told_at <= ${now - standsMs} or provider_state.told_at > excluded.told_at
            then excluded.told_at else provider_state.told_at end
      )
      select g.id, (b.id is null or b.hash <> g.hash or b.gone_at is not null) as is_news
      from given g left join before b using (id)
      where b.id is null or b.hash <> g.hash or b.gone_at is not null or b.told_at <= ${now - standsMs}`.execute(trx);
    news = rows.some((row) => row.is_news);
    told = rows.map((row) => items.get(row.id)).filter((item) => item !== undefined);
    fresh = again ? rows.flatMap((row) => (row.is_news ? (items.get(row.id) ?? []) : [])) : [];
  }
  let gone = 0n;
  if (part.complete) {
    await sql`
      update provider_state set missing = missing + 1
      where source = ${source} and kind = ${kind} and run <> ${text(run)} and gone_at is null`.execute(trx);
    const { numAffectedRows } = await sql`
      update provider_state set gone_at = ${now}, changed_at = ${now}
      where source = ${source} and kind = ${kind} and missing >= ${listingsWithout} and gone_at is null`.execute(trx);
    gone = numAffectedRows ?? 0n;
  }
  return { told, news: news || gone > 0n, fresh };
}

/** Whether the source listed this kind before the listing that the part is of, whose run begins with when it began. */
async function wasListed(trx: Db, source: string, { kind, run }: StatePart): Promise<boolean> {
  const began = Number(/^(\d{1,15})-/.exec(run)?.[1] ?? Number.NaN);
  if (!Number.isSafeInteger(began)) return false;
  const { rows } = await sql`
    select from provider_state where source = ${source} and kind = ${kind} and first_at < ${began} limit 1`.execute(
    trx,
  );
  return rows.length > 0;
}

/** Of these apps those that still have a grant at the source. */
export async function appsWithGrants(trx: Db, source: string, apps: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ app: string }>`
    select distinct body->'app'->>'id' as app from provider_state
    where source = ${source} and kind = 'grant' and gone_at is null and body->'app'->>'id' = any(${[...apps]}::text[])`.execute(
    trx,
  );
  return new Set(rows.map(({ app }) => app));
}

/** One item of a state, as it is at its provider. */
export interface StoredState {
  source: string;
  id: string;
  body: unknown;
  firstAt: number;
  changedAt: number;
  goneAt: number | undefined;
}

/**
 * What the providers have of a kind, in the order of source and id, page by page of at most `size` items.
 * @param withGone those that are gone, too
 */
export async function* loadStates(
  db: Db,
  kind: string,
  { withGone = false, size = 2000 }: { withGone?: boolean; size?: number } = {},
): AsyncGenerator<StoredState[], void> {
  let after: { source: string; id: string } | undefined;
  for (;;) {
    const last: { source: string; id: string } = after ?? { source: '', id: '' };
    const { rows } = await sql<ProviderStateTable>`
      select p.* from provider_state p join source s on s.id = p.source
      where p.kind = ${kind} and (p.source, p.id) > (${last.source}, ${last.id}) and s.state <> 'removed'
        and (${withGone} or p.gone_at is null)
      order by p.source, p.id limit ${size}`.execute(db);
    if (rows.length === 0) return;
    yield rows.map((row) => ({
      source: row.source,
      id: row.id,
      body: row.body,
      firstAt: row.first_at,
      changedAt: row.changed_at,
      goneAt: row.gone_at ?? undefined,
    }));
    after = rows.at(-1);
  }
}

/**
 * Deletes what providers had and have no more since before `before`, and what is known of sources that were removed from the
 * configuration and have not run since then: people who left are in it.
 * @returns rows deleted by table
 */
export async function forgetGone(db: Db, before: number): Promise<{ provider_state: number; source_record: number }> {
  const left = sql`s.state = 'removed' and coalesce(s.last_run_at, s.since) < ${before}`;
  const free = notHeld({ source: sql`t.source` });
  const states = await sql`
    delete from provider_state t using source s
    where s.id = t.source and (t.gone_at < ${before} or (${left})) and ${free}`.execute(db);
  const records = await sql`
    delete from source_record t using source s where s.id = t.source and (${left}) and ${free}`.execute(db);
  return {
    provider_state: Number(states.numAffectedRows ?? 0n),
    source_record: Number(records.numAffectedRows ?? 0n),
  };
}

/** A text that is another one when any item of a kind is new, other or gone; '' where there are none. */
export async function stateMark(db: Db, kind: string): Promise<string> {
  const { rows } = await sql<{ mark: string }>`
    select coalesce(count(*) || '-' || count(p.gone_at) || '-' || max(p.changed_at) || '-' || md5(string_agg(distinct p.source, ',')), '') as mark
    from provider_state p join source s on s.id = p.source where p.kind = ${kind} and s.state <> 'removed'`.execute(db);
  return rows[0]?.mark ?? '';
}
