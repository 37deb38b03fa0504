import { openAuditCheckpoint } from '../../core/audit-checkpoint.js';
import { walkAudit } from '../../store/audit-walk.js';
import { lastCheckpoint, loadCheckpoints } from '../../store/checkpoints.js';
import type { ServiceContext } from '../context.js';
import { reportBroken } from './broken.js';
import { furthestOf, isContained, type KnownCheckpoint, readUnsigned } from './contained.js';
import { alarmChannels } from './hourly.js';
import { badSentence, badWalk, goodWalk } from './notices.js';

/**
 * Walks the whole audit log and holds it against all checkpoints that are kept: the hourly one looks only at what came since the last. A
 * log that is not what was signed is told as that one tells it. Changes nothing else, so that it may run as often as it likes.
 *
 * A checkpoint counts whoever signed it, as at the start: an installation with a new key still holds itself to what it said before. Rows
 * that the key of now has not signed are counted in the outcome.
 */
export async function verifyWholeLog(context: ServiceContext, signal: AbortSignal): Promise<string> {
  const { db, signer, now, log } = context;
  const setup = context.setup();
  if (setup.audit === undefined) return 'nothing to do';
  const parts = { db, signer, now, log, audit: setup.audit, alarm: alarmChannels(setup) };
  const outside = await isContained(parts);
  const known: KnownCheckpoint[] = [setup.audit.folder, setup.audit.copyTo].flatMap((folder) => inFolder(folder));
  let [stored, strange] = [0, 0];
  for (let after = 0; ; ) {
    const rows = await loadCheckpoints(db, { after });
    for (const { note, epoch, size, root, id } of rows) {
      const read = readUnsigned(note);
      const told = read?.epoch === epoch && read.size === size && read.root.toString('hex') === root;
      if (!told || openAuditCheckpoint(note, [signer]) === undefined) strange++;
      if (read !== undefined) known.push({ ...read, place: 'the database' });
      stored++;
      after = id;
    }
    if (rows.length === 0) break;
    signal.throwIfAborted();
  }
  const { records, bad } = await walkAudit(db, known);
  const found = outside.ok ? bad : (bad ?? outside.bad);
  const others =
    strange === 0 ? '' : `; ${strange} are not signed by the key of now: "halflight audit verify" names them`;
  if (found === undefined) return `${goodWalk}: ${records} records, ${stored} checkpoints${others}`;
  const last = outside.ok ? await lastCheckpoint(db) : { ...outside.known, root: outside.known.root.toString('hex') };
  await reportBroken(parts, found, last);
  context.ring('deliver', 'due');
  return `${badWalk}: ${badSentence(found)}${others}`;
}

/** The furthest checkpoint of a folder; one that is away, which `isContained` has logged, has none. */
function inFolder(folder: string | undefined): KnownCheckpoint[] {
  try {
    const furthest = folder === undefined ? undefined : furthestOf(folder);
    return furthest === undefined ? [] : [furthest];
  } catch {
    return [];
  }
}
