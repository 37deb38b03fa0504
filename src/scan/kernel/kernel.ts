import { canonicalHost } from '../../core/host.js';
import type { Judge, KeyRule, Layout } from '../../core/layout.js';
import { decodeUri } from '../../core/text.js';
import type { Detection } from '../../detectors/common/registry.js';
import {
  ENDS,
  FIELDS,
  HOSTS,
  INPUT,
  inputSize,
  KEYS,
  LINES,
  LISTS,
  listSize,
  MASKS,
  maxLists,
  OUT,
  POOL,
  PROGRAMS,
  pages,
  poolSize,
  SLOTS,
  slotCount,
  WAITING,
} from './memory.js';
import { kernelModule } from './module.js';
import { agentKind, firstJudge, hostKind, keyClass, keyKind, writeProgram } from './program.js';

interface Exports {
  memory: WebAssembly.Memory;
  setup(...addresses: number[]): void;
  clear(): void;
  scan(from: number, limit: number, end: number, fresh: number): number;
  keepToken(start: number, length: number, kind: number, what: number): number;
}

/** Why `scan` stopped. */
export const atLimit = 0;
export const atLine = 1;
export const atToken = 2;

const ordinary = 1;
const look = 2;
const firstList = 3;
const maxJudges = 250;

/**
 * One kernel: its memory, the program of the layout at hand, and what has been judged so far of hosts, user agents and other
 * words. Not to be used by two readers at once: see `takeKernel`.
 */
export class Kernel {
  /** All of its memory; bytes to be scanned go to `input` and the `inputSize` bytes behind it. */
  readonly bytes: Buffer;
  readonly input = INPUT;
  readonly inputSize = inputSize;
  readonly #exports: Exports;
  readonly #out: Uint32Array;
  readonly #detection: Detection;
  #layout: Layout | undefined;
  #keys: KeyRule | undefined;
  #fresh = true;
  #judges: Judge[] = [];
  readonly #lists = new Map<string, number>();

