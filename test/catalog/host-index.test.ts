import { describe, expect, it } from 'vitest';
import { compileCatalog } from '../../src/catalog/compile.js';
import { TargetIndex, type TargetRule } from '../../src/catalog/host-index.js';
import { random } from '../helpers/random.js';
import { service } from '../helpers/service.js';

// The plain rule, label by label and rule after rule, as docs/catalog.md tells it.

/** `*` in a label or segment stands for one character or more. */
function likeLabel(pattern: string, label: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === label;
  if (!label.startsWith(first)) return false;
  // Every place where the star may end is tried.
  for (let end = first.length + 1; end <= label.length; end++)
    if (likeLabel(rest.join('*'), label.slice(end))) return true;
  return false;
}

function likeHost({ host: pattern, match }: TargetRule, host: string): boolean {
  const [wanted, labels] = [pattern.split('.'), host.split('.')];
  if (!pattern.includes('*'))
    return match === 'exact' ? pattern === host : wanted.join('.') === labels.slice(-wanted.length).join('.');
  if (wanted[0] === '*')
    return (
      labels.length >= wanted.length &&
      wanted.slice(1).every((label, i) => likeLabel(label, labels[labels.length - wanted.length + 1 + i] ?? ''))
    );
  return labels.length === wanted.length && wanted.every((label, i) => likeLabel(label, labels[i] ?? ''));
}

function likePath(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), path.toLowerCase()];
  if (/[/:]$/.test(wanted)) return given.startsWith(wanted);
  return given.startsWith(wanted) && ['', '/', ':'].includes(given.charAt(wanted.length));
}

/** How specific: exact names, then labels, then characters, then the path. */
const weight = ({ host, match, path }: TargetRule): number[] => [
  match === 'exact' ? 1 : 0,
  host.split('.').length,
  host.replaceAll('*', '').length,
  path?.length ?? 0,
];
function compare(a: number[], b: number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/** All rules that hold; what is said of weak hosts is left to the caller. */
const holding = (rules: readonly TargetRule[], host: string, path: string | undefined): TargetRule[] =>
  rules.filter(
    (rule) => likeHost(rule, host) && (rule.path === undefined || (path !== undefined && likePath(rule.path, path))),
  );

const owner = service({ id: 'owner', hosts: ['x.example'] });
const next = random(20261126);
const pick = <T>(list: readonly [T, ...T[]]): T => list[Math.floor(next() * list.length)] ?? list[0];
const label = (): string => pick(['a', 'b', 'ab', 'ba', 'api', 'x-1', 'llm-eu', 'n']);
const labels = (count: number): string => Array.from({ length: count }, label).join('.');
const zone = (): string => pick(['a.example', 'b.example', 'ab.example', 'co.test', 'n.ai']);
const join = (...parts: string[]): string => parts.filter((part) => part !== '').join('.');
const paths = ['/', '/a', '/A/b', '/ab', '/a:run', '/a/', '/b/a/c'] as const;

function makeRule(): TargetRule {
  const kind = next();
  const base = { service: owner, role: 'web', weak: next() < 0.2, protocol: undefined } as const;
  const rest = { account: undefined, confidence: 'high' } as const;
  const wild = join(pick(['*', 'a*', '*b', 'l*-e*', 'a*.b']), labels(Math.floor(next() * 2)), zone());
  if (kind < 0.25) return { ...base, ...rest, host: wild, path: undefined, match: 'wildcard' };
  const host = join(labels(Math.floor(next() * 3)), zone());
  if (kind < 0.5)
    return { ...base, ...rest, weak: false, host: next() < 0.3 ? wild : host, path: pick(paths), match: 'path' };
  return { ...base, ...rest, host, path: undefined, match: kind < 0.65 ? 'exact' : 'suffix' };
}

describe('the index of hosts and paths', () => {
  it('finds what the plain rule finds', () => {
    let [asked, hits] = [0, 0];
    for (let round = 0; round < 60; round++) {
      const rules = Array.from({ length: 1 + Math.floor(next() * 60) }, makeRule);
      const index = new TargetIndex(rules);
      for (let i = 0; i < 100; i++) {
        const host = join(labels(Math.floor(next() * 4)), next() < 0.1 ? 'other.example' : zone());
        const path = next() < 0.3 ? undefined : pick([...paths, '/x', '/a/b/c', '/ab/c', '/a:'] as const);
        const found = index.find(host, path);
        const candidates = holding(rules, host, path);
        asked += 1;
        if (candidates.length === 0) {
          expect(found, `${host} ${path}`).toBeUndefined();
          continue;
        }
        hits += 1;
        expect(candidates, `${host} ${path}`).toContain(found);
        if (found === undefined) continue;
        // A path wins over a weak host, whatever their lengths; all else by weight.
        const byPath = candidates.some((rule) => rule.path !== undefined);
        if (byPath) expect(found.weak, `${host} ${path}`).toBe(false);
        const weights = candidates.map(weight).sort(compare);
        if (!byPath || candidates.every(({ weak }) => !weak))
          expect(weight(found), `${host} ${path}`).toEqual(weights.at(-1));
        const reach = index.reach(host);
        expect(reach.rule).toBe(index.find(host, undefined));
        expect(reach.paths.toSorted()).toEqual(
          rules.flatMap((rule) => (rule.path !== undefined && likeHost(rule, host) ? [rule.path] : [])).sort(),
        );
      }
    }
    expect(asked).toBe(6000);
    expect(hits).toBeGreaterThan(1500);
  });

  it('finds every host of a large catalog, and none beside it', () => {
    const list = Array.from({ length: 3000 }, (_, i) =>
      service({ id: `s-${i}`, hosts: [`tool-${i}.example`, { host: `api.t${i}.test`, match: 'exact' }] }),
    );
    const { targets } = compileCatalog(list);
    for (let i = 0; i < 3000; i++) {
      expect(targets.find(`a.tool-${i}.example`, undefined)?.service.id).toBe(`s-${i}`);
      expect(targets.find(`api.t${i}.test`, undefined)?.service.id).toBe(`s-${i}`);
      expect(targets.find(`b.api.t${i}.test`, undefined)).toBeUndefined();
      expect(targets.find(`xtool-${i}.example`, undefined)).toBeUndefined();
    }
    expect(targets.find('', undefined)).toBeUndefined();
    expect(new TargetIndex([]).find('a.example', '/')).toBeUndefined();
  });
});
