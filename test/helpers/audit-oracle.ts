import { createHash, type KeyObject, verify } from 'node:crypto';

// The audit log by its documentation (docs/audit.md) and the RFC's own recursion, without a line of the program.

export interface OracleRecord {
  seq: number;
  at: number;
  who: string;
  action: string;
  subject: string;
  details: string;
  previous: string;
  hash: string;
}

const sha256 = (...parts: (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export const zeros = '0'.repeat(64);

export const recordHash = (r: Omit<OracleRecord, 'hash'>): string =>
  sha256(JSON.stringify([r.seq, r.at, r.who, r.action, r.subject, r.details, r.previous])).toString('hex');

/** MTH of RFC 9162 section 2.1.1 over the records' hashes. */
export function treeRoot(hashes: readonly string[]): Buffer {
  const [first] = hashes;
  if (first === undefined) return sha256('');
  if (hashes.length === 1) return sha256(Uint8Array.of(0), Buffer.from(first, 'hex'));
  let k = 1;
  while (k * 2 < hashes.length) k *= 2;
  return sha256(Uint8Array.of(1), treeRoot(hashes.slice(0, k)), treeRoot(hashes.slice(k)));
}

export interface OracleCheckpoint {
  origin: string;
  size: number;
  root: Buffer;
  extensions: string[];
}

/** Reads a note and checks its one signature. @throws Error for any that is not right */
export function openNote(note: string, key: KeyObject): OracleCheckpoint {
  const [text = '', signature = ''] = note.split('\n\n');
  const [, , encoded = ''] = signature.trim().split(' ');
  const bytes = Buffer.from(encoded, 'base64');
  if (!verify(null, Buffer.from(`${text}\n`), key, bytes.subarray(4))) throw new Error('the signature is wrong');
  const [origin = '', size = '', root = '', ...extensions] = text.split('\n');
  return { origin, size: Number(size), root: Buffer.from(root, 'base64'), extensions };
}
