import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readConfig } from '../../src/config/read.js';
import { defaults } from './defaults.js';

const read = (text: string) => readConfig({ text, file: 'halflight.yaml', env: {} });
const example = readFileSync(new URL('../../examples/halflight.yaml', import.meta.url), 'utf8');

/** A value as it is written, and what it means. */
type Pair = readonly [written: unknown, meant: unknown];

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const duration = (unit: keyof typeof units, min: number, max: number) =>
  fc.integer({ min, max }).map((n): Pair => [`${n}${unit}`, n * units[unit]]);
const size = (min: number, max: number) => fc.integer({ min, max }).map((n): Pair => [`${n}MiB`, n * 1_048_576]);
const same = (value: fc.Arbitrary<unknown>) => value.map((item): Pair => [item, item]);
const number = (min: number, max: number) => same(fc.integer({ min, max }));
const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);
// A name that means a secret, or a map that looks like a reference, is another matter.
const option = fc.dictionary(
  fc.stringMatching(/^opt_[a-z]{1,8}$/),
  fc
    .oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string(), { minLength: 1 }))
    .filter((value) => !/:\/\//.test(String(value))),
);

/** Some of the keys, written and meant. */
const section = (keys: Record<string, fc.Arbitrary<Pair>>) => fc.record(keys, { requiredKeys: [] });
const valid = fc.record(
  {
    organisation: section({
      timezone: same(fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata')),
    }),
    server: section({ port: number(0, 65_535), listen: same(fc.constantFrom('127.0.0.1', '::1', 'localhost')) }),
    work: section({ concurrency: number(1, 64), threads: number(1, 64), chunk_deadline: duration('m', 1, 1440) }),
    findings: section({ window: duration('d', 90, 300), quiet: duration('d', 1, 90) }),
    retention: section({
      usage: fc.oneof(duration('d', 300, 9999), same(fc.constant('never'))),
      evidence: duration('h', 24, 99_999),
    }),
    spool: section({ size: size(256, 9999), segment: size(1, 64) }),
    log: section({ level: same(fc.constantFrom('trace', 'debug', 'info', 'warn', 'error', 'fatal')) }),
    net: section({ ports: same(fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }))) }),
  },
  { requiredKeys: [] },
);

it('a generated configuration survives writing and reading: 500 of them mean what was meant', () =>
  fc.assert(
    fc.property(valid, fc.uniqueArray(fc.tuple(id, option), { selector: ([name]) => name }), (sections, sources) => {
      const written: Record<string, unknown> = {};
      const meant: Record<string, unknown> = structuredClone(defaults);
      for (const [name, keys] of Object.entries(sections)) {
        const pairs = Object.entries(keys as Record<string, Pair>);
        written[name] = Object.fromEntries(pairs.map(([key, [text]]) => [key, text]));
        meant[name] = {
          ...(meant[name] as object),
          ...Object.fromEntries(pairs.map(([key, [, value]]) => [key, value])),
        };
      }
      written.sources = sources.map(([name, options]) => ({ id: name, kind: 'folder', options }));
      meant.sources = sources.map(([name, options]) => ({
        id: name,
        kind: 'folder',
        quota: {},
        options: { ...options },
      }));
      const { config, problems } = read(stringify(written));
      expect(problems).toEqual([]);
      expect(config).toEqual(meant);
    }),
    { seed: 20_261_122, numRuns: 500 },
  ));

it('1,500 damaged files give problems with a line and never an exception', () => {
  const lines = example.split('\n').length;
  const pieces = [
    '*',
    '&a',
    '!!x',
    '\t',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '\0',
    '\ud800',
    ': ',
    '- ',
    '\n',
    '__proto__: ',
    '<<: ',
    '#',
    '|',
    '>',
    '\u2028',
    '?',
    '9e999',
    '~',
  ];
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          at: fc.nat(example.length),
          remove: fc.nat(40),
          add: fc.constantFrom(...pieces),
          times: fc.integer({ min: 0, max: 3 }),
        }),
        { minLength: 1, maxLength: 6 },
      ),
      (cuts) => {
        const text = cuts.reduce(
          (rest, { at, remove, add, times }) => rest.slice(0, at) + add.repeat(times) + rest.slice(at + remove),
          example,
        );
        const { config, problems } = read(text);
        expect(Object.keys(config)).toEqual(expect.arrayContaining(Object.keys(defaults)));
        for (const { line, message, value } of problems) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines + 20);
          expect(message).not.toBe('');
          expect(value).toBe('');
        }
      },
    ),
    { seed: 20_261_123, numRuns: 1500 },
  );
}, 60_000);

it('any text at all is read or refused, never thrown at', () =>
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 200 })), (text) => {
      expect(() => read(text)).not.toThrow();
    }),
    { seed: 20_261_124, numRuns: 1000 },
  ));

it.each(['__proto__', 'constructor', 'prototype'])('a key %s does nothing but be told, wherever it stands', (key) => {
  const { config, problems } = read(`"${key}": { port: 1, polluted: yes }
server: { ${key}: { port: 2 } }
sources: [{ id: a, kind: folder, options: { ${key}: { polluted: yes }, path: /x } }]
`);
  expect(problems.map(({ line, message }) => [line, message])).toEqual([
    [1, 'unknown key'],
    [2, 'unknown key'],
    [3, 'unknown key'],
  ]);
  expect(config.server.port).toBe(8480);
  expect(Object.getPrototypeOf(config.sources[0]?.options)).toBe(Object.prototype);
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
  expect(Reflect.get(config.sources[0]?.options ?? {}, 'polluted')).toBeUndefined();
});

it.each([
  [
    'a bomb of aliases',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghij'].map((name, n) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[n]}`).join(',')}]`).join('\n')}`,
    'uses aliases more than 100 times',
  ],
  ['a list that holds itself', 'sources: &a [*a]', 'is nested more than 24 deep'],
  ['nesting without an end', '['.repeat(100_000), 'nested'],
  ['maps without an end', `a: ${'{a: '.repeat(5000)}`, 'nested'],
  ['very many values', `sources: [${'1,'.repeat(60_000)}]`, 'holds more than 50000 values'],
  ['a very large file', `# ${'x'.repeat(1_100_000)}`, 'is larger than 1 MiB'],
])('%s is refused within two seconds', (_name, text, message) => {
  const start = performance.now();
  const { config, problems } = read(text);
  expect(performance.now() - start).toBeLessThan(2000);
  expect(problems.map((problem) => problem.message).join('\n')).toContain(message);
  expect(config.server).toEqual(defaults.server);
});
