import { type RawBuilder, sql } from 'kysely';
import type { Actor, ActorKind } from '../core/usage.js';
import { isUnresolved, unresolvedKinds } from '../people/actor-now.js';
import { decideExpenses } from './expenses.js';
import type { Db } from './tables.js';
import { keyLengths, keyText, text } from './values.js';

// Moves rows from one actor to another, where it turned out later who it was. The sums over days stay, since they name nobody; a
// chunk's share moves with the sum, so that taking it out again at a replay finds what it added, and a number is told from its chunks.

/** The key of `usage` without the actor. A test holds it against the schema. */
export const keyBesideActor = ['service', 'day', 'source', 'account_kind', 'strength', 'provenance'] as const;
/** Tables with what is added up in `usage`, by actor. */
export const shareTables = ['chunk_usage', 'expense', 'usage_trace'] as const;

/** An actor, and who it is now. */
export interface Move {
  from: { kind: ActorKind; id: string };
  to: Actor;
}

/** A row of `usage` or a share, and whose it is now. */
export interface Placed {
  first: number | null;
  last: number | null;
  actor: string;
}
export interface UsageRow extends Placed {
  /** Table and place of the row, while it is locked. */
  part: number;
  ctid: string;
  /** Key without kind and id of the actor, for shares of it. */
  key: string;
  hits: number;
}
export interface Share extends Placed {
  chunk_id: number;
  position: number;
  key: string;
  hits: number;
}

/** What moving changed. */
export interface Moved {
  rows: number;
  services: string[];
}

const names = (prefix: string) => sql.raw(keyBesideActor.map((name) => `${prefix}.${name}`).join(', '));
const plainNames = sql.raw(keyBesideActor.join(', '));
const capped = (value: RawBuilder<unknown>) => sql`least(${value}, ${sql.lit(Number.MAX_SAFE_INTEGER)})::bigint`;
const sums = sql.join(
  ['events', 'attempts', 'bytes_out', 'bytes_in'].map((name) => capped(sql`sum(${sql.ref(name)})`)),
);
const surest = sql.raw(
  `case when bool_or(confidence = 'high') then 'high' when bool_or(confidence = 'medium') then 'medium' else 'low' end`,
);

/** Adds rows of `source` (with the columns of `usage`, the actor as new_kind, new_actor, new_group) to what there is. */
const addRows = (source: string) => sql`
  insert into usage as u (${plainNames}, actor_kind, actor, actor_group, confidence, events, attempts, bytes_out, bytes_in, spend,
    first, last, received_at)
  select ${plainNames}, new_kind, new_actor, new_group, ${surest}, ${sums},
    coalesce(sum_spend(spend) filter (where spend <> '{}'), '{}'), min(first), max(last), max(received_at)
  from ${sql.raw(source)} group by ${plainNames}, new_kind, new_actor, new_group
  on conflict (${plainNames}, actor_kind, actor, actor_group) do update set
    confidence = case when 'high' in (u.confidence, excluded.confidence) then 'high'
      when 'medium' in (u.confidence, excluded.confidence) then 'medium' else 'low' end,
    events = ${capped(sql`u.events::numeric + excluded.events`)},
    attempts = ${capped(sql`u.attempts::numeric + excluded.attempts`)},
    bytes_out = ${capped(sql`u.bytes_out::numeric + excluded.bytes_out`)},
    bytes_in = ${capped(sql`u.bytes_in::numeric + excluded.bytes_in`)},
    spend = case when excluded.spend = '{}' then u.spend else add_spend(u.spend, excluded.spend) end,
    first = least(u.first, excluded.first),
    last = greatest(u.last, excluded.last),
    received_at = greatest(u.received_at, excluded.received_at)
  returning u.service`;

const targets = (to: readonly Actor[]) => ({
  kinds: sql`${to.map(({ kind }) => kind)}::text[]`,
  ids: sql`${to.map(({ id }) => keyText(id, keyLengths.actor))}::text[]`,
  groups: sql`${to.map(({ group }) => keyText(group, keyLengths.group))}::text[]`,
});

