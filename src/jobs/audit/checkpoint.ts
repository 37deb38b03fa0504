import { existsSync, mkdirSync } from 'node:fs';
import { auditCheckpointText } from '../../core/audit-checkpoint.js';
import type { BadRecord } from '../../core/audit-walk.js';
import { faultPoint } from '../../core/fault.js';
import { writeCheckpoint } from '../../store/checkpoint-files.js';
import {
  checkpointOf,
  type KeptCheckpoint,
  keepCheckpoint,
  lockCheckpoints,
  newestCheckpoints,
} from '../../store/checkpoints.js';
import { addNotice } from '../../store/outbox.js';
import type { Db } from '../../store/tables.js';
import { reportBroken } from './broken.js';
import { isContained } from './contained.js';
import { growLog } from './grow.js';
import { checkpointNotice, type SignedSize } from './notices.js';
import type { CheckpointParts } from './parts.js';

/** What became of a checkpoint. */
export type Made =
  | { outcome: 'made' | 'there'; checkpoint: KeptCheckpoint }
  | { outcome: 'refused'; bad: BadRecord; last: SignedSize | undefined };

/**
 * Makes the checkpoint of a slot, unless it is there. A log that does not go on from the last checkpoint is not signed: that is reported
 * instead. Killed anywhere and done again it makes no second one: the row, the tree and what is sent commit together, and files follow.
 */
export async function makeCheckpoint(parts: CheckpointParts, slot: number): Promise<Made> {
  const outside = await isContained(parts);
  const made: Made = outside.ok
    ? await parts.db.transaction().execute((trx) => signLog({ ...parts, db: trx }, slot))
    : { outcome: 'refused', bad: outside.bad, last: { ...outside.known, root: outside.known.root.toString('hex') } };
  if (made.outcome === 'refused') {
    await reportBroken(parts, made.bad, made.last);
    return made;
  }
  await faultPoint('checkpoint.kept');
  await writeFiles(parts);
  await faultPoint('checkpoint.written');
  return made;
}

/** Signs the log as it is now, within the caller's transaction. `accepting`: its last record is a loss that is accepted with this. */
export async function signLog(
  { db, signer, now, audit }: CheckpointParts,
  slot: number,
  { accepting = false } = {},
): Promise<Made> {
  await lockCheckpoints(db);
  const { epoch, walked, last, unvouched } = await growLog(db, signer);
  const { bad, tree, head } = walked;
  if (bad !== undefined) return { outcome: 'refused', bad, last };
  if (unvouched !== undefined && !accepting) {
    const index = unvouched.seq - 1;
    return { outcome: 'refused', bad: { index, until: index, why: 'inserted' }, last };
  }
  const there = await checkpointOf(db, epoch, slot);
  if (there !== undefined) return { outcome: 'there', checkpoint: there };
  const at = now();
  const text = auditCheckpointText({ log: signer.name, epoch, size: tree.size, root: tree.root(), head, at });
  await faultPoint('checkpoint.sign');
  const note = signer.sign(text);
  await faultPoint('checkpoint.signed');
  const checkpoint = await keepCheckpoint(db, { epoch, at }, { tree, note, slot });
  await tellOf(db, checkpoint, audit.channels, at);
  return { outcome: 'made', checkpoint };
}

export const tellOf = (db: Db, checkpoint: KeptCheckpoint, channels: readonly string[], at: number): Promise<void> =>
  addNotice(db, checkpointNotice(checkpoint), channels, at);

/** So many of the newest are looked for: a folder that was away gets what it missed. */
const caughtUp = 400;

/** Writes the newest checkpoints to the folders where they are missing. A folder that cannot be written to is logged, and tried again. */
export async function writeFiles({ db, audit, log }: Pick<CheckpointParts, 'db' | 'audit' | 'log'>): Promise<void> {
  const newest = await newestCheckpoints(db, caughtUp);
  for (const folder of [audit.folder, audit.copyTo]) {
    if (folder === undefined) continue;
    try {
      if (folder === audit.folder && !existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const checkpoint of newest) writeCheckpoint(folder, checkpoint);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log.error({ folder, why }, 'a checkpoint of the audit log could not be written; the next one tries again');
    }
  }
}
