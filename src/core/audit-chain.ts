import { hash } from 'node:crypto';
import { leafHash } from './merkle.js';

// The audit log as those see it who check it: records that each hold the hash of the one before, and a tree over these hashes. What
// is here is the definition that docs/audit.md gives to others; a change of it would make every kept checkpoint worthless.

/** A record as it is kept. */
export interface ChainRecord {
  /** From 1 on, without gaps. The index of a record is one less. */
  seq: number;
  /** Milliseconds since 1970. */
  at: number;
  who: string;
  action: string;
  subject: string;
  /** JSON text, as it was hashed. */
  details: string;
  /** Hash of the record before it. */
  previous: string;
  hash: string;
}

/** Stands for the hash of the record before the first. */
export const chainBeginning = '0'.repeat(64);

/** The hash of a record: SHA-256 over a JSON array of all that it holds and the hash before it, in 64 hexadecimal digits. */
export const chainHash = ({ seq, at, who, action, subject, details, previous }: Omit<ChainRecord, 'hash'>): string =>
  hash('sha256', JSON.stringify([seq, at, who, action, subject, details, previous]), 'hex');

/** The record's leaf in the tree of a checkpoint: leaf i is the record with the index i, and holds the 32 bytes of its hash. */
export const chainLeaf = (recordHash: string): Buffer => leafHash(Buffer.from(recordHash, 'hex'));

/** A hash as records hold it. */
export const isChainHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);
