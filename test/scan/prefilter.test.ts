import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allFormats } from '../../src/formats/common/registry.js';
import { Prefilter } from '../../src/scan/prefilter.js';
import { scanInput } from '../../src/scan/scan-input.js';
import { bytesInput, ownCatalog, scanOptions } from '../helpers/scan.js';

const fixtures = join(import.meta.dirname, '../fixtures/formats');
const fast = [...(await allFormats())].filter(([, format]) => format.ordinary !== undefined).map(([id]) => id);

/** Spellings of one host that a log may hold and a URL parser takes as the same. */
const spellings: readonly ((host: string) => string)[] = [
  (host) => host,
  (host) => host.toUpperCase(),
  (host) => `${host}.`,
  (host) => `www.${host}`,
  (host) => host.replace('.', '%2e'),
  (host) => host.replace(/[a-z]/, (char) => `%${char.charCodeAt(0).toString(16)}`),
  (host) =>
    [...host].map((char) => (/[a-z]/.test(char) ? String.fromCharCode(char.charCodeAt(0) + 0xfee0) : char)).join(''),
  (host) => host.replace('.', '。'),
  (host) => `${host}:8443`,
  (host) => `x${host}`,
  (host) => `${host}.evil.example`,
];

describe('the speed path gives what the plain way gives', () => {
  it('for at least the formats with most lines', () =>
    expect(fast).toEqual(
      expect.arrayContaining(['squid', 'squid-common', 'zscaler-nss-web', 'paloalto-panos', 'fortigate']),
    ));

  it.each(fast)('%s', async (id) => {
    const catalog = ownCatalog();
    const hosts = [
      ...catalog.targetRules.filter((rule) => !rule.host.includes('*')).map((rule) => rule.host),
      'www.example.org',
      'newtool.ai',
      'my-gpt.com',
      'docs.example.net',
    ];
    const files = readdirSync(join(fixtures, id)).filter((file) => !file.includes('expected'));
    const lines = files
      .flatMap((file) => readFileSync(join(fixtures, id, file), 'utf8').split(/\r?\n/))
      .filter((line) => line !== '');
    const line = fc
      .tuple(
        fc.constantFrom(...lines),
        fc.constantFrom(...hosts),
        fc.constantFrom(...spellings),
        fc.constantFrom('/', '/v1/chat/completions', '/a?b=c', '/backend-anon/x'),
        fc.nat(20),
      )
      .map(([text, host, spell, path, cut]) => {
        // Puts the host in the place of whatever host the line has; now and then tears the line.
        const changed = text.replace(
          /[a-z0-9-]+(\.[a-z0-9-]+)+\.[a-z]{2,}(\/[^\s",;|]*)?/i,
          () => spell(host) + (text.includes('CONNECT') ? '' : path),
        );
        return cut === 0 ? changed.slice(0, Math.floor(changed.length / 2)) : changed;
      });
    const plain = await scanOptions(catalog, { format: id, speedPath: false });
    const quick = { ...plain, speedPath: true };
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 20, maxLength: 60 }), async (batch) => {
        const bytes = Buffer.from(`${batch.join('\n')}\n`);
        const [a, b] = [
          await scanInput(bytesInput('log', bytes), plain),
          await scanInput(bytesInput('log', bytes), quick),
        ];
        expect(b.usage).toEqual(a.usage);
        expect(b.evidence).toEqual(a.evidence);
        expect(b.candidates).toEqual(a.candidates);
        expect(b.counts).toEqual(a.counts);
        expect(b.rejects).toEqual(a.rejects);
      }),
      { seed: 20261122, numRuns: 60 },
    );
  });
});

describe('the automaton', () => {
  it('finds what a plain search finds, in any case and at any place', () => {
    const needle = fc.stringMatching(/^[a-z0-9./-]{2,8}$/);
    fc.assert(
      fc.property(
        fc.array(needle, { minLength: 1, maxLength: 8 }),
        fc.array(fc.oneof(needle, fc.stringMatching(/^[a-zA-Z0-9./ -]{0,6}$/)), { maxLength: 8 }),
        (needles, parts) => {
          const text = parts.join('');
          const bytes = Buffer.from(`##${text}##`);
          const expected = needles.some((item) => text.toLowerCase().includes(item));
          expect(new Prefilter(needles).test(bytes, 2, bytes.length - 2)).toBe(expected);
        },
      ),
      { seed: 1, numRuns: 3000 },
    );
  });
  it('passes bytes that may be a letter in disguise', () => {
    const prefilter = new Prefilter(['openai.com']);
    for (const text of ['openai%2Ecom', 'o%70enai.com', 'ｏpenai.com', 'openai。com', '\\u006fpenai.com'])
      expect(prefilter.test(Buffer.from(text), 0, Buffer.byteLength(text)), text).toBe(true);
    for (const text of ['example.com/?a=%20b%2Fc%3A', ''])
      expect(prefilter.test(Buffer.from(text), 0, Buffer.byteLength(text)), text).toBe(false);
  });
});
