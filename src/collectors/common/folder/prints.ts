import { createHash, type Hash } from 'node:crypto';

/*
 * The identity of a stream is its content. `print(p)` stands for the first p bytes: the SHA-256 of the chained hash of the
 * whole blocks before, and the bytes of the last block up to p. The chain makes a print continue where an earlier run
 * stopped, without the state of a hash, by reading two blocks at most again. The ladder holds short prints at fixed sizes
 * (four between a power of two and the next), so that a copy that is shorter than what is known can be told from another file.
 */

const blockBytes = 65_536;
/** Characters of one step of the ladder: 72 bits. */
const stepLength = 12;
const firstStep = 16;

/** What is known of the first `offset` bytes of a stream. */
export interface Prints {
  offset: number;
  /** `print(offset)` */
  print: string;
  /** Where reading begins again: one whole block before the block of `offset`, or 0. */
  base: number;
  /** Chained hash of all before `base`. */
  chain: string;
  /** Prints at `ladderPoint(0)`, `(1)`... as far as they are not beyond `offset`. */
  ladder: string;
}

export const noPrints: Prints = { offset: 0, print: '', base: 0, chain: '', ladder: '' };

/** 16, 20, 24, 28, 32, 40... */
export const ladderPoint = (step: number): number => (firstStep * 2 ** Math.floor(step / 4) * (4 + (step % 4))) / 4;

/** The ladder up to 4 KiB: what a file that may be a copy is asked first. */
export const headLadder = (ladder: string): string => ladder.slice(0, 33 * stepLength);

/** Whether two streams are the same as far as both ladders reach. */
export const sameLadder = (a: string, b: string): boolean => (a.length < b.length ? b.startsWith(a) : a.startsWith(b));

/** Largest ladder point that both ladders have; 0 for none. */
export const commonPoint = (a: string, b: string): number => {
  const steps = Math.min(a.length, b.length) / stepLength;
  return steps === 0 ? 0 : ladderPoint(steps - 1);
};

/** The shorter beginnings of a ladder, the longest first, and itself. */
export function* ladderPrefixes(ladder: string): Generator<string> {
  for (let length = ladder.length; length > 0; length -= stepLength) yield ladder.slice(0, length);
}

/** Prints of bytes that are pushed in turn. */
export class Printer {
  position: number;
  #ladder: string;
  #nextStep: number;
  #before: string;
  #chain: string;
  #block: Hash;
  #fill = 0;
  readonly #marks: number[];
  /** Prints at the marks that were passed. */
  readonly marked = new Map<number, string>();

  /** `from`: pushing begins at its `base`, with bytes that are known up to its `offset`. `marks`: sizes whose prints are wanted. */
  constructor(from: Prints = noPrints, marks: Iterable<number> = []) {
    this.position = from.base;
    this.#ladder = from.ladder;
    this.#nextStep = from.ladder.length / stepLength;
    // Where only prints are wanted, the ladder may be left out.
    while (ladderPoint(this.#nextStep) <= this.position) this.#nextStep++;
    this.#before = '';
    this.#chain = from.chain;
    this.#block = begin(from.chain);
    this.#marks = [...new Set(marks)].filter((mark) => mark > this.position).sort((a, b) => a - b);
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#fill === blockBytes) this.#roll();
      const step = ladderPoint(this.#nextStep);
      const mark = this.#marks[0] ?? Number.POSITIVE_INFINITY;
      const count = Math.min(bytes.length - at, blockBytes - this.#fill, step - this.position, mark - this.position);
      this.#block.update(bytes.subarray(at, at + count));
      at += count;
      this.#fill += count;
      this.position += count;
      if (this.position === step) {
        this.#ladder += this.print().slice(0, stepLength);
        this.#nextStep++;
      }
      if (this.position === mark) {
        this.#marks.shift();
        this.marked.set(mark, this.print());
      }
    }
  }

  /** Of all bytes so far. */
  print(): string {
    return this.#block.copy().digest('base64url');
  }

  state(): Prints {
    const start = this.position - this.#fill;
    const first = start < blockBytes;
    return {
      offset: this.position,
      print: this.print(),
      base: first ? 0 : start - blockBytes,
      chain: first ? '' : this.#before,
      ladder: this.#ladder,
    };
  }

  #roll(): void {
    this.#before = this.#chain;
    this.#chain = this.#block.digest('base64url');
    this.#block = begin(this.#chain);
    this.#fill = 0;
  }
}

const begin = (chain: string): Hash => {
  const hash = createHash('sha256');
  return chain === '' ? hash : hash.update(chain);
};
