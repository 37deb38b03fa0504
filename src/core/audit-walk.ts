import { hash } from 'node:crypto';
import { type ChainRecord, chainBeginning, chainHash } from './audit-chain.js';
import type { AuditCheckpoint } from './audit-checkpoint.js';
import { MerkleTree } from './merkle.js';

// Walks the audit log from its first record on and holds it against checkpoints. The chain shows what was changed without care; only a
// checkpoint shows that all was written anew, or that the end is gone.

/** That records were lost and that somebody accepted it, as a record of the log says. */
export interface AcceptedLoss {
  /** The epoch that begins with it. */
  epoch: number;
  /** So many records at the beginning of the log are those of before. */
  kept: number;
}

/** What a checkpoint says of the records, its signature having been checked. */
export type Known = Pick<AuditCheckpoint, 'epoch' | 'size' | 'root'>;

/** The first record that is not what it was. */
export interface BadRecord {
  /** From 0 on. */
  index: number;
  /** Only that one of `index` to `until` is the first can be told. */
  until: number;
  why: 'changed' | 'missing' | 'inserted' | 'cut' | 'rewritten';
}

export interface Walked {
  /** Records from the beginning on that fit. */
  records: number;
  /** Hash of the last of them. */
  head: string;
  tree: MerkleTree;
  /** So many records are those that a checkpoint knows. */
  vouched: number;
  /** Checkpoints that fit; that speak of records whose loss was accepted; that were not reached. */
  checkpoints: { fit: number; lost: number; open: number };
  bad: BadRecord | undefined;
}

/** Where a walk begins that does not begin at the first record: what was walked before. */
export interface WalkStart {
  tree: MerkleTree;
  head: string;
}

const hashDigits = 64;
/** How many records that were put in are looked for, and how many hashes are remembered for it. */
const lookBack = 1000;

/** Whether the records that a checkpoint speaks of are gone by an accepted loss. */
export const isLost = ({ epoch, size }: Pick<Known, 'epoch' | 'size'>, losses: readonly AcceptedLoss[]): boolean =>
  losses.some((loss) => epoch < loss.epoch && size > loss.kept);

export class ChainWalk {
  readonly #tree: MerkleTree;
  readonly #known: readonly Known[];
  readonly #recent: string[] = [];
  #at = 0;
  #head: string;
  #vouched = 0;
  #fit = 0;
  #lost = 0;
  #bad: BadRecord | undefined;

  constructor(known: readonly Known[], losses: readonly AcceptedLoss[], start?: WalkStart) {
    this.#tree = start?.tree ?? new MerkleTree();
    this.#head = start?.head ?? chainBeginning;
    const { size } = this.#tree;
    const ours = known.filter((each) => !isLost(each, losses));
    this.#lost = known.length - ours.length;
    this.#known = ours.filter((each) => each.size >= size).sort((a, b) => a.size - b.size);
    this.#compare();
  }

