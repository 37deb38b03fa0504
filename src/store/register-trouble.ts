import type { RegisterKind } from './service-tables.js';
import type { Db } from './tables.js';
import { text } from './values.js';

/** Why a register in the database is perhaps not what its owner means: its file is missing or has errors. */
export interface RegisterTrouble {
  why: string;
  since: number;
}

/** Keeps that a register is in trouble (`why`), or is well again (undefined). */
export async function noteRegisterTrouble(
  db: Db,
  kind: RegisterKind,
  why: string | undefined,
  at: number,
): Promise<void> {
  if (why === undefined) await db.deleteFrom('register_trouble').where('kind', '=', kind).execute();
  else
    await db
      .insertInto('register_trouble')
      .values({ kind, why: text(why), since: at })
      .onConflict((conflict) => conflict.column('kind').doUpdateSet({ why: text(why) }))
      .execute();
}

export async function loadRegisterTrouble(db: Db, kind: RegisterKind): Promise<RegisterTrouble | undefined> {
  return db.selectFrom('register_trouble').select(['why', 'since']).where('kind', '=', kind).executeTakeFirst();
}
