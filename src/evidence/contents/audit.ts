import { type ChainRecord, chainBeginning, chainHash, chainLeaf } from '../../core/audit-chain.js';
import { nodeHash } from '../../core/merkle.js';
import { auditRows, type BundleScope } from '../../store/reads/bundle.js';
import type { Db } from '../../store/tables.js';
import { type BundleContext, line } from './context.js';

/** All nodes of the tree over an audit log, so that proofs of many records cost little: 64 bytes a record. */
export class AuditTree {
  /** From the leaves up; a node without a sibling is on the level above as it is. */
  readonly #levels: Buffer[] = [];

  constructor(leaves: Buffer) {
    for (let level = leaves; ; ) {
      this.#levels.push(level);
      const count = level.length / 32;
      if (count <= 1) break;
      const above = Buffer.alloc(Math.ceil(count / 2) * 32);
      for (let i = 0; i < count; i += 2) {
        const left = level.subarray(i * 32, i * 32 + 32);
        const node = i + 1 < count ? nodeHash(left, level.subarray(i * 32 + 32, i * 32 + 64)) : left;
        node.copy(above, (i / 2) * 32);
      }
      level = above;
    }
  }

  /** Undefined for a tree without leaves. */
  get root(): Buffer | undefined {
    const top = this.#levels.at(-1);
    return top === undefined || top.length === 0 ? undefined : top;
  }

  /** Proof that the leaf stands in the tree, from the leaf's side up (RFC 9162 section 2.1.3.1). */
  proof(index: number): Buffer[] {
    const proof: Buffer[] = [];
    let at = index;
    for (const level of this.#levels) {
      const sibling = at ^ 1;
      if (sibling * 32 < level.length) proof.push(level.subarray(sibling * 32, sibling * 32 + 32));
      at = Math.floor(at / 2);
    }
    return proof;
  }
}

/** A log that does not fit its own chain: no checkpoint may be made of it, and no bundle. */
export class BrokenAuditError extends Error {
  readonly seq: number;
  constructor(seq: number) {
    super(`record ${seq} of the audit log does not fit the one before it`);
    this.seq = seq;
  }
}

/** Walks the chain. @throws BrokenAuditError */
export async function readAuditTree(trx: Db, size?: number): Promise<{ tree: AuditTree; size: number; head: string }> {
  let [seq, head] = [0, chainBeginning];
  const leaves: Buffer[] = [];
  for await (const page of auditRows(trx)) {
    const kept: Buffer[] = [];
    for (const row of page) {
      if (seq === size) break;
      if (row.seq !== seq + 1 || row.previous !== head || row.hash !== chainHash(row))
        throw new BrokenAuditError(seq + 1);
      [seq, head] = [row.seq, row.hash];
      kept.push(chainLeaf(row.hash));
    }
    leaves.push(Buffer.concat(kept));
  }
  return { tree: new AuditTree(Buffer.concat(leaves)), size: seq, head };
}

/** audit.ndjson: what the log holds of the period, each record with the proof that it stands in the log of the checkpoint. */
export async function* auditLines(
  { trx, scope, people, checkpoint }: BundleContext,
  tree: AuditTree,
): AsyncGenerator<string> {
  for await (const page of auditRows(trx)) {
    for (const row of page) {
      if (row.seq > checkpoint.size) return;
      if (!isConcerned(row, scope)) continue;
      // What is hashed cannot be changed, only left out: the hash alone stands in the log as well.
      const withheld = people.mask(row.subject) !== row.subject || people.mask(row.details) !== row.details;
      const { seq, at, who, action, subject, details, previous, hash } = row;
      yield line({
        seq,
        at,
        who,
        action,
        subject: withheld ? null : subject,
        details: withheld ? null : details,
        previous,
        hash,
        withheld,
        proof: tree.proof(seq - 1).map((node) => node.toString('base64')),
      });
    }
  }
}

/** A record of the period; in a bundle about some services, one about these. */
function isConcerned({ at, subject }: ChainRecord, { start, end, only }: BundleScope): boolean {
  if (at < start || at >= end) return false;
  if (only === undefined) return true;
  return [...only.services, ...only.findings, ...only.entries].some(
    (id) => subject === id || subject.startsWith(`${id}/`),
  );
}
