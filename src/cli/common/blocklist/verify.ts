import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { type FeedNote, readFeedNote } from '../../../core/feed-note.js';
import { type NoteKey, openNote, readVerifierKey } from '../../../core/signed-note.js';
import { safeLine } from '../../../core/terminal.js';
import { CliError, exitCodes, explainFileError } from '../errors.js';

/** Whether a list is what the installation published. */
export interface Verified {
  ok: boolean;
  /** What was found, for people. */
  sentence: string;
  /** What the note says, where it is good. */
  note: FeedNote | null;
}

const mostBytes = 64 * 1024 * 1024;

/** Checks a list against its note. `own`: the key of this installation, asked for only where none is given. @throws CliError */
export function verifyFiles(file: string, noteFile: string, key: string | undefined, own: () => NoteKey): Verified {
  const [bytes, note] = [readBytes(file), readBytes(noteFile).toString('utf8')];
  return verifyFeed(bytes, note, key === undefined ? own() : keyOf(key));
}

/** The check itself: the signature, then the length and the hash. */
export function verifyFeed(bytes: Uint8Array, note: string, key: NoteKey): Verified {
  const bad = (sentence: string): Verified => ({ ok: false, sentence, note: null });
  const text = openNote(note, [key]);
  if (text === undefined) return bad(`The note is not signed with the key ${key.name}, or was changed.`);
  const said = readFeedNote(text);
  if (said === undefined) return bad('The note is signed, and none over a block list.');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (bytes.length !== said.bytes || sha256 !== said.sha256)
    return bad(
      `The list is not the one that the note is over (version ${said.version} of ${said.format}): fetch both again, and should they still differ, do not use it.`,
    );
  return {
    ok: true,
    sentence: `Version ${said.version} of ${said.format}, decisions of ${said.day}, ${said.entries} ${said.entries === 1 ? 'entry' : 'entries'}: signed by ${key.name}.`,
    note: said,
  };
}

function keyOf(given: string): NoteKey {
  const text = existsSync(given) ? readBytes(given).toString('utf8') : given;
  const key = readVerifierKey(text);
  if (key !== undefined) return key;
  throw new CliError(
    `--key takes the public key as NAME+ID+KEY, or a file that holds it; "${safeLine(given.slice(0, 80))}" is neither`,
    exitCodes.usage,
  );
}

function readBytes(path: string): Buffer {
  try {
    if (statSync(path).size > mostBytes) throw new CliError(`${safeLine(path)} is too large for a block list`);
    return readFileSync(path);
  } catch (error) {
    throw error instanceof CliError ? error : new CliError(explainFileError(error, path));
  }
}