  constructor(module: WebAssembly.Module, detection: Detection) {
    const abort = (): never => {
      throw new Error('src/scan/kernel: the kernel gave up');
    };
    const instance = new WebAssembly.Instance(module, { env: { abort } });
    this.#exports = instance.exports as unknown as Exports;
    const { memory } = this.#exports;
    memory.grow(Math.max(0, pages - memory.buffer.byteLength / 65_536));
    this.bytes = Buffer.from(memory.buffer);
    this.#out = new Uint32Array(memory.buffer, OUT, 8);
    this.#detection = detection;
    this.#exports.setup(
      PROGRAMS,
      SLOTS,
      slotCount,
      POOL,
      poolSize,
      LISTS,
      ENDS,
      MASKS,
      OUT,
      FIELDS,
      LINES,
      HOSTS,
      WAITING,
      KEYS,
    );
    this.#writePairs(ENDS, detection.glance.pathEnds.map(endPair));
  }

  get layout(): Layout | undefined {
    return this.#layout;
  }

  /** Makes `scan` look for lines of this layout. */
  load(layout: Layout): void {
    if (layout === this.#layout) return;
    const keys = 'keys' in layout ? layout.keys : undefined;
    // What was judged of keys holds for one rule only.
    if (this.#keys !== keys || this.#judges.length > maxJudges) this.#forget();
    this.#layout = layout;
    this.#keys = keys;
    this.#fresh = true;
    writeProgram(this.bytes, layout, this.#kindOf);
  }

  /**
   * Passes over ordinary lines from `from` on that begin before `limit`; a line end stands right before `end`. Says why it
   * stopped.
   */
  scan(from: number, limit: number, end: number): number {
    const fresh = this.#fresh ? 1 : 0;
    this.#fresh = false;
    return this.#exports.scan(from, limit, end, fresh);
  }

  /** To be called when the bytes were changed. */
  refresh(): void {
    this.#fresh = true;
  }

  /** Of the last `scan`: how many lines were passed over, and where it goes on. */
  get passed(): number {
    return this.#out[6] ?? 0;
  }
  get next(): number {
    return this.#out[2] ?? 0;
  }
  /** `atLine`, `atToken`: the line in question, without its line end. */
  get lineStart(): number {
    return this.#out[0] ?? 0;
  }
  get lineStop(): number {
    return this.#out[1] ?? 0;
  }

  /** `atToken`: judges the token and keeps what was found. False: it cannot be kept, and the line has to be read. */
  judgeToken(): boolean {
    const [, , , start = 0, length = 0, kind = 0] = this.#out;
    return (
      this.#exports.keepToken(
        start,
        length,
        kind,
        this.#judge(this.bytes.toString('latin1', start, start + length), kind),
      ) !== 0
    );
  }

  #judge(token: string, kind: number): number {
    const { glance } = this.#detection;
    if (kind === hostKind) return this.#judgeHost(token);
    // Bytes that may be another spelling are left to the reader.
    if (/[^ -~]|\\/.test(token)) return look;
    if (kind === agentKind) return spellings(token).some((text) => glance.agent(text)) ? look : ordinary;
    if (kind === keyKind) {
      const { use, bit = 0 } = this.#keys?.(token) ?? { use: 'look' as const };
      return keyClass(use, bit, this.#kindOf);
    }
    return this.#judges[kind - firstJudge]?.(token) === true ? ordinary : look;
  }

  #judgeHost(token: string): number {
    // With neither port nor path a URL's host is no other than this.
    const name = canonicalHost(token);
    const paths = name === undefined ? false : this.#detection.glance.host(name);
    if (typeof paths === 'boolean') return paths ? look : ordinary;
    return this.#listOf(paths);
  }

  /** Class of hosts on which paths that begin like these are of interest. */
  #listOf(paths: readonly string[]): number {
    const key = paths.join('\n');
    let found = this.#lists.get(key);
    if (found === undefined) {
      const pairs = paths.map((path) => beginPair(path.split('*')[0] ?? ''));
      if (pairs.length > listSize / 16 - 1 || this.#lists.size >= maxLists) return look;
      found = this.#lists.size;
      this.#lists.set(key, found);
      this.#writePairs(LISTS + found * listSize, pairs);
    }
    return firstList + found;
  }

  #writePairs(at: number, pairs: readonly Pair[]): void {
    this.bytes.writeUInt32LE(pairs.length, at);
    for (const [i, { value, mask }] of pairs.entries()) {
      value.copy(this.bytes, at + 16 + i * 16);
      mask.copy(this.bytes, at + 24 + i * 16);
    }
  }

  readonly #kindOf = (judge: Judge): number => {
    let at = this.#judges.indexOf(judge);
    if (at < 0) at = this.#judges.push(judge) - 1;
    return firstJudge + at;
  };

  #forget(): void {
    this.#judges = [];
    this.#exports.clear();
  }
}

/** 8 bytes that are compared with the bit of small letters set, and which of them count. */
interface Pair {
  value: Buffer;
  mask: Buffer;
}

function pairOf(bytes: Buffer, from: number): Pair {
  const [value, mask] = [Buffer.alloc(8), Buffer.alloc(8)];
  for (const [i, byte] of bytes.entries()) {
    value[from + i] = byte | 32;
    mask[from + i] = 255;
  }
  return { value, mask };
}

const beginPair = (text: string): Pair => pairOf(Buffer.from(text, 'latin1').subarray(0, 8), 0);
const endPair = (text: string): Pair => {
  const bytes = Buffer.from(text, 'latin1').subarray(-8);
  return pairOf(bytes, 8 - bytes.length);
};

/** As formats may understand a User-Agent. */
function spellings(agent: string): string[] {
  const plus = agent.replaceAll('+', ' ');
  return [...new Set([agent, plus, decodeUri(agent), decodeUri(plus)])];
}

const free = new WeakMap<Detection, Kernel[]>();

/** A kernel for one reader at a time; undefined where kernels cannot run. */
export function takeKernel(detection: Detection): Kernel | undefined {
  const kernel = free.get(detection)?.pop();
  if (kernel !== undefined) return kernel;
  const module = kernelModule();
  return module === undefined ? undefined : new Kernel(module, detection);
}

/** For the next reader, who finds all that was judged so far. */
export function giveBack(kernel: Kernel, detection: Detection): void {
  const kernels = free.get(detection) ?? [];
  free.set(detection, kernels);
  if (kernels.length < maxFree) kernels.push(kernel);
}
const maxFree = 2;
