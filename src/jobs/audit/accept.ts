import { appendAudit } from '../../store/audit.js';
import { acceptedLosses, lossAction } from '../../store/audit-losses.js';
import { walkAudit } from '../../store/audit-walk.js';
import { listCheckpoints } from '../../store/checkpoint-files.js';
import { type KeptCheckpoint, lastRecord, lockCheckpoints, newestCheckpoints } from '../../store/checkpoints.js';
import { addNotice } from '../../store/outbox.js';
import { signLog, writeFiles } from './checkpoint.js';
import { isContained, readFile, readUnsigned } from './contained.js';
import { noticeId } from './notices.js';
import type { CheckpointParts } from './parts.js';

export type Accepted =
  | { outcome: 'nothing-lost' }
  /** The chain itself is broken: no epoch can begin on it. */
  | { outcome: 'broken'; record: number }
  | { outcome: 'accepted'; from: number; to: number; checkpoint: KeptCheckpoint };

/** So many kept checkpoints are held against the log, to find how far it is the old one. */
const looked = 10_000;

/**
 * Accepts that records which a checkpoint knows are gone: a record of the log says so and names them, a new epoch of the log begins, and
 * its first checkpoint is signed. In one transaction; channels are told.
 */
export async function acceptLoss(
  parts: CheckpointParts,
  { who, why, slot }: { who: string; why: string; slot: number },
): Promise<Accepted> {
  const accepted = await parts.db.transaction().execute(async (trx): Promise<Accepted> => {
    await lockCheckpoints(trx);
    const { audit, alarm, now } = parts;
    const found = await isContained({ ...parts, db: trx });
    if (found.ok) return { outcome: 'nothing-lost' };
    const chain = await walkAudit(trx);
    if (chain.bad !== undefined) return { outcome: 'broken', record: chain.bad.index + 1 };
    const kept = (await newestCheckpoints(trx, looked)).map(({ note }) => readUnsigned(note));
    const files = [audit.folder, audit.copyTo].flatMap((folder) =>
      folder === undefined ? [] : listCheckpoints(folder).slice(0, looked),
    );
    const known = [found.known, ...kept, ...files.map(({ path }) => readFile(path))].filter(
      (each) => each !== undefined,
    );
    const { bad, vouched } = await walkAudit(trx, known);
    const records = await lastRecord(trx);
    // Where only the end is gone, all that is there is what was signed, or came behind the last that was.
    const last = bad?.why === 'cut' ? records : vouched;
    const epoch =
      1 + Math.max(...known.map((each) => each.epoch), ...(await acceptedLosses(trx)).map((loss) => loss.epoch));
    const at = now();
    const [from, to] = [last + 1, found.known.size];
    const details = {
      epoch,
      kept: last,
      from,
      to,
      why,
      records,
      known: { epoch: found.known.epoch, size: found.known.size, head: found.known.head, at: found.known.at },
    };
    await appendAudit(trx, { at, who, action: lossAction, subject: `records ${from} to ${to}`, details });
    const made = await signLog({ ...parts, db: trx }, slot, { accepting: true });
    if (made.outcome === 'refused') return { outcome: 'broken', record: made.bad.index + 1 };
    await addNotice(
      trx,
      {
        id: noticeId('audit.loss', epoch, from, to, at),
        kind: 'audit.broken',
        at,
        title: `Records ${from} to ${to} of the audit log are given up`,
        text: `${who} accepted their loss: ${why}. The log goes on as epoch ${epoch}; checkpoints of before that speak of them can no longer be held against it. Keep them.`,
        subject: 'audit/broken',
        severity: 'high',
        details,
      },
      [...new Set([...alarm, ...audit.channels])],
      at,
    );
    return { outcome: 'accepted', from, to, checkpoint: made.checkpoint };
  });
  if (accepted.outcome === 'accepted') await writeFiles(parts);
  return accepted;
}
