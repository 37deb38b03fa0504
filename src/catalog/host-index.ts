import type { AccountKind, Confidence } from '../core/hit.js';
import type { Protocol, Service } from './schema.js';

/** A host or path signature, compiled. */
export interface TargetRule {
  service: Service;
  /** Host pattern as written. */
  host: string;
  /** Path pattern, for path signatures. */
  path: string | undefined;
  match: 'exact' | 'suffix' | 'wildcard' | 'path';
  role: 'web' | 'api' | 'data' | 'telemetry';
  weak: boolean;
  /** Family of the API, where the signature says it. */
  protocol: Protocol | undefined;
  account: Exclude<AccountKind, 'unknown'> | undefined;
  confidence: Confidence;
}

interface Indexed {
  rule: TargetRule;
  /** Higher is more specific: more labels, then more characters. */
  rank: number;
  exact: boolean;
  /** Its host holds a wildcard. */
  wild: boolean;
  /** Made when they are first asked for, as few are in the life of a process. */
  hostTest: RegExp | undefined;
  pathTest: RegExp | undefined;
}

/** Rules whose host patterns end in the same literal labels. */
interface Tail {
  text: string;
  items: Indexed[];
  sorted: boolean;
}

const [dot, star] = [46, 42];

/**
 * Finds the rule for a host and path, label by label, never by substring. Rules are filed under the part of their pattern
 * that holds no wildcard; a look-up asks for the host and each of its parents, so its cost is the number of labels, whatever
 * the size of the catalog.
 *
 * Of the rules without a path that match the most specific is taken, and of those with a path likewise; of these two the path wins if
 * it is more specific, or if the host is weak. More specific: more labels, more characters, a longer path, an exact name, not weak; at
 * last the alphabet decides, so that the result never hangs on the order of the rules.
 *
 * The table is open addressing over a hash that runs from the end of a name to its beginning: one pass over the host gives the
 * hashes of all its parents, and nothing is cut out of it. Against a Map of the names of
 * parents, in one run with 10,000 services: 250 to 320 ns a host instead of 490 to 820; the index is built in 10 to 23 ms instead of 26
 * to 76, since regular expressions are made when they are first asked for. A seeded test holds it to the plain rule.
 */
export class TargetIndex {
  /** Two numbers by slot: that of a tail, from 1 on, 0 for none; and its hash. */
  readonly #table: Int32Array;
  readonly #tails: Tail[] = [];
  /** Length of the shortest tail: nobody need ask for `com`. */
  #shortest = Number.POSITIVE_INFINITY;

  constructor(rules: readonly TargetRule[]) {
    // At least half of the slots stay empty: the look-up of a name that is not there mostly sees one slot.
    this.#table = new Int32Array(2 * 2 ** Math.ceil(Math.log2(Math.max(8, rules.length * 2))));
    for (const rule of rules) {
      const text = fixedTail(rule.host);
      const wild = text.length !== rule.host.length;
      const exact = rule.match === 'exact';
      const item = { rule, rank: rankOf(rule.host), exact, wild, hostTest: undefined, pathTest: undefined };
      const tail = this.#tailOf(text);
      tail.items.push(item);
      tail.sorted = tail.items.length === 1;
    }
  }

  /** `host` canonical, `path` without query. */
  find(host: string, path: string | undefined): TargetRule | undefined {
    const tails = this.#tailsOf(host);
    if (tails === undefined) return undefined;
    let byHost: Indexed | undefined;
    let byPath: Indexed | undefined;
    for (let i = tails.length - 1; i >= 0; i--) {
      const tail = tails[i];
      if (tail === undefined) continue;
      for (const item of itemsOf(tail)) {
        const pattern = item.rule.path;
        if (pattern === undefined) {
          if ((byHost === undefined || order(item, byHost) > 0) && fitsHost(item, host, tail)) byHost = item;
        } else if (path !== undefined && (byPath === undefined || order(item, byPath) > 0)) {
          if (fitsHost(item, host, tail) && fitsPath(item, pattern, path)) byPath = item;
        }
      }
    }
    if (byHost === undefined || byPath === undefined) return (byHost ?? byPath)?.rule;
    return byHost.rule.weak || order(byPath, byHost) > 0 ? byPath.rule : byHost.rule;
  }

  /** Every rule with the part of its host that holds no wildcard, the more specific one later. */
  inOrder(): { rule: TargetRule; tail: string }[] {
    return this.#tails
      .flatMap((tail) => tail.items.map((item) => ({ item, tail: tail.text })))
      .sort((a, b) => order(a.item, b.item))
      .map(({ item, tail }) => ({ rule: item.rule, tail }));
  }

  /** All that `find` may say of a host. */
  reach(host: string): Reach {
    const tails = this.#tailsOf(host);
    // Nearly all hosts that a log names are none of the catalog's.
    if (tails === undefined) return nowhere;
    const paths: string[] = [];
    for (const tail of tails.reverse())
      for (const item of itemsOf(tail))
        if (item.rule.path !== undefined && fitsHost(item, host, tail)) paths.push(item.rule.path);
    return { rule: this.find(host, undefined), paths };
  }

