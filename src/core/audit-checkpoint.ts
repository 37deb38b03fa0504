import type { KeyObject } from 'node:crypto';
import { isChainHash } from './audit-chain.js';
import { checkpointText, readCheckpoint } from './checkpoint.js';
import { maxNoteLength, type NoteKey, openNote } from './signed-note.js';

// A checkpoint of the audit log: that of C2SP, with three lines behind it.

/** What a checkpoint says of the audit log. */
export interface AuditCheckpoint {
  /** Name of the log, without its epoch. */
  log: string;
  /** 1, and one more with each loss that was accepted: what stood in the log before may then have gone. */
  epoch: number;
  /** Number of records. */
  size: number;
  /** Root of the tree over them, 32 bytes. */
  root: Buffer;
  /** Hash of the last of them; of an empty log 64 zeros. */
  head: string;
  /** Milliseconds since 1970: when it was made. */
  at: number;
}

/** The origin of C2SP: what must never have two roots for one size. */
export const originOf = (log: string, epoch: number): string => (epoch === 1 ? log : `${log}/${epoch}`);

/** The text to be signed. */
export const auditCheckpointText = ({ log, epoch, size, root, head, at }: AuditCheckpoint): string =>
  checkpointText({
    origin: originOf(log, epoch),
    size,
    root,
    extensions: [`epoch ${epoch}`, `time ${new Date(at).toISOString()}`, `head ${head}`],
  });

/** Reads the text of an opened note; undefined: it is no checkpoint of an audit log. Later lines that are not known are passed over. */
export function readAuditCheckpoint(text: string): AuditCheckpoint | undefined {
  const read = readCheckpoint(text);
  if (read === undefined) return undefined;
  const [epochLine, timeLine, headLine] = read.extensions;
  const epoch = Number(/^epoch ([1-9]\d{0,8})$/.exec(epochLine ?? '')?.[1]);
  const at = Date.parse(/^time (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/.exec(timeLine ?? '')?.[1] ?? '');
  const head = /^head (.+)$/.exec(headLine ?? '')?.[1] ?? '';
  if (Number.isNaN(epoch) || Number.isNaN(at) || !isChainHash(head)) return undefined;
  const end = epoch === 1 ? '' : `/${epoch}`;
  if (!read.origin.endsWith(end)) return undefined;
  const log = read.origin.slice(0, read.origin.length - end.length);
  return log === '' ? undefined : { log, epoch, size: read.size, root: read.root, head, at };
}

/** A key that notes are checked with. Without a name: whatever name the key has in the note. */
export interface CheckpointKey {
  name?: string | undefined;
  publicKey: KeyObject;
}

/** The checkpoint of a note that one of the keys has signed; undefined: it is none, or none of them has. Never throws. */
export function openAuditCheckpoint(note: string, keys: readonly CheckpointKey[]): AuditCheckpoint | undefined {
  if (note.length > maxNoteLength) return undefined;
  const names = [...note.matchAll(/^\u2014 ([^\s+]{1,200}) /gmu)].slice(0, 10).map(([, name = '']) => name);
  const known: NoteKey[] = keys.flatMap(({ name, publicKey }) =>
    (name === undefined ? names : [name]).map((each) => ({ name: each, publicKey })),
  );
  const text = openNote(note, known);
  return text === undefined ? undefined : readAuditCheckpoint(text);
}

/**
 * The notes of a text that holds one or many, whatever stands between them: lines that are not empty, an empty line, and lines of
 * signatures. One pass over the lines.
 */
export function splitNotes(text: string): string[] {
  const notes: string[] = [];
  let [body, signatures]: [string[], string[]] = [[], []];
  let closed = false;
  const end = (): void => {
    if (closed && signatures.length > 0) notes.push(`${[...body, '', ...signatures].join('\n')}\n`);
    [body, signatures, closed] = [[], [], false];
  };
  for (const line of text.replaceAll('\r\n', '\n').split('\n')) {
    if (closed && line.startsWith('\u2014 ')) signatures.push(line);
    else if (line === '') {
      if (closed) end();
      closed = body.length > 0;
    } else {
      if (closed) end();
      body.push(line);
    }
  }
  end();
  return notes;
}
