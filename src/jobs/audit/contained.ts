import { type AuditCheckpoint, readAuditCheckpoint } from '../../core/audit-checkpoint.js';
import { type BadRecord, isLost } from '../../core/audit-walk.js';
import { acceptedLosses } from '../../store/audit-losses.js';
import { walkAudit } from '../../store/audit-walk.js';
import { listCheckpoints, readCheckpointFile } from '../../store/checkpoint-files.js';
import { lastCheckpoint, lastRecord, recordHash } from '../../store/checkpoints.js';
import type { Db } from '../../store/tables.js';
import type { AuditSetup } from '../setup.js';

/** A checkpoint, and where it is known from. */
export interface KnownCheckpoint extends AuditCheckpoint {
  /** A file, or `the database`. */
  place: string;
}

/** What a text says that may be a note, whoever signed it. */
export const readUnsigned = (note: string): AuditCheckpoint | undefined =>
  readAuditCheckpoint(note.slice(0, note.indexOf('\n\n') + 1));

/** The same of a file. @throws the error of the system */
export const readFile = (path: string): AuditCheckpoint | undefined => readUnsigned(readCheckpointFile(path) ?? '');

/** So many files are looked at where the furthest ones cannot be read. */
const tries = 50;

/**
 * The furthest checkpoint of a folder. It counts whoever signed it: an installation that was given another key still holds itself to what
 * it said before. A file that is no checkpoint of this log is passed over.
 * @throws the error of the system
 */
export function furthestOf(folder: string): KnownCheckpoint | undefined {
  for (const { path } of listCheckpoints(folder).slice(0, tries)) {
    const read = readFile(path);
    if (read !== undefined) return { ...read, place: path };
  }
  return undefined;
}

/** The last checkpoint of the database's own table, as its note says. */
export async function furthestKept(db: Db): Promise<KnownCheckpoint | undefined> {
  const row = await lastCheckpoint(db);
  const read = row && readUnsigned(row.note);
  return read && { ...read, place: 'the database' };
}

export type Contained = { ok: true } | { ok: false; known: KnownCheckpoint; bad: BadRecord; records: number };

/**
 * Whether the log still holds what the furthest known checkpoints say: those of the folders and of the database. One question for each:
 * the record at the size of a checkpoint names all before it. Only where that is wrong is the log walked, to tell what is bad.
 * @throws the error of the system where the folder of checkpoints is there and cannot be read
 */
export async function isContained({
  db,
  audit,
  log,
}: {
  db: Db;
  audit: AuditSetup;
  log: { warn(about: object, message: string): void };
}): Promise<Contained> {
  const kept = await furthestKept(db);
  const known = [furthestOf(audit.folder), kept];
  try {
    if (audit.copyTo !== undefined) known.push(furthestOf(audit.copyTo));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log.warn({ folder: audit.copyTo, why }, 'the copies of the checkpoints cannot be read');
  }
  // One whose epoch has no checkpoint was accepted by nobody.
  const losses = (await acceptedLosses(db)).filter((loss) => loss.epoch <= (kept?.epoch ?? 0));
  const found = known.filter((each) => each !== undefined).sort((a, b) => b.epoch - a.epoch || b.size - a.size);
  for (const checkpoint of found) {
    if (checkpoint.size === 0 || isLost(checkpoint, losses)) continue;
    if ((await recordHash(db, checkpoint.size)) === checkpoint.head) continue;
    const { bad } = await walkAudit(db, found);
    const records = await lastRecord(db);
    return {
      ok: false,
      known: checkpoint,
      records,
      bad: bad ?? { index: checkpoint.size - 1, until: checkpoint.size - 1, why: 'rewritten' },
    };
  }
  return { ok: true };
}