  /** The tails that the host or one of its parents is, shortest first; undefined, and nothing allocated, for nearly all hosts. */
  #tailsOf(host: string): Tail[] | undefined {
    const [table, shortest] = [this.#table, host.length - this.#shortest];
    const mask = table.length / 2 - 1;
    let found: Tail[] | undefined;
    let hash = 0;
    let code = host.charCodeAt(host.length - 1);
    for (let at = host.length - 1; at >= 0; at--) {
      hash = step(hash, code);
      code = at === 0 ? dot : host.charCodeAt(at - 1);
      if (code !== dot || at > shortest) continue;
      for (let slot = spread(hash) & mask; table[2 * slot] !== 0; slot = (slot + 1) & mask) {
        if (table[2 * slot + 1] !== hash) continue;
        const tail = this.#tails[(table[2 * slot] ?? 0) - 1];
        if (tail === undefined || tail.text.length !== host.length - at || !host.endsWith(tail.text)) continue;
        if (found === undefined) found = [tail];
        else found.push(tail);
        break;
      }
    }
    return found;
  }

  #tailOf(text: string): Tail {
    const table = this.#table;
    const mask = table.length / 2 - 1;
    let hash = 0;
    for (let at = text.length - 1; at >= 0; at--) hash = step(hash, text.charCodeAt(at));
    let slot = spread(hash) & mask;
    for (; table[2 * slot] !== 0; slot = (slot + 1) & mask) {
      const tail = this.#tails[(table[2 * slot] ?? 0) - 1];
      if (tail?.text === text) return tail;
    }
    const made: Tail = { text, items: [], sorted: true };
    table[2 * slot] = this.#tails.push(made);
    table[2 * slot + 1] = hash;
    this.#shortest = Math.min(this.#shortest, text.length);
    return made;
  }
}

/** FNV-1a. */
const step = (hash: number, code: number): number => Math.imul(hash ^ code, 0x01000193);
/** The low bits, which choose the slot, from all bits. */
const spread = (hash: number): number => hash ^ (hash >>> 15);

function itemsOf(tail: Tail): readonly Indexed[] {
  if (!tail.sorted) {
    tail.items.sort((a, b) => order(b, a));
    tail.sorted = true;
  }
  return tail.items;
}

function fitsHost(item: Indexed, host: string, tail: Tail): boolean {
  if (item.exact && host.length !== tail.text.length) return false;
  if (!item.wild) return true;
  item.hostTest ??= new RegExp(hostPattern(item.rule.host));
  return item.hostTest.test(host);
}

function fitsPath(item: Indexed, pattern: string, path: string): boolean {
  item.pathTest ??= new RegExp(pathPattern(pattern), 'i');
  return item.pathTest.test(path);
}

/** What a host can lead to, whatever the path. */
export interface Reach {
  /** A rule holds for the host by itself; undefined where only paths may have one. */
  rule: TargetRule | undefined;
  /** Path patterns of rules that may hold on the host. */
  paths: readonly string[];
}

const nowhere: Reach = { rule: undefined, paths: [] };

/** Above zero: `a` is more specific. Zero only for rules that say the same. */
function order(a: Indexed, b: Indexed): number {
  return (
    a.rank - b.rank ||
    (a.rule.path?.length ?? 0) - (b.rule.path?.length ?? 0) ||
    // No pattern but its own name reaches an exact name with as many labels and characters: here it goes before all of them.
    Number(a.exact) - Number(b.exact) ||
    Number(b.rule.weak) - Number(a.rule.weak) ||
    byAlphabet(a.rule, b.rule)
  );
}

function byAlphabet(a: TargetRule, b: TargetRule): number {
  const [left, right] = [wordsOf(a), wordsOf(b)];
  const at = left.findIndex((word, i) => word !== right[i]);
  return at < 0 ? 0 : (left[at] ?? '') < (right[at] ?? '') ? 1 : -1;
}

const wordsOf = ({ host, path, service, role, account, confidence, protocol }: TargetRule): string[] => [
  host,
  path ?? '',
  service.id,
  role,
  account ?? '',
  confidence,
  protocol ?? '',
];

function rankOf(host: string): number {
  let [labels, letters] = [1, host.length];
  for (let at = 0; at < host.length; at++) {
    const code = host.charCodeAt(at);
    if (code === dot) labels += 1;
    else if (code === star) letters -= 1;
  }
  return labels * 1000 + letters;
}

/** The labels behind the last wildcard: `bedrock-runtime.*.amazonaws.com` -> `amazonaws.com`. */
function fixedTail(pattern: string): string {
  const last = pattern.lastIndexOf('*');
  if (last < 0) return pattern;
  const next = pattern.indexOf('.', last);
  return next < 0 ? '' : pattern.slice(next + 1);
}

/**
 * A host pattern as a regular expression that every engine reads alike: `*.` in front is one or more labels, any other `*` one or
 * more characters within a label. For canonical hosts, which hold nothing but labels and dots.
 */
export function hostPattern(pattern: string): string {
  const leading = pattern.startsWith('*.');
  const body = (leading ? pattern.slice(2) : pattern).split('*').map(literalPattern).join('[^.]+');
  return `^${leading ? '([^.]+[.])+' : ''}${body}$`;
}

/**
 * A path pattern as a regular expression, to be compared without regard to case: a prefix on segment borders (`/`, `:` and the end
 * are borders); a pattern that ends in `/` or `:` is a plain prefix.
 */
export function pathPattern(pattern: string): string {
  const body = pattern.split('*').map(literalPattern).join('[^/]+');
  return `^${body}${/[/:]$/.test(pattern) ? '' : '([/:]|$)'}`;
}

/** Brackets where they do, since few query languages agree on backslashes. */
export const literalPattern = (text: string): string =>
  text.replace(/[.+?^${}()|[\]\\*]/g, (character) =>
    /[\^[\]\\]/.test(character) ? `\\${character}` : `[${character}]`,
  );
