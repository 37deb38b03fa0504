import { appendAudit } from './audit.js';
import type { TokenScope } from './source-tables.js';
import type { Db } from './tables.js';

/** A token as it is kept: only the hash of its secret. */
export interface StoredToken {
  id: string;
  scope: TokenScope;
  /** The one source that a `push` token may push to. */
  source: string | undefined;
  /** Hex SHA-256 of the secret. */
  hash: string;
  createdAt: number;
}

export async function addToken(db: Db, token: StoredToken, who: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto('token')
      .values({
        id: token.id,
        scope: token.scope,
        source: token.source ?? null,
        hash: token.hash,
        created_at: token.createdAt,
        created_by: who,
      })
      .execute();
    await appendAudit(trx, {
      at: token.createdAt,
      who,
      action: 'token.created',
      subject: token.id,
      details: { scope: token.scope, source: token.source ?? null },
    });
  });
}

/** False: there is none with this id that is still good. */
export async function revokeToken(db: Db, id: string, who: string, now: number): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const result = await trx
      .updateTable('token')
      .set({ revoked_at: now })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) return false;
    await appendAudit(trx, { at: now, who, action: 'token.revoked', subject: id, details: {} });
    return true;
  });
}

/** Tokens that are good: few enough to be held in memory, so that checking one costs no query. */
export async function loadTokens(db: Db): Promise<StoredToken[]> {
  const rows = await db.selectFrom('token').selectAll().where('revoked_at', 'is', null).orderBy('created_at').execute();
  return rows.map((row) => ({
    id: row.id,
    scope: row.scope,
    source: row.source ?? undefined,
    hash: row.hash,
    createdAt: row.created_at,
  }));
}