/** Moves all rows of actors. The caller holds `lockShares` and `lockUsageAlone`. No target may be among those that are moved. */
export async function moveActors(trx: Db, moves: readonly Move[]): Promise<Moved> {
  if (moves.length === 0) return { rows: 0, services: [] };
  const to = targets(moves.map((move) => move.to));
  const table = sql`unnest(${moves.map(({ from }) => from.kind)}::text[], ${moves.map(({ from }) => from.id)}::text[],
    ${to.kinds}, ${to.ids}, ${to.groups}) as m (kind, id, new_kind, new_actor, new_group)`;
  // Said again, so that the indexes over actors that are nobody known are used.
  const isNobody = (column: string) =>
    moves.every(({ from }) => isUnresolved(from.kind))
      ? sql`and ${sql.ref(column)} in (${sql.raw(unresolvedKinds.map((kind) => `'${kind}'`).join(', '))})`
      : sql``;
  const gone = await sql<{ service: string }>`
    with gone as (
      delete from usage u using (select * from ${table}) m
      where u.actor_kind = m.kind and u.actor = m.id ${isNobody('u.actor_kind')}
      returning ${names('u')}, u.confidence, u.events, u.attempts, u.bytes_out, u.bytes_in, u.spend, u.first, u.last, u.received_at,
        m.new_kind, m.new_actor, m.new_group
    ) ${addRows('gone')}`.execute(trx);
  const services = new Set(gone.rows.map(({ service }) => service));
  // Which of several payments that are the same counts depends on how well they say who paid.
  const { rows: paid } = await sql<{ identity: string }>`
    select distinct c.identity from expense c join (select * from ${table}) m
      on c.actor_kind = m.kind and c.actor = m.id ${isNobody('c.actor_kind')}`.execute(trx);
  let rows = gone.rows.length;
  for (const share of shareTables) {
    const changed = await sql`
      update ${sql.table(share)} c set actor_kind = m.new_kind, actor = m.new_actor, actor_group = m.new_group
      from (select * from ${table}) m
      where c.actor_kind = m.kind and c.actor = m.id ${isNobody('c.actor_kind')}`.execute(trx);
    rows += Number(changed.numAffectedRows ?? 0n);
  }
  const evidence = await sql`
    update evidence e set actor_kind = m.new_kind, actor = m.new_actor, actor_group = m.new_group
    from (select * from ${table}) m
    where e.actor_kind = m.kind and md5(e.actor) = md5(m.id) and e.actor = m.id ${isNobody('e.actor_kind')}`.execute(
    trx,
  );
  rows += Number(evidence.numAffectedRows ?? 0n);
  for (const service of await decideExpenses(
    trx,
    paid.map(({ identity }) => identity),
  ))
    services.add(service);
  return { rows, services: [...services] };
}

/** Those of some actors of one kind of whom anything is kept. Not in a transaction that others wait for: it may read much. */
export async function actorsWithRows(db: Db, kind: ActorKind, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await sql<{ actor: string }>`
    select actor from usage where actor_kind = ${kind} and actor = any(${[...ids]}::text[])
    union select actor from evidence where actor_kind = ${kind} and actor = any(${[...ids]}::text[])`.execute(db);
  return new Set(rows.map(({ actor }) => actor));
}

const keyJson = (prefix: string) => sql`jsonb_build_array(${names(prefix)}, ${sql.ref(`${prefix}.actor_group`)})::text`;

/** The rows of addresses, locked, and the shares of them. */
export async function addressRows(
  trx: Db,
  addresses: readonly string[],
): Promise<{ usage: UsageRow[]; shares: Share[] }> {
  const usage = await sql<UsageRow>`
    select u.tableoid::bigint as part, u.ctid::text as ctid, u.actor, u.first, u.last, u.events + u.attempts as hits,
      ${keyJson('u')} as key
    from usage u where u.actor_kind = 'address' and u.actor = any(${[...addresses]}::text[]) for update`.execute(trx);
  const shares = await sql<Share>`
    select c.chunk_id, c.position, c.actor, c.first, c.last, c.events + c.attempts as hits, ${keyJson('c')} as key
    from chunk_usage c where c.actor_kind = 'address' and c.actor = any(${[...addresses]}::text[])`.execute(trx);
  return { usage: usage.rows, shares: shares.rows };
}

