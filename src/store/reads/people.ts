import { sql } from 'kysely';
import { loadRegister } from '../registers.js';
import type { Db } from '../tables.js';
import { cursorPages } from './pages.js';

/** Where the people of the register come from: kept beside it, for who looks. */
export interface PeopleSummary {
  people: number;
  /** Known and no longer at work in any directory. */
  disabled: number;
  /** Accounts by source; the people file is `file`. */
  from: Record<string, number>;
  /** Accounts that could not be read. */
  unreadable: number;
  /** What contradicts itself, with both names. */
  problems: string[];
}

/** Undefined: nobody is known. */
export const peopleSummary = async (db: Db): Promise<PeopleSummary | undefined> =>
  (await loadRegister<PeopleSummary>(db, 'people-summary'))?.body;

const persons = sql`register r, jsonb_array_elements(r.body) p where r.kind = 'people'`;

/**
 * How many people of the register each group has, without those who left; undefined: nobody is known. The server counts: a large register is as much memory here
 * as everything else that an export holds.
 */
export async function loadGroupSizes(db: Db): Promise<Map<string, number> | undefined> {
  const { rows } = await sql<{ name: string; people: number }>`
    select p->>'group' as name, count(*) filter (where p->'disabled' is distinct from 'true') as people
    from ${persons} group by 1`.execute(db);
  if (rows.length === 0) return undefined;
  // Who is in no group is in none together with others either.
  return new Map(rows.flatMap(({ name, people }) => (name === '' ? [] : [[name, people]])));
}

/** Names and groups of the people of the register by their ids. Part of a transaction. */
export async function loadNames(trx: Db): Promise<Map<string, { name: string; group: string }>> {
  const names = new Map<string, { name: string; group: string }>();
  const query = sql<{ id: string; name: string; group: string }>`
    select p->>'id' as id, p->>'name' as name, p->>'group' as group from ${persons}`;
  for await (const page of cursorPages(trx, query))
    for (const { id, name, group } of page) names.set(id, { name, group });
  return names;
}
