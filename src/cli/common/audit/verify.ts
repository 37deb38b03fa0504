import { readFileSync } from 'node:fs';
import {
  type AuditCheckpoint,
  type CheckpointKey,
  openAuditCheckpoint,
  splitNotes,
} from '../../../core/audit-checkpoint.js';
import { type BadRecord, isLost, type Walked } from '../../../core/audit-walk.js';
import { readVerifierKey } from '../../../core/signed-note.js';
import { safeLine } from '../../../core/terminal.js';
import { acceptedLosses, type LossRecord } from '../../../store/audit-losses.js';
import { walkAudit } from '../../../store/audit-walk.js';
import { listCheckpoints, readCheckpointFile } from '../../../store/checkpoint-files.js';
import { loadCheckpoints } from '../../../store/checkpoints.js';
import type { Db } from '../../../store/tables.js';
import { CliError, exitCodes, explainFileError } from '../errors.js';
import { readPublicKey } from '../release/keys.js';

/** A checkpoint that cannot be believed, or is not held by the log. */
export interface BadCheckpoint {
  /** `database, number 7`, `FILE`, `FILE, note 2`. */
  place: string;
  why: string;
}

/** What `halflight audit verify` found. */
export interface Verified extends Omit<Walked, 'tree' | 'bad' | 'checkpoints'> {
  bad: BadRecord | undefined;
  losses: readonly LossRecord[];
  checkpoints: {
    /** In the database; in the folders beside it; given to be held against the log. */
    stored: number;
    files: number;
    given: number;
    /** Fit at their size; speak of records whose loss was accepted. */
    fit: number;
    lost: number;
    last: AuditCheckpoint | undefined;
    bad: readonly BadCheckpoint[];
  };
}

export const isGood = ({ bad, checkpoints }: Verified): boolean => bad === undefined && checkpoints.bad.length === 0;

/** A key as it is named: what `audit key` prints, or a file with a public key. @throws CliError */
export function checkpointKey(text: string): CheckpointKey {
  return readVerifierKey(text) ?? { publicKey: readPublicKey(text) };
}

/**
 * Holds the whole log against its chain, every checkpoint in the database, the furthest of each folder, and those that are given.
 * @throws CliError where a file cannot be read or holds no checkpoint
 */
export async function verifyLog(
  db: Db,
  {
    log,
    keys,
    folders,
    given: files,
  }: {
    /** Name of the log, where it is known. */
    log: string | undefined;
    keys: readonly CheckpointKey[];
    folders: readonly string[];
    given: readonly string[];
  },
): Promise<Verified> {
  const bad: BadCheckpoint[] = [];
  const stored = await openStored(db, keys, bad);
  const beside = folders.flatMap((folder) => openFurthest(folder, keys, bad));
  const logs = new Set([...(log === undefined ? [] : [log]), ...stored.map((checkpoint) => checkpoint.log)]);
  const given = files.flatMap((file) => openGiven(file, keys, logs, bad));
  const losses = await acceptedLosses(db);
  for (const { place, checkpoint } of given)
    if (isLost(checkpoint, losses))
      bad.push({
        place,
        why: `knows ${checkpoint.size} records of before a loss that was accepted: some of them are gone`,
      });
  for (const { seq, epoch } of losses)
    if (![...stored, ...beside].some((checkpoint) => checkpoint.epoch >= epoch && checkpoint.size >= seq))
      bad.push({ place: `record ${seq}`, why: 'says that a loss was accepted, which no signed checkpoint knows' });
  const known = [...stored, ...beside, ...given.map(({ checkpoint }) => checkpoint)];
  const { checkpoints, tree: _, ...walked } = await walkAudit(db, known);
  return {
    ...walked,
    losses,
    checkpoints: {
      stored: stored.length,
      files: beside.length,
      given: given.length,
      fit: checkpoints.fit,
      lost: checkpoints.lost,
      last: [...stored].sort((a, b) => a.epoch - b.epoch || a.size - b.size || a.at - b.at).at(-1),
      bad,
    },
  };
}

const noKey = 'is not signed by the key, or was changed';

async function openStored(db: Db, keys: readonly CheckpointKey[], bad: BadCheckpoint[]): Promise<AuditCheckpoint[]> {
  const opened: AuditCheckpoint[] = [];
  let after = 0;
  for (;;) {
    const rows = await loadCheckpoints(db, { after });
    for (const row of rows) {
      const place = `database, number ${row.id}`;
      const read = openAuditCheckpoint(row.note, keys);
      if (read === undefined) bad.push({ place, why: noKey });
      else if (read.epoch !== row.epoch || read.size !== row.size || read.root.toString('hex') !== row.root)
        bad.push({ place, why: 'its row says something else than what was signed' });
      // What was signed counts, whatever the row says.
      if (read !== undefined) opened.push(read);
    }
    const last = rows.at(-1);
    if (last === undefined) return opened;
    after = last.id;
  }
}

/** The furthest file of a folder by its name: what a start goes by. */
function openFurthest(folder: string, keys: readonly CheckpointKey[], bad: BadCheckpoint[]): AuditCheckpoint[] {
  try {
    const [furthest] = listCheckpoints(folder);
    if (furthest === undefined) return [];
    const read = openAuditCheckpoint(readCheckpointFile(furthest.path) ?? '', keys);
    if (read === undefined) bad.push({ place: furthest.path, why: noKey });
    return read === undefined ? [] : [read];
  } catch (error) {
    throw new CliError(explainFileError(error, folder));
  }
}

/** Larger than any sensible collection of notes: ten years of hours are 40 MB. */
const maxGiven = 256 * 2 ** 20;

function openGiven(
  file: string,
  keys: readonly CheckpointKey[],
  logs: ReadonlySet<string>,
  bad: BadCheckpoint[],
): { place: string; checkpoint: AuditCheckpoint }[] {
  let text: string;
  try {
    const bytes = readFileSync(file);
    text = bytes.length > maxGiven ? '' : bytes.toString('utf8');
  } catch (error) {
    throw new CliError(explainFileError(error, file));
  }
  const notes = splitNotes(text);
  if (notes.length === 0)
    throw new CliError(
      `${safeLine(file)} holds no checkpoint: one is a text, an empty line, and a line that begins with a dash and the name of the key; copy it whole`,
      exitCodes.failed,
    );
  return notes.flatMap((note, at) => {
    const place = notes.length === 1 ? file : `${file}, note ${at + 1}`;
    const checkpoint = openAuditCheckpoint(note, keys);
    if (checkpoint === undefined) bad.push({ place, why: noKey });
    else if (logs.size > 0 && !logs.has(checkpoint.log))
      bad.push({ place, why: `is of another log, ${checkpoint.log}` });
    else return [{ place, checkpoint }];
    return [];
  });
}
