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

/** How specific: labels, characters, the path, an exact name, not weak. */
const weight = ({ host, match, path, weak }: TargetRule): number[] => [
  host.split('.').length,
  host.replaceAll('*', '').length,
  path?.length ?? 0,
  match === 'exact' ? 1 : 0,
  weak ? 0 : 1,
];
/** Of equals the one that comes first in the alphabet. */
const words = ({ host, path = '', service: { id }, role, confidence }: TargetRule): string =>
  [host, path, id, role, confidence].join('\n');
function mostSpecific(rules: readonly TargetRule[]): TargetRule | undefined {
  let best = rules[0];
  for (const rule of rules.slice(1)) {
    if (best === undefined) continue;
    const [a, b] = [weight(rule), weight(best)];
    const at = a.findIndex((value, i) => value !== b[i]);
    if (at < 0 ? words(rule) < words(best) : (a[at] ?? 0) > (b[at] ?? 0)) best = rule;
  }
  return best;
}

/** What docs/catalog.md says: the best host and the best path; the path if the host is weak or less specific. */
function plain(rules: readonly TargetRule[], host: string, path: string | undefined): TargetRule | undefined {
  const fit = rules.filter((rule) => likeHost(rule, host));
  const byHost = mostSpecific(fit.filter((rule) => rule.path === undefined));
  const byPath = mostSpecific(
    fit.filter((rule) => rule.path !== undefined && path !== undefined && likePath(rule.path, path)),
  );
  if (byHost === undefined || byPath === undefined) return byHost ?? byPath;
  return byHost.weak ? byPath : mostSpecific([byHost, byPath]);
}

const owners = ['owner-a', 'owner-b', 'owner-c'].map((id) => service({ id, hosts: ['x.example'] }));
const next = random(20261126);
const pick = <T>(list: readonly [T, ...T[]]): T => list[Math.floor(next() * list.length)] ?? list[0];
const label = (): string => pick(['a', 'b', 'ab', 'ba', 'api', 'x-1', 'llm-eu', 'n']);
const labels = (count: number): string => Array.from({ length: count }, label).join('.');
const zone = (): string => pick(['a.example', 'b.example', 'ab.example', 'co.test', 'n.ai']);
const join = (...parts: string[]): string => parts.filter((part) => part !== '').join('.');
const paths = ['/', '/a', '/A/b', '/ab', '/a:run', '/a/', '/b/a/c'] as const;

function makeRule(): TargetRule {
  const kind = next();
  const owner = owners[Math.floor(next() * 3)] ?? service({ id: 'owner', hosts: ['x.example'] });
  const base = {
    service: owner,
    role: pick(['web', 'api'] as const),
    weak: next() < 0.3,
    protocol: undefined,
  } as const;
  const rest = { account: undefined, confidence: 'high' } as const;
  const wild = join(pick(['*', 'a*', '*b', 'l*-e*', 'a*.b']), labels(Math.floor(next() * 2)), zone());
  if (kind < 0.25) return { ...base, ...rest, host: wild, path: undefined, match: 'wildcard' };
  const host = join(labels(Math.floor(next() * 3)), zone());
  if (kind < 0.5)
    return { ...base, ...rest, weak: false, host: next() < 0.3 ? wild : host, path: pick(paths), match: 'path' };
  return { ...base, ...rest, host, path: undefined, match: kind < 0.65 ? 'exact' : 'suffix' };
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((item) => ({ item, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** `~acme.ai` weak, `=acme.ai` exact, `acme.ai/chat` a path. */
function ruleOf(written: string): TargetRule {
  const slash = written.indexOf('/');
  const name = slash < 0 ? written : written.slice(0, slash);
  const path = slash < 0 ? undefined : written.slice(slash);
  return {
    service: owners[0] ?? service({ id: 'owner', hosts: ['x.example'] }),
    host: name.replace(/^[~=]/, ''),
    path,
    match: path !== undefined ? 'path' : name.startsWith('=') ? 'exact' : 'suffix',
    role: 'web',
    weak: name.startsWith('~'),
    protocol: undefined,
    account: undefined,
    confidence: 'high',
  };
}

describe('the index of hosts and paths', () => {
  it('finds what the plain rule finds, in whatever order the rules come', () => {
    let [asked, hits, byPath, weak] = [0, 0, 0, 0];
    for (let round = 0; round < 60; round++) {
      const rules = Array.from({ length: 1 + Math.floor(next() * 60) }, makeRule);
      const indexes = [rules, rules.toReversed(), shuffled(rules)].map((list) => new TargetIndex(list));
      for (let i = 0; i < 100; i++) {
        const host = join(labels(Math.floor(next() * 4)), next() < 0.1 ? 'other.example' : zone());
        const path = next() < 0.3 ? undefined : pick([...paths, '/x', '/a/b/c', '/ab/c', '/a:'] as const);
        const expected = plain(rules, host, path);
        for (const index of indexes) {
          expect(index.find(host, path), `${host} ${path}`).toEqual(expected);
          const reach = index.reach(host);
          expect(reach.rule).toBe(index.find(host, undefined));
          expect(reach.paths.toSorted()).toEqual(
            rules.flatMap((rule) => (rule.path !== undefined && likeHost(rule, host) ? [rule.path] : [])).sort(),
          );
        }
        asked += 1;
        if (expected !== undefined) hits += 1;
        if (expected?.path !== undefined) byPath += 1;
        if (expected?.weak === true) weak += 1;
      }
      const [one, ...others] = indexes.map((index) => index.inOrder().map(({ rule }) => rule));
      for (const other of others) expect(other).toEqual(one);
      // What is later in the order is more specific.
      for (const [at, rule] of (one ?? []).entries())
        if (at > 0) expect(mostSpecific([one?.[at - 1] ?? rule, rule])).toEqual(rule);
    }
    expect(asked).toBe(6000);
    expect(hits).toBeGreaterThan(1500);
    expect(byPath).toBeGreaterThan(300);
    expect(weak).toBeGreaterThan(100);
  });

  it.each([
    ['a weak host goes before a wider one', ['acme.ai', '~www.acme.ai'], 'www.acme.ai/chat', '~www.acme.ai'],
    ['a path goes before a weak host', ['~www.acme.ai', 'acme.ai/chat'], 'www.acme.ai/chat', 'acme.ai/chat'],
    ['a more precise host goes before a path', ['www.acme.ai', 'acme.ai/chat'], 'www.acme.ai/chat', 'www.acme.ai'],
    [
      'where all three match the path goes before the weak host',
      ['~eu.www.acme.ai', 'www.acme.ai', 'acme.ai/chat'],
      'eu.www.acme.ai/chat',
      'acme.ai/chat',
    ],
    ['a path goes before its own host', ['=acme.ai', 'acme.ai/chat'], 'acme.ai/chat', 'acme.ai/chat'],
    ['an exact name goes before the name with all below', ['acme.ai', '=acme.ai'], 'acme.ai/', '=acme.ai'],
    [
      'of one host that two have, one of them weakly, the other goes first',
      ['~acme.ai', 'acme.ai'],
      'acme.ai/',
      'acme.ai',
    ],
  ])('%s', (_name, written, asked, expected) => {
    const rules = written.map(ruleOf);
    const at = asked.indexOf('/');
    for (const list of [rules, rules.toReversed()])
      expect(new TargetIndex(list).find(asked.slice(0, at), asked.slice(at))).toBe(rules[written.indexOf(expected)]);
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
