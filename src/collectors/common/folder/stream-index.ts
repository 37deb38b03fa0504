import { ladderPoint, ladderPrefixes, noPrints, Printer, sameLadder } from './prints.js';
import type { Stream } from './stream.js';

const smallest = ladderPoint(0);

/** Finds the streams that a file could be, by its first bytes. */
export class StreamIndex {
  /** Ladder when it was entered -> streams; a stream grows, and then its ladder still begins so. */
  readonly #byLadder = new Map<string, Stream[]>();
  readonly #ladders: string[] = [];
  /** Streams too short for a ladder, by length and print. */
  readonly #tiny = new Map<number, Map<string, Stream>>();

  constructor(streams: Iterable<Stream>) {
    for (const stream of streams) this.#enter(stream);
    this.#ladders.push(...[...this.#byLadder.keys()].sort());
  }

  add(stream: Stream): void {
    const { ladder } = stream.prints;
    const known = this.#byLadder.has(ladder);
    this.#enter(stream);
    if (!known && this.#byLadder.has(ladder)) this.#ladders.splice(this.#place(ladder), 0, ladder);
  }

  /** Streams that agree with the beginning of a file as far as both reach. `head`: its first 64 KiB. */
  find(head: Buffer): Stream[] {
    const printer = new Printer(noPrints, this.#tiny.keys());
    printer.push(head);
    const { ladder } = printer.state();
    const found = new Set<Stream>();
    for (const [offset, prints] of this.#tiny) {
      const stream = prints.get(printer.marked.get(offset) ?? '');
      if (stream !== undefined) found.add(stream);
    }
    for (const prefix of ladderPrefixes(ladder))
      for (const stream of this.#byLadder.get(prefix) ?? []) found.add(stream);
    if (ladder !== '') {
      for (let at = this.#place(ladder); this.#ladders[at]?.startsWith(ladder) === true; at++)
        for (const stream of this.#byLadder.get(this.#ladders[at] ?? '') ?? []) found.add(stream);
    }
    return [...found].filter(({ prints }) => prints.offset > 0 && sameLadder(prints.ladder, ladder));
  }

  #enter(stream: Stream): void {
    const { offset, print, ladder } = stream.prints;
    if (offset === 0 || stream.zip !== undefined) return;
    if (offset < smallest) {
      const prints = this.#tiny.get(offset) ?? new Map<string, Stream>();
      this.#tiny.set(offset, prints.set(print, stream));
    } else {
      const streams = this.#byLadder.get(ladder) ?? [];
      streams.push(stream);
      this.#byLadder.set(ladder, streams);
    }
  }

  /** First place in the sorted ladders that is not before this one. */
  #place(ladder: string): number {
    let [low, high] = [0, this.#ladders.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ladders[middle] ?? '') < ladder) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
