import type { Format } from '../core/format.js';
import type { Detection } from '../detectors/common/registry.js';

/**
 * The idea: in a company's proxy log one line in a hundred or a thousand is AI use, so nearly all work is to pass over the
 * others. Whatever detectors look for in network records, the line must hold some literal piece of it (part of a host, a
 * path, a User-Agent). All pieces together are one automaton (Aho-Corasick, laid out as one table), which reads each byte
 * once, folds case, and needs no decoding and no fields.
 *
 * It may let too much through and never too little: bytes that may be another spelling of a letter (anything beyond ASCII,
 * `%41`, `\u0041`) pass the line, and so do the byte sequences that a format calls opaque.
 * test/scan/prefilter.test.ts holds it against the plain way.
 */
export class Prefilter {
  readonly #classes: Uint8Array;
  readonly #next: Uint32Array;
  readonly #width: number;

  /** `needles`: ASCII, any case, two characters or more. */
  constructor(needles: Iterable<string>) {
    const { classes, next, width } = buildAutomaton([...needles, ...respellings()]);
    this.#classes = classes;
    this.#next = next;
    this.#width = width;
  }

  /** Whether `bytes[start, end)` may hold something. */
  test(bytes: Uint8Array, start: number, end: number): boolean {
    const classes = this.#classes;
    const next = this.#next;
    let state = 0;
    for (let i = start; i < end; i++) {
      // The table holds row offsets, so one addition finds the cell; ACCEPT ends the search.
      state = next[state + (classes[bytes[i] as number] as number)] as number;
      if (state === ACCEPT) return true;
    }
    return false;
  }

  /** Size of the table in bytes, for the benchmark. */
  get tableBytes(): number {
    return this.#next.byteLength + this.#width;
  }
}

const made = new WeakMap<Detection, Map<string, Prefilter>>();

/** The automaton for a format: one for each set of opaque byte sequences. */
export function prefilterFor(detection: Detection, format: Format): Prefilter {
  const cache = made.get(detection) ?? new Map<string, Prefilter>();
  made.set(detection, cache);
  const key = (format.opaque ?? []).join('\u0000');
  const prefilter = cache.get(key) ?? new Prefilter([...detection.needles, ...(format.opaque ?? [])]);
  cache.set(key, prefilter);
  return prefilter;
}

const ACCEPT = 0xffff_ffff;
/** Class of all bytes beyond ASCII: they may be a letter in another spelling. */
const BEYOND = 1;

/** `%2d`, `%2e`, `%30` to `%7f` and non-ASCII `%xx`, and `\u`: letters, digits, dots and hyphens in disguise. */
function respellings(): string[] {
  const hex = '0123456789abcdef';
  const pairs = ['2d', '2e'];
  for (const high of '34567') {
    for (const low of hex) {
      const code = Number.parseInt(high + low, 16);
      const char = String.fromCharCode(code);
      if (/[a-z0-9]/i.test(char)) pairs.push(high + low);
    }
  }
  // Full-width forms and the ideographic full stop, which URL parsers fold to ASCII.
  return [...pairs, 'ef%bc', 'ef%bd', 'e3%80%82', 'c2%ad', 'e2%80'].map((pair) => `%${pair}`).concat('\\u');
}

function buildAutomaton(needles: readonly string[]): { classes: Uint8Array; next: Uint32Array; width: number } {
  // Byte classes: 0 is any byte that no needle holds, then one for each byte that one does; upper case shares its class.
  const classes = new Uint8Array(256);
  classes.fill(BEYOND, 128);
  let width = 2;
  const classOf = (code: number): number => {
    if (classes[code] === 0) classes[code] = width++;
    return classes[code] ?? 0;
  };
  const words = [...new Set(needles.map((needle) => needle.toLowerCase()))].filter((needle) => needle.length > 0);
  const coded = words.map((word) => [...Buffer.from(word, 'latin1')].map(classOf));
  for (let upper = 65; upper <= 90; upper++) classes[upper] = classes[upper + 32] ?? 0;

  // The trie. A word behind another's end adds nothing: its prefix accepts already.
  const children: Map<number, number>[] = [new Map()];
  const accepting: boolean[] = [false];
  for (const word of coded) {
    let node = 0;
    for (const code of word) {
      if (accepting[node] === true) break;
      let child = children[node]?.get(code);
      if (child === undefined) {
        child = children.length;
        children.push(new Map());
        accepting.push(false);
        children[node]?.set(code, child);
      }
      node = child;
    }
    accepting[node] = true;
  }

  // Breadth first: a missing edge is the edge of the longest proper suffix.
  const next = new Uint32Array(children.length * width);
  const failure = new Uint32Array(children.length);
  const queue: number[] = [0];
  for (let at = 0; at < queue.length; at++) {
    const node = queue[at] ?? 0;
    if (node !== 0 && accepting[failure[node] ?? 0] === true) accepting[node] = true;
    for (let code = 0; code < width; code++) {
      const child = children[node]?.get(code);
      const fallback = node === 0 ? 0 : (next[(failure[node] ?? 0) * width + code] ?? 0);
      if (child === undefined) next[node * width + code] = fallback;
      else {
        failure[child] = fallback;
        next[node * width + code] = child;
        queue.push(child);
      }
    }
  }
  for (let cell = 0; cell < next.length; cell++) {
    const target = next[cell] ?? 0;
    next[cell] = accepting[target] === true || cell % width === BEYOND ? ACCEPT : target * width;
  }
  return { classes, next, width };
}
