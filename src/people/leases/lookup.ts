import { bytesOfIp } from './ip-bytes.js';
import { type Parts, partsOf } from './pack.js';

/** Who had an address, in the words of the logs; empty where they do not tell. */
export interface Holder {
  user: string;
  device: string;
  mac: string;
}

/** Leases of one address that one question looks at; an address with more at the same time is nobody's. */
const maxLooked = 64;

/** Looks into packed leases. Threads share the buffer. */
export class LeaseLookup {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Uint32Array;
  readonly #bytes: Uint8Array;
  readonly #at: Parts;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    const head = new Uint32Array(buffer, 0, 4);
    this.#at = partsOf(head[0] ?? 0, head[1] ?? 0, head[2] ?? 0);
    this.#words = new Uint32Array(buffer, 0, this.#at.bytes / 4);
    this.#bytes = new Uint8Array(buffer, this.#at.bytes);
  }

  get leases(): number {
    return this.#at.leases;
  }

  get holders(): number {
    return this.#at.holders;
  }

  /** The number of a canonical address; -1 where it was never leased. */
  find(address: string): number {
    const wanted = bytesOfIp(address);
    if (wanted === undefined) return -1;
    let [low, high] = [0, this.#at.addresses - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const order = this.#compare(middle, wanted);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  #compare(index: number, wanted: readonly number[]): number {
    const at = this.#at.address + index * 4;
    for (let i = 0; i < 4; i++) {
      const difference = (this.#words[at + i] ?? 0) - (wanted[i] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /**
   * Leases of an address that overlap `[from, until]` (milliseconds): numbers of their holders, with the parts of the time that they
   * cover (in seconds); undefined where there are too many to tell.
   */
  during(address: number, from: number, until: number): { holder: number; from: number; to: number }[] | undefined {
    const words = this.#words;
    const [first, last] = [Math.floor(from / 1000), Math.floor(until / 1000)];
    const begin = words[this.#at.begin + address] ?? 0;
    const end = words[this.#at.begin + address + 1] ?? begin;
    // The first lease that begins after the time asked for.
    let [low, high] = [begin, end];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((words[this.#at.from + middle] ?? 0) <= last) low = middle + 1;
      else high = middle;
    }
    const found: { holder: number; from: number; to: number }[] = [];
    for (let i = low - 1, looked = 0; i >= begin; i--) {
      // No lease before this one reaches the time.
      if ((words[this.#at.latest + i] ?? 0) <= first) break;
      if (++looked > maxLooked) return undefined;
      const to = words[this.#at.to + i] ?? 0;
      if (to > first) found.push({ holder: words[this.#at.holder + i] ?? 0, from: words[this.#at.from + i] ?? 0, to });
    }
    return found;
  }

  holder(index: number): Holder {
    return { user: this.#text(index * 3), device: this.#text(index * 3 + 1), mac: this.#text(index * 3 + 2) };
  }

  #text(index: number): string {
    const from = this.#words[this.#at.text + index] ?? 0;
    const to = this.#words[this.#at.text + index + 1] ?? from;
    // A copy: what is shared cannot be decoded in place.
    return from === to ? '' : Buffer.from(this.#bytes.slice(from, to)).toString();
  }
}

/** Whether parts of a time cover all of `[from, until]` (milliseconds), without a gap. */
export function covers(parts: readonly { from: number; to: number }[], from: number, until: number): boolean {
  let at = Math.floor(from / 1000);
  const end = Math.floor(until / 1000);
  for (const part of parts.toSorted((a, b) => a.from - b.from)) {
    if (part.from > at) return false;
    if (part.to > at) at = part.to;
    if (at > end) return true;
  }
  return at > end;
}