  /** Takes the next record, by the order of `seq`. False: it is the first that does not fit, and the walk is over. */
  add(record: ChainRecord): boolean {
    if (this.#bad !== undefined) return false;
    const index = this.#tree.size;
    if (record.seq !== index + 1 || record.previous !== this.#head || record.hash !== chainHash(record)) {
      this.#bad = this.#explain(record, index);
      return false;
    }
    return this.#take(record.hash);
  }

  /**
   * Takes a page of records, each a line: the JSON array that is hashed, and behind it the hash. That is half the work of `add`, and says
   * only that all of them fit. False: one may not, and is left to `add` with all behind it. Behind the first record the page begins with
   * the last one that was taken.
   * @param rows number of records. A line break in a text that is not quoted would make two of one.
   */
  addLines(page: string, rows: number): boolean {
    if (this.#bad !== undefined || linesOf(page) !== rows) return false;
    let from = 0;
    let again = this.#tree.size > 0;
    for (let left = rows; left > 0; left--) {
      const next = page.indexOf('\n', from);
      const end = next === -1 ? page.length : next;
      if (end - from <= hashDigits) return false;
      const digits = page.slice(end - hashDigits, end);
      if (again) {
        if (digits !== this.#head || !page.startsWith(`[${this.#tree.size},`)) return false;
        again = false;
      } else {
        const hashed = page.slice(from, end - hashDigits);
        // Its number and the hash before it are parts of what is hashed: other texts are quoted in it, so that nothing else stands there.
        if (!hashed.startsWith(`[${this.#tree.size + 1},`) || !hashed.endsWith(`,"${this.#head}"]`)) return false;
        if (hash('sha256', hashed, 'hex') !== digits || !this.#take(digits)) return false;
      }
      from = end + 1;
    }
    return !again;
  }

  /** Number of records that fit so far, those of the start among them, and the hash of the last. */
  get size(): number {
    return this.#tree.size;
  }
  get head(): string {
    return this.#head;
  }

  #take(recordHash: string): boolean {
    this.#recent[this.#tree.size % lookBack] = recordHash;
    this.#tree.addHex(recordHash);
    this.#head = recordHash;
    this.#compare();
    return this.#bad === undefined;
  }

  /** What was found, when all records were given or one did not fit. */
  end(): Walked {
    const records = this.#tree.size;
    const last = this.#known.at(-1);
    if (this.#bad === undefined && last !== undefined && last.size > records)
      this.#bad = { index: records, until: records, why: 'cut' };
    return {
      records,
      head: this.#head,
      tree: this.#tree,
      vouched: this.#vouched,
      checkpoints: { fit: this.#fit, lost: this.#lost, open: this.#known.length - this.#fit },
      bad: this.#bad,
    };
  }

  /** Holds the tree against all checkpoints of its size. */
  #compare(): void {
    let root: Buffer | undefined;
    for (let next = this.#known[this.#at]; next?.size === this.#tree.size; next = this.#known[++this.#at]) {
      root ??= this.#tree.root();
      if (!root.equals(next.root)) {
        this.#bad = {
          index: Math.min(this.#vouched, Math.max(0, next.size - 1)),
          until: Math.max(0, next.size - 1),
          why: 'rewritten',
        };
        return;
      }
      this.#fit++;
      this.#vouched = next.size;
    }
  }

  /** The simplest that may have happened where a record does not fit in at an index. */
  #explain(record: ChainRecord, index: number): BadRecord {
    const bad = (at: number, why: BadRecord['why']): BadRecord => ({ index: at, until: at, why });
    if (record.hash === chainHash(record)) {
      // In itself it is right.
      if (record.seq > index + 1) return bad(index, 'missing');
      if (record.seq === index + 1) return index === 0 ? bad(0, 'changed') : bad(index - 1, 'changed');
      // A second one of a number: the copy of one that was walked, or else that one was put in.
      return bad(this.#was(record.seq - 1, index, record.hash) ? index : record.seq - 1, 'inserted');
    }
    // It may have been moved by others that were put in before it; or it is a copy of one that was.
    if (record.previous !== this.#head)
      for (let moved = 1; moved <= Math.min(index, lookBack); moved++)
        if (record.hash === chainHash({ ...record, seq: record.seq - moved }))
          return bad(this.#was(index - moved, index, record.hash) ? index : index - moved, 'inserted');
    return bad(index, 'changed');
  }

  /** Whether the record with this index had this hash; taken so for those that are no longer remembered. */
  #was(at: number, index: number, recordHash: string): boolean {
    return at < 0 || index - at > lookBack || this.#recent[at % lookBack] === recordHash;
  }
}

function linesOf(page: string): number {
  if (page === '') return 0;
  let lines = 1;
  for (let at = page.indexOf('\n'); at !== -1; at = page.indexOf('\n', at + 1)) lines++;
  return lines;
}
