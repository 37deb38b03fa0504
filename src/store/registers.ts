import { sql } from 'kysely';
import type { RegisterKind } from './service-tables.js';
import type { Db } from './tables.js';
import { json, storableJson } from './values.js';

/** A register as the service works with it: the inventory, the people directory, or the catalog's services by hash. */
export interface StoredRegister<T> {
  hash: string;
  body: T;
  loadedAt: number;
}

/** Without `known`, or where it is another one than the newest: the register. Undefined: there is none, or `known` is the newest. */
export async function loadRegister<T>(
  db: Db,
  kind: RegisterKind,
  known?: string,
): Promise<StoredRegister<T> | undefined> {
  const row = await db.selectFrom('register').select('hash').where('kind', '=', kind).executeTakeFirst();
  if (row === undefined || row.hash === known) return undefined;
  const whole = await db.selectFrom('register').selectAll().where('kind', '=', kind).executeTakeFirst();
  return whole === undefined ? undefined : { hash: whole.hash, body: whole.body as T, loadedAt: whole.loaded_at };
}

/** The hash of a register; undefined: there is none. */
export async function registerHashIn(db: Db, kind: RegisterKind): Promise<string | undefined> {
  return (await db.selectFrom('register').select('hash').where('kind', '=', kind).executeTakeFirst())?.hash;
}

/** A register as JSON text, for who hands it on without looking into it. */
export async function registerText(db: Db, kind: RegisterKind): Promise<string | undefined> {
  const { rows } = await sql<{ body: string }>`select body::text as body from register where kind = ${kind}`.execute(
    db,
  );
  return rows[0]?.body;
}

/** Keeps a register, given as values or as JSON text. False: it is the same as before. */
export async function saveRegister(
  db: Db,
  kind: RegisterKind,
  register: { hash: string } & ({ body: unknown } | { text: string }),
  now: number,
): Promise<boolean> {
  const body = 'text' in register ? storableJson(register.text) : json(register.body);
  const row = await db
    .insertInto('register')
    .values({ kind, hash: register.hash, body, loaded_at: now })
    .onConflict((conflict) =>
      conflict
        .column('kind')
        .doUpdateSet({ hash: register.hash, body, loaded_at: now })
        .where('register.hash', '<>', register.hash),
    )
    .returning('kind')
    .executeTakeFirst();
  return row !== undefined;
}
