import { sql } from 'kysely';
import { type UnresolvedKind, unresolvedKinds } from '../people/actor-now.js';
import type { Db } from './tables.js';

/** An actor that is nobody known yet. */
export interface UnresolvedActor {
  kind: UnresolvedKind;
  id: string;
}

const kinds = sql.raw(unresolvedKinds.map((kind) => `'${kind}'`).join(', '));

/**
 * Distinct actors of the roll-up that are nobody known, after one, in the order of kind and id. Jumps from one to the next in the
 * index, however many rows each has.
 */
export async function unresolvedActors(
  db: Db,
  after: UnresolvedActor | undefined,
  limit: number,
): Promise<UnresolvedActor[]> {
  const next = (kind: ReturnType<typeof sql>, id: ReturnType<typeof sql>) => sql`
    select u.actor_kind, u.actor from usage u
    where u.actor_kind in (${kinds}) and (u.actor_kind, u.actor) > (${kind}, ${id})
    order by u.actor_kind, u.actor limit 1`;
  const { rows } = await sql<UnresolvedActor>`
    with recursive found (kind, id) as (
      (${next(sql`${after?.kind ?? ''}::text`, sql`${after?.id ?? ''}::text`)})
      union all
      select n.actor_kind, n.actor from found f, lateral (${next(sql`f.kind`, sql`f.id`)}) n
    )
    select kind, id from found limit ${limit}`.execute(db);
  return rows;
}

/** Addresses with rows of their own whose leases changed after a mark and up to another, in order, after one. */
export async function addressesLeasedAnew(
  db: Db,
  { since, upTo, after }: { since: number; upTo: number; after: string },
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ address: string }>`
    select distinct l.address from address_lease l
    where l.changed > ${since} and l.changed <= ${upTo} and l.address > ${after}
      and exists (select from usage u where u.actor_kind = 'address' and u.actor = l.address)
    order by l.address limit ${limit}`.execute(db);
  return rows.map(({ address }) => address);
}
