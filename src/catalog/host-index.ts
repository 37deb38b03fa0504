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
  /** Higher is more specific: exact names above patterns, then more labels, then more characters. */
  rank: number;
  hostTest: RegExp | undefined;
  exact: boolean;
  pathTest: RegExp | undefined;
}

/**
 * Finds the rule for a host and path, label by label, never by substring. Rules are filed under the part of their pattern
 * that holds no wildcard; a look-up asks for the host and each of its parents, so its cost is the number of labels, whatever
 * the size of the catalog. The most specific host wins, among equals the longest path.
 */
export class TargetIndex {
  readonly #byTail = new Map<string, Indexed[]>();

  constructor(rules: Iterable<TargetRule>) {
    for (const rule of rules) {
      const tail = fixedTail(rule.host);
      const list = this.#byTail.get(tail) ?? [];
      list.push({
        rule,
        rank: rankOf(rule),
        hostTest: rule.host.includes('*') ? new RegExp(hostPattern(rule.host)) : undefined,
        exact: rule.match === 'exact',
        pathTest: rule.path === undefined ? undefined : new RegExp(pathPattern(rule.path), 'i'),
      });
      this.#byTail.set(tail, list);
    }
    for (const list of this.#byTail.values())
      list.sort((a, b) => b.rank - a.rank || (b.rule.path?.length ?? 0) - (a.rule.path?.length ?? 0));
  }

  /** `host` canonical, `path` without query. A path signature beats weak hosts, whatever their length. */
  find(host: string, path: string | undefined): TargetRule | undefined {
    let best: Indexed | undefined;
    for (let at = 0; at >= 0; at = host.indexOf('.', at) + 1 || -1) {
      const list = this.#byTail.get(at === 0 ? host : host.slice(at));
      if (list === undefined) continue;
      for (const item of list) {
        if (item.exact && at > 0) continue;
        if (item.hostTest !== undefined && !item.hostTest.test(host)) continue;
        if (item.pathTest !== undefined && !(path !== undefined && item.pathTest.test(path))) continue;
        if (best === undefined || beats(item, best)) best = item;
      }
    }
    return best?.rule;
  }

  /** Every rule with the part of its host that holds no wildcard; of two that match, `find` prefers the later one, weak hosts aside. */
  inOrder(): { rule: TargetRule; tail: string }[] {
    const all = [...this.#byTail].flatMap(([tail, list]) =>
      list.map(({ rule, rank }) => ({
        rule,
        tail,
        rank,
        path: rule.path?.length ?? 0,
        labels: tail.split('.').length,
      })),
    );
    // What is first in its list, and in the list of the longest tail, is found first and stays.
    return all
      .reverse()
      .sort((a, b) => a.rank - b.rank || a.path - b.path || a.labels - b.labels)
      .map(({ rule, tail }) => ({ rule, tail }));
  }

  /** All that `find` may say of a host. */
  reach(host: string): Reach {
    const paths: string[] = [];
    let known = false;
    for (let at = 0; at >= 0; at = host.indexOf('.', at) + 1 || -1) {
      const list = this.#byTail.get(at === 0 ? host : host.slice(at));
      if (list === undefined) continue;
      known = true;
      for (const { rule, exact, hostTest } of list) {
        if (rule.path === undefined || (exact && at > 0)) continue;
        if (hostTest === undefined || hostTest.test(host)) paths.push(rule.path);
      }
    }
    // Nearly all hosts that a log names are none of the catalog's.
    return known ? { rule: this.find(host, undefined), paths } : nowhere;
  }
}

/** What a host can lead to, whatever the path. */
export interface Reach {
  /** A rule holds for the host by itself; undefined where only paths may have one. */
  rule: TargetRule | undefined;
  /** Path patterns of rules that may hold on the host. */
  paths: readonly string[];
}

const nowhere: Reach = { rule: undefined, paths: [] };

function beats(a: Indexed, b: Indexed): boolean {
  const [aPath, bPath] = [a.rule.path?.length ?? 0, b.rule.path?.length ?? 0];
  if (aPath > 0 && b.rule.weak) return true;
  if (bPath > 0 && a.rule.weak) return false;
  return a.rank > b.rank || (a.rank === b.rank && aPath > bPath);
}

function rankOf(rule: TargetRule): number {
  const labels = rule.host.split('.').length;
  const letters = rule.host.replaceAll('*', '').length;
  return (rule.match === 'exact' ? 1_000_000 : 0) + labels * 1000 + letters;
}

/** The labels behind the last wildcard: `bedrock-runtime.*.amazonaws.com` -> `amazonaws.com`. */
function fixedTail(pattern: string): string {
  const star = pattern.lastIndexOf('*');
  if (star < 0) return pattern;
  const dot = pattern.indexOf('.', star);
  return dot < 0 ? '' : pattern.slice(dot + 1);
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
