import { type AuditCheckpoint, openAuditCheckpoint } from '../../core/audit-checkpoint.js';
import type { Walked } from '../../core/audit-walk.js';
import type { Signer } from '../../core/signed-note.js';
import { acceptedLosses, type LossRecord } from '../../store/audit-losses.js';
import { walkAudit } from '../../store/audit-walk.js';
import { type KeptCheckpoint, lastCheckpoint, loadTree, recordHash } from '../../store/checkpoints.js';
import type { Db } from '../../store/tables.js';

/** The log as it is now, held against the last checkpoint. */
export interface Grown {
  epoch: number;
  walked: Walked;
  last: KeptCheckpoint | undefined;
  /**
   * A loss whose epoch no checkpoint has. Accepting a loss makes one in the same transaction: such a record is by somebody who can write to
   * the log, and has no key.
   */
  unvouched: LossRecord | undefined;
}

/**
 * Walks what came to the log since the last checkpoint, so that an hour costs what came in it. Where the checkpoint, its tree or its
 * record is not what was signed, and `whole`, everything is walked from the first record on: only that tells what is bad.
 */
export async function growLog(db: Db, signer: Signer, { whole = false } = {}): Promise<Grown> {
  const losses = await acceptedLosses(db);
  const epoch = Math.max(1, ...losses.map((loss) => loss.epoch));
  const last = await lastCheckpoint(db);
  const unvouched = losses.find((loss) => loss.epoch > (last?.epoch ?? 0));
  if (last === undefined) return { epoch, last, unvouched, walked: await walkAudit(db) };
  const known = { epoch: last.epoch, size: last.size, root: Buffer.from(last.root, 'hex') };
  const start = whole || last.epoch !== epoch ? undefined : await startOf(db, signer, last);
  return { epoch, last, unvouched, walked: await walkAudit(db, [start?.checkpoint ?? known], start) };
}

/** The log at a checkpoint, when all that is kept of it is what was signed. */
async function startOf(
  db: Db,
  signer: Signer,
  last: KeptCheckpoint,
): Promise<{ checkpoint: AuditCheckpoint; tree: Walked['tree']; head: string } | undefined> {
  const checkpoint = openAuditCheckpoint(last.note, [signer]);
  if (checkpoint === undefined || checkpoint.epoch !== last.epoch || checkpoint.size !== last.size) return undefined;
  const tree = await loadTree(db, last.epoch, last.size);
  if (tree === undefined || !tree.root().equals(checkpoint.root)) return undefined;
  if (last.size > 0 && (await recordHash(db, last.size)) !== checkpoint.head) return undefined;
  return { checkpoint, tree, head: checkpoint.head };
}
