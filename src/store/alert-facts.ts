import { sql } from 'kysely';
import type { AlertFactTable } from './alert-tables.js';
import type { Db } from './tables.js';
import { json, text } from './values.js';

// What rules are held against, as it was: a row whenever it became other than before. The newest of each scope is what is so now.

/** A fact as it is kept; `fact` is plain JSON that `src/rules` made. */
export interface KeptFact<Fact> {
  id: number;
  at: number;
  fact: Fact;
}

/** The newest fact of each of these scopes, as far as there is one. */
export async function lastFacts<Fact>(trx: Db, scopes: readonly string[]): Promise<Map<string, Fact>> {
  const { rows } = await sql<AlertFactTable>`
    select f.* from unnest(${scopes.map(text)}::text[]) as wanted (scope)
    cross join lateral (select * from alert_fact f where f.scope = wanted.scope order by f.id desc limit 1) f`.execute(
    trx,
  );
  return new Map(rows.map(({ scope, facts }) => [scope, facts as Fact]));
}

/** Keeps a fact that is other than the one before it. */
export async function addFact(trx: Db, scope: string, fact: unknown, at: number): Promise<void> {
  await trx
    .insertInto('alert_fact')
    .values({ scope: text(scope), at: Math.round(at), facts: json(fact) })
    .execute();
}

/** All facts that were learned up to an instant, in their order, a page at a time. */
export async function* loadFacts<Fact>(db: Db, until: number, size = 1000): AsyncGenerator<KeptFact<Fact>, void> {
  for (let after = 0; ; ) {
    const { rows } = await sql<AlertFactTable & { id: number }>`
      select * from alert_fact where id > ${after} and at <= ${until} order by id limit ${size}`.execute(db);
    for (const { id, at, facts } of rows) yield { id, at, fact: facts as Fact };
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

/** The newest fact of every scope after one, in the order of their names, a page at a time. */
export async function newestFacts<Fact>(db: Db, after: string, size: number): Promise<{ scope: string; fact: Fact }[]> {
  const { rows } = await sql<AlertFactTable>`
    select distinct on (scope) * from alert_fact where scope > ${after} order by scope, id desc limit ${size}`.execute(
    db,
  );
  return rows.map(({ scope, facts }) => ({ scope, fact: facts as Fact }));
}

/** When the first fact was learned; undefined: none is kept. */
export async function firstFactAt(db: Db): Promise<number | undefined> {
  const row = await db
    .selectFrom('alert_fact')
    .select((eb) => eb.fn.min('at').as('at'))
    .executeTakeFirst();
  return row?.at ?? undefined;
}

/** How a source stands now: whether it counts as silent, or was paused as its login is refused, and what came since. */
export async function sourceStanding(
  trx: Db,
  source: string,
  since: number,
): Promise<{ silent: string | null; paused: string | null; received: number; unread: number }> {
  const { rows } = await sql<{ silent: string | null; paused: string | null; received: number; unread: number }>`
    select
      (select f.reason from source_finding f where f.source = s.id and f.kind = 'silent' and f.state = 'open') as silent,
      case when s.state = 'paused' and s.paused_by_service then coalesce(s.paused_why, '') end as paused,
      coalesce(h.received, 0)::bigint as received, coalesce(h.unread, 0)::bigint as unread
    from source s
    left join lateral (
      select sum(received) as received, sum(rejected + quarantined) as unread from source_hour
      where source = s.id and hour >= ${Math.floor(since / 3_600_000)}
    ) h on true
    where s.id = ${source}`.execute(trx);
  return rows[0] ?? { silent: null, paused: null, received: 0, unread: 0 };
}

/** Which of these candidates somebody decided about; by `candidateId`, kind and subject of each. */
export async function decidedCandidates(
  trx: Db,
  candidates: readonly { id: string; kind: string; subject: string }[],
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select c.id from unnest(
      ${candidates.map(({ id }) => id)}::text[], ${candidates.map(({ kind }) => kind)}::text[],
      ${candidates.map(({ subject }) => text(subject))}::text[]
    ) as c (id, kind, subject)
    where exists (
      select from candidate_decision d
      where d.kind = c.kind and d.subject_hash = encode(sha256(convert_to(c.subject, 'UTF8')), 'hex')
        and d.action in ('dismissed', 'attached'))`.execute(trx);
  return new Set(rows.map(({ id }) => id));
}
