import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actions, eventKinds } from '../../src/core/event.js';
import type { Format, FormatContext } from '../../src/core/format.js';
import { allFormats } from '../../src/formats/common/registry.js';
import { takeSample } from '../../src/formats/common/sample.js';
import { parseText } from '../helpers/parse.js';

const ids = ['squid', 'squid-common', 'elff', 'bluecoat', 'zeek', 'cef', 'leef'];

async function formatOf(id: string): Promise<Format> {
  const format = (await allFormats()).get(id);
  if (format === undefined) throw new Error(`no format ${id}`);
  return format;
}

const context: FormatContext = {
  zone: 'Europe/Berlin',
  modified: Date.UTC(2026, 10, 22),
  sample: takeSample('x', Buffer.from(''), true),
};
const seeds = [
  '1795341601.049   5006 10.1.2.3 TCP_MISS/200 19763 CONNECT chatgpt.com:443 jdoe HIER_DIRECT/198.51.100.7 -',
  '10.1.2.3 - jdoe [22/Nov/2026:10:00:01 +0100] "GET http://x.example/a HTTP/1.1" 200 512 "-" "curl/8" TCP_MISS:HIER_DIRECT',
  '#Fields: date time c-ip cs-username cs-host cs-uri-port cs-uri-path sc-status s-action cs(User-Agent) localtime',
  '2026-11-22 10:00:01 10.1.2.3 "Lee ""A"" Ann" x.example 443 /a 200 TCP_HIT "a b" [22/Nov/2026:10:00:01 +0100]',
  '2026-11-22 10:00:01 48 10.1.2.3 302 TCP_NC_MISS 1242 969 GET https x.example 443 /a ?x=1 jdoe - - - - "M (X)" OBSERVED "A" - 10.9.0.1',
  '#separator \\x09',
  '#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tquery\trejected',
  '#path\tdns',
  '1795341601.5\t10.1.2.3\t10.9.0.53\t53\tx.example\tF',
  '{"ts":1795341601.5,"id.orig_h":"10.1.2.3","id.resp_p":443,"server_name":"x.example","established":true}',
  '<134>Nov 22 10:00:01 gw CEF:0|A|B|1|2|n|3|rt=1795341601000 src=10.1.2.3 request=http://x.example/?a\\=b act=Blocked cs1Label=Host cs1=x',
  "LEEF:2.0|A|B|1|2|^|src=10.1.2.3^url=x.example/a^devTime=Nov 22 2026^devTimeFormat=MMM dd yyyy 'T'",
];
/** A seed line with a few bytes cut, doubled or replaced. */
const mutated = (lines: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...lines),
      fc.array(
        fc.tuple(
          fc.nat(400),
          fc.nat(12),
          fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('"', '\t', ' ', '[', '-', '\\', '|', '=')),
        ),
        { maxLength: 4 },
      ),
    )
    .map(([seed, edits]) =>
      edits.reduce(
        (text, [at, cut, put]) =>
          text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + cut),
        seed,
      ),
    );
const anyLine = fc
  .oneof(
    { weight: 6, arbitrary: mutated(seeds) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
  )
  .map((text) => text.replace(/[\r\n]/g, ' '))
  .filter((text) => text.trim() !== '');

describe('whatever the input', () => {
  it.each(ids)('%s never throws and gives whole events only', async (id) => {
    const format = await formatOf(id);
    await fc.assert(
      fc.asyncProperty(fc.array(anyLine, { minLength: 1, maxLength: 8 }), async (lines) => {
        const text = lines.join('\n');
        format.detect(takeSample('x', Buffer.from(text), true));
        const { events, counts } = await parseText(id, text);
        expect(counts.withEvents + counts.skipped + counts.rejected).toBe(counts.records);
        for (const event of events) {
          expect(eventKinds).toContain(event.kind);
          expect(actions).toContain(event.action);
          for (const value of Object.values(event)) {
            expect(value).not.toBe(undefined);
            expect(value).not.toBe('-');
            expect(value).not.toBe('');
            if (typeof value === 'number') expect(Number.isSafeInteger(value)).toBe(true);
          }
        }
      }),
      { seed: 20261122, numRuns: 400 },
    );
  });

  it.each(ids)('%s reads hostile lines of 1 MiB in linear time', async (id) => {
    for (const piece of [
      ' ',
      '"',
      '[',
      'a=',
      ' a=',
      '\\',
      '"\\',
      ' "',
      '[2',
      '-/',
      'CEF:0',
      '|',
      '\t',
      'LEEF:2',
      ' A/',
      '1 ',
      '{',
      '""',
      '#',
    ]) {
      for (const before of [
        '',
        ...seeds.slice(0, 5),
        '1795341601.049 5 10.1.2.3 TCP_MISS/200 1 GET ',
        'CEF:0|A|B|1|2|n|3|',
        'LEEF:1.0|A|B|1|2|',
      ]) {
        const text = before + piece.repeat(100_000);
        const start = performance.now();
        (await formatOf(id)).open(context).read(text);
        expect(performance.now() - start, `${before.slice(0, 12)}... ${piece}`).toBeLessThan(1500);
      }
    }
  });
});
