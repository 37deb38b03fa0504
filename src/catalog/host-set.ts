import { createHash } from 'node:crypto';
import type { Catalog, TargetRule } from './compile.js';

/**
 * What a browser needs to tell AI from everything else by itself, so that other hosts never leave it. Patterns of hosts: `a.com` the
 * host and all below it, `=a.com` this host only, `*` as in signatures; with `!` in front: not this, though a shorter pattern fits. The
 * most specific pattern decides: most labels, then most characters.
 */
export interface HostSet {
  /** Changes with the content. */
  version: string;
  hosts: readonly string[];
  /** Ids of AI extensions in the stores of browsers, lower case. */
  extensions: readonly string[];
}

/** Stores whose extensions a browser can have. */
const browserStores: ReadonlySet<string> = new Set(['chrome', 'edge', 'firefox']);

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const made = new WeakMap<Catalog, HostSet>();

/** The set of a catalog; made once. Paths are not in it: a browser tells hosts only. */
export function hostSetOf(catalog: Catalog): HostSet {
  let set = made.get(catalog);
  if (set === undefined) {
    const hosts = visitedPatterns(catalog);
    const extensions = [
      ...new Set(
        [...catalog.services.values()].flatMap((service) =>
          service.extensions.filter(({ store }) => browserStores.has(store)).map(({ id }) => id.toLowerCase()),
        ),
      ),
    ].sort(byText);
    const version = createHash('sha256')
      .update(JSON.stringify([hosts, extensions]))
      .digest('hex')
      .slice(0, 16);
    set = { version, hosts, extensions };
    made.set(catalog, set);
  }
  return set;
}

/** Whether people visit what a rule names: APIs are for programs, and weak and telemetry hosts are no use. */
export const isVisited = ({ path, role, weak }: TargetRule): boolean =>
  path === undefined && !weak && (role === 'web' || role === 'data');

/** A rule as a pattern of a host set. */
export const visitedPattern = ({ host, match }: TargetRule): string => (match === 'exact' ? `=${host}` : host);

function visitedPatterns(catalog: Catalog): string[] {
  // Of several rules with one pattern the last is the one that the catalog takes.
  const rules = new Map<string, TargetRule>();
  for (const { rule } of catalog.targets.inOrder()) if (rule.path === undefined) rules.set(visitedPattern(rule), rule);
  const patterns: string[] = [];
  const tails = new Set([...rules.values()].filter(isVisited).map(({ host }) => literalTail(host)));
  for (const [pattern, rule] of rules) {
    if (isVisited(rule)) patterns.push(pattern);
    else if (liesUnder(literalTail(rule.host), tails)) patterns.push(`!${pattern}`);
  }
  return patterns.sort(byText);
}

/** The labels behind the last wildcard; of a name without one the whole name. */
function literalTail(host: string): string {
  const last = host.lastIndexOf('*');
  return last < 0 ? host : host.slice(last).replace(/^[^.]*\.?/, '');
}

function liesUnder(host: string, tails: ReadonlySet<string>): boolean {
  for (let at = 0; at >= 0; at = host.indexOf('.', at + 1))
    if (tails.has(host.slice(at === 0 ? 0 : at + 1))) return true;
  return false;
}