/** Moves rows of `usage` as they are, with what is kept of where they came from. */
export async function moveRows(trx: Db, rows: readonly (UsageRow & { to: Actor })[]): Promise<string[]> {
  if (rows.length === 0) return [];
  const to = targets(rows.map((row) => row.to));
  await sql`
    update usage_trace t set actor_kind = m.new_kind, actor = m.new_actor, actor_group = m.new_group
    from unnest(${rows.map(({ actor }) => actor)}::text[], ${rows.map(({ key }) => key)}::text[], ${to.kinds}, ${to.ids},
      ${to.groups}) as m (id, key, new_kind, new_actor, new_group)
    where t.actor_kind = 'address' and t.actor = m.id and ${keyJson('t')} = m.key`.execute(trx);
  const { rows: added } = await sql<{ service: string }>`
    with gone as (
      delete from usage u using unnest(${rows.map(({ actor }) => actor)}::text[], ${rows.map(({ part }) => part)}::bigint[],
        ${rows.map(({ ctid }) => ctid)}::text[], ${to.kinds}, ${to.ids}, ${to.groups})
        as m (id, part, ctid, new_kind, new_actor, new_group)
      where u.actor_kind = 'address' and u.actor = m.id and u.tableoid::bigint = m.part and u.ctid = m.ctid::tid
      returning ${names('u')}, u.confidence, u.events, u.attempts, u.bytes_out, u.bytes_in, u.spend, u.first, u.last, u.received_at,
        m.new_kind, m.new_actor, m.new_group
    ) ${addRows('gone')}`.execute(trx);
  return added.map(({ service }) => service);
}

/** Moves shares; the sums are for the caller to bring about. */
export async function moveShares(trx: Db, shares: readonly (Share & { to: Actor })[]): Promise<void> {
  if (shares.length === 0) return;
  const to = targets(shares.map((share) => share.to));
  await sql`
    update chunk_usage c set actor_kind = m.new_kind, actor = m.new_actor, actor_group = m.new_group
    from unnest(${shares.map((share) => share.chunk_id)}::bigint[], ${shares.map(({ position }) => position)}::integer[],
      ${to.kinds}, ${to.ids}, ${to.groups}) as m (chunk_id, position, new_kind, new_actor, new_group)
    where c.chunk_id = m.chunk_id and c.position = m.position`.execute(trx);
}

/** Makes rows of `usage` anew from all their shares, after some of these were moved. */
export async function rebuildRows(
  trx: Db,
  rows: readonly UsageRow[],
  shares: readonly Pick<Share, 'chunk_id' | 'position'>[],
): Promise<string[]> {
  if (rows.length === 0) return [];
  await sql`
    delete from usage u using unnest(${rows.map(({ actor }) => actor)}::text[], ${rows.map(({ part }) => part)}::bigint[],
      ${rows.map(({ ctid }) => ctid)}::text[]) as m (id, part, ctid)
    where u.actor_kind = 'address' and u.actor = m.id and u.tableoid::bigint = m.part and u.ctid = m.ctid::tid`.execute(
    trx,
  );
  const { rows: added } = await sql<{ service: string }>`
    with own as (
      select c.*, k.received_at, c.actor_kind as new_kind, c.actor as new_actor, c.actor_group as new_group
      from unnest(${shares.map((share) => share.chunk_id)}::bigint[], ${shares.map(({ position }) => position)}::integer[])
        as m (chunk_id, position)
      join chunk_usage c on c.chunk_id = m.chunk_id and c.position = m.position
      join chunk k on k.id = c.chunk_id
    ) ${addRows('own')}`.execute(trx);
  return added.map(({ service }) => service);
}

/** Evidence of addresses, each with the time of its record. */
export async function addressEvidence(
  trx: Db,
  addresses: readonly string[],
): Promise<{ chunk_id: number; line: number; service: string; time: number | null; actor: string }[]> {
  const { rows } = await sql<{ chunk_id: number; line: number; service: string; time: number | null; actor: string }>`
    select chunk_id, line, service, time, actor from evidence
    where actor_kind = 'address' and md5(actor) in (select md5(a) from unnest(${[...addresses]}::text[]) a)`.execute(
    trx,
  );
  return rows;
}

export async function moveEvidence(
  trx: Db,
  rows: readonly { chunk_id: number; line: number; service: string; to: Actor }[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    update evidence e set actor_kind = m.new_kind, actor = m.new_actor, actor_group = m.new_group
    from unnest(${rows.map((row) => row.chunk_id)}::bigint[], ${rows.map(({ line }) => line)}::bigint[],
      ${rows.map(({ service }) => service)}::text[], ${rows.map(({ to }) => to.kind)}::text[],
      ${rows.map(({ to }) => text(to.id))}::text[], ${rows.map(({ to }) => text(to.group))}::text[])
      as m (chunk_id, line, service, new_kind, new_actor, new_group)
    where e.chunk_id = m.chunk_id and e.line = m.line and e.service = m.service`.execute(trx);
}
