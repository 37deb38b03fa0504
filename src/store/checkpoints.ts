import { sql } from 'kysely';
import type { AuditCheckpoint } from '../core/audit-checkpoint.js';
import { MerkleTree } from '../core/merkle.js';
import type { Db } from './tables.js';

// Checkpoints of the audit log that are kept. That they are signed and fit the log is for who reads them to see: whoever can change the
// log can change these rows too.

/** A checkpoint as its row tells it. */
export interface KeptCheckpoint {
  id: number;
  epoch: number;
  /** The minute since 1970 that it is for. */
  slot: number;
  size: number;
  /** 64 hexadecimal digits. */
  root: string;
  /** The signed note. */
  note: string;
  /** Milliseconds since 1970. */
  at: number;
}

const columns = ['id', 'epoch', 'slot', 'size', 'root', 'note', 'at'] as const;

/** The checkpoint that was made last, or last up to an instant (milliseconds since 1970); undefined: none was. */
export async function lastCheckpoint(db: Db, at?: number): Promise<KeptCheckpoint | undefined> {
  return db
    .selectFrom('audit_checkpoint')
    .select(columns)
    .$if(at !== undefined, (query) => query.where('at', '<=', at ?? 0))
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Checkpoints in the order in which they were made, behind the one with the id `after`. */
export async function loadCheckpoints(
  db: Db,
  { after = 0, limit = 1000 }: { after?: number; limit?: number } = {},
): Promise<KeptCheckpoint[]> {
  return db.selectFrom('audit_checkpoint').select(columns).where('id', '>', after).orderBy('id').limit(limit).execute();
}

/** The newest checkpoints, newest first. */
export async function newestCheckpoints(db: Db, limit: number): Promise<KeptCheckpoint[]> {
  return db.selectFrom('audit_checkpoint').select(columns).orderBy('id', 'desc').limit(limit).execute();
}

/** One checkpoint at a time is made. Held to the end of the transaction. */
export const lockCheckpoints = async (trx: Db): Promise<void> =>
  void (await sql`select pg_advisory_xact_lock(hashtext('halflight checkpoint'))`.execute(trx));

/** The checkpoint of a slot; undefined: there is none. */
export async function checkpointOf(db: Db, epoch: number, slot: number): Promise<KeptCheckpoint | undefined> {
  return db
    .selectFrom('audit_checkpoint')
    .select(columns)
    .where('epoch', '=', epoch)
    .where('slot', '=', slot)
    .executeTakeFirst();
}

/** The tree that was kept with checkpoints of this size; undefined: there is none, or what is there is no tree. */
export async function loadTree(db: Db, epoch: number, size: number): Promise<MerkleTree | undefined> {
  const row = await db
    .selectFrom('audit_tree')
    .select('parts')
    .where('epoch', '=', epoch)
    .where('size', '=', size)
    .executeTakeFirst();
  if (row === undefined || row.parts.length % 32 !== 0) return undefined;
  const parts = Array.from({ length: row.parts.length / 32 }, (_, at) => row.parts.subarray(at * 32, at * 32 + 32));
  try {
    return MerkleTree.of(size, parts);
  } catch {
    return undefined;
  }
}

/**
 * Keeps a checkpoint and its tree. @throws an error of the database where the epoch has another root for this size, or the slot has a
 * checkpoint already
 */
export async function keepCheckpoint(
  trx: Db,
  { epoch, at }: Pick<AuditCheckpoint, 'epoch' | 'at'>,
  { tree, note, slot }: { tree: MerkleTree; note: string; slot: number },
): Promise<KeptCheckpoint> {
  const [size, root] = [tree.size, tree.root().toString('hex')];
  await trx
    .insertInto('audit_tree')
    .values({ epoch, size, root, parts: Buffer.concat(tree.parts) })
    .onConflict((conflict) => conflict.columns(['epoch', 'size', 'root']).doNothing())
    .execute();
  return trx
    .insertInto('audit_checkpoint')
    .values({ epoch, slot, size, root, note, at })
    .returning(columns)
    .executeTakeFirstOrThrow();
}

/** The hash of the record with this number; undefined: there is none. */
export async function recordHash(db: Db, seq: number): Promise<string | undefined> {
  const row = await db.selectFrom('audit').select('hash').where('seq', '=', seq).executeTakeFirst();
  return row?.hash;
}

/** How many records there are, by the number of the last. */
export async function lastRecord(db: Db): Promise<number> {
  const row = await db.selectFrom('audit').select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return row?.seq ?? 0;
}
