import { type ChainRecord, chainBeginning, chainHash, chainLeaf } from '../../core/audit-chain.js';
import { auditCheckpointText, openAuditCheckpoint } from '../../core/audit-checkpoint.js';
import { emptyRoot, nodeHash } from '../../core/merkle.js';
import type { Signer } from '../../core/signed-note.js';
import { lastCheckpoint } from '../../store/checkpoints.js';
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

  get root(): Buffer {
    const top = this.#levels.at(-1);
    return top === undefined || top.length === 0 ? emptyRoot : top;
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

/** A log that does not fit its own chain, or what was signed of it: no bundle may be made of it. */
export class BrokenAuditError extends Error {}

/** The log as a bundle proves records to stand in it. */
export interface ProvedLog {
  tree: AuditTree;
  size: number;
  /** Base64. */
  root: string;
  /** The signed note. */
  checkpoint: string;
}

/**
 * Walks the log and takes the last checkpoint that was kept, or, where that does not reach to the last record of the period, signs one.
 * @throws BrokenAuditError
 */
export async function proveLog(trx: Db, { start, end }: BundleScope, signer: Signer, now: number): Promise<ProvedLog> {
  let [seq, head, needed] = [0, chainBeginning, 0];
  const pages: Buffer[] = [];
  for await (const page of auditRows(trx)) {
    for (const row of page) {
      if (row.seq !== seq + 1 || row.previous !== head || row.hash !== chainHash(row))
        throw new BrokenAuditError(`record ${seq + 1} of the audit log does not fit the one before it`);
      [seq, head] = [row.seq, row.hash];
      if (row.at >= start && row.at < end) needed = seq;
    }
    pages.push(Buffer.concat(page.map((row) => chainLeaf(row.hash))));
  }
  const leaves = Buffer.concat(pages);
  const kept = await lastCheckpoint(trx);
  const known = kept === undefined ? undefined : openAuditCheckpoint(kept.note, [signer]);
  if (kept !== undefined && known !== undefined) {
    const tree = new AuditTree(leaves.subarray(0, known.size * 32));
    if (known.size > seq || !tree.root.equals(known.root))
      throw new BrokenAuditError(`the audit log is not the one that checkpoint ${kept.id} was signed for`);
    if (known.size >= needed)
      return { tree, size: known.size, root: known.root.toString('base64'), checkpoint: kept.note };
  }
  const tree = new AuditTree(leaves);
  const stated = { log: signer.name, epoch: kept?.epoch ?? 1, size: seq, root: tree.root, head, at: now };
  return { tree, size: seq, root: tree.root.toString('base64'), checkpoint: signer.sign(auditCheckpointText(stated)) };
}

/** audit.ndjson: what the log holds of the period, each record with the proof that it stands in the log of the checkpoint. */
export async function* auditLines(
  { trx, scope, people }: BundleContext,
  { tree, size }: ProvedLog,
): AsyncGenerator<string> {
  for await (const page of auditRows(trx, scope)) {
    for (const row of page) {
      if (row.seq > size) return;
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

/** In a bundle about some services, a record about these. */
function isConcerned({ subject }: ChainRecord, { only }: BundleScope): boolean {
  if (only === undefined) return true;
  return [...only.services, ...only.findings, ...only.entries].some(
    (id) => subject === id || subject.startsWith(`${id}/`),
  );
}
