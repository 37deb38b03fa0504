import { sql } from 'kysely';
import type { ActorKind } from '../core/usage.js';
import type { Db } from './tables.js';
import type { UnresolvedActor } from './unresolved.js';
import { json } from './values.js';

/** What a pass over history has done so far. */
export interface PassCounts {
  actors: number;
  moved: number;
  /** Rows that moved. */
  rows: number;
  /** Rows of addresses that were leased, of which no one holder had them from the first event to the last. */
  ambiguous: number;
  /** Actors that a legal hold names: they stay as they are. */
  held: number;
}

/** A pass over history: by which people and leases, and where it goes on. */
export interface Pass {
  people: string;
  leases: number;
  /** `addresses`: only leases are new, and only what they are of is looked at. */
  scope: 'all' | 'addresses';
  step: 'actors' | 'candidates';
  after: UnresolvedActor | undefined;
  afterCandidate: { chunk: number; position: number } | undefined;
  counts: PassCounts;
}

/** How far history was resolved. */
export interface Resolution {
  people: string | undefined;
  leases: number;
  pass: Pass | undefined;
  finishedAt: number | undefined;
}

export async function loadResolution(db: Db): Promise<Resolution> {
  const row = await db.selectFrom('actor_resolution').selectAll().executeTakeFirst();
  return {
    people: row?.people ?? undefined,
    leases: row?.leases ?? 0,
    pass: (row?.pass as Pass | null) ?? undefined,
    finishedAt: row?.finished_at ?? undefined,
  };
}

/** Keeps where a pass goes on, in the transaction of what it did. */
export async function savePass(trx: Db, pass: Pass): Promise<void> {
  const body = json(pass);
  await sql`
    insert into actor_resolution (pass) values (${body}::jsonb)
    on conflict (only_row) do update set pass = excluded.pass`.execute(trx);
}

/** History is resolved by the people and leases of the pass. */
export async function finishPass(trx: Db, pass: Pass, at: number): Promise<void> {
  await sql`
    insert into actor_resolution (people, leases, pass, finished_at) values (${pass.people}, ${pass.leases}, null, ${at})
    on conflict (only_row) do update set people = excluded.people, leases = excluded.leases, pass = null,
      finished_at = excluded.finished_at`.execute(trx);
}

/** Something was kept that was resolved by people of before: the next pass looks at everything. */
export async function forgetResolution(db: Db): Promise<void> {
  await db.updateTable('actor_resolution').set({ people: null, pass: null }).execute();
}

/** A candidate with whom a chunk saw. */
export interface CandidateWho {
  chunk: number;
  position: number;
  actors: number;
  who: [kind: ActorKind, id: string, events: number][];
  first: number | null;
  last: number | null;
}

/** Candidates behind one, in the order of chunk and position. */
export async function candidatesAfter(
  db: Db,
  after: { chunk: number; position: number } | undefined,
  limit: number,
): Promise<CandidateWho[]> {
  const { rows } = await sql<CandidateWho>`
    select chunk_id as chunk, position, actors, who, first, last from candidate
    where (chunk_id, position) > (${after?.chunk ?? 0}, ${after?.position ?? -1})
    order by chunk_id, position limit ${limit}`.execute(db);
  return rows;
}

/** Writes whom candidates were seen with. */
export async function saveWho(
  trx: Db,
  rows: readonly Pick<CandidateWho, 'chunk' | 'position' | 'actors' | 'who'>[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    update candidate c set who = m.who, actors = m.actors
    from unnest(${rows.map(({ chunk }) => chunk)}::bigint[], ${rows.map(({ position }) => position)}::integer[],
      ${rows.map(({ actors }) => actors)}::bigint[], ${rows.map(({ who }) => json(who))}::jsonb[])
      as m (chunk_id, position, actors, who)
    where c.chunk_id = m.chunk_id and c.position = m.position`.execute(trx);
}
