import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actions, eventKinds } from '../../src/core/event.js';
import { type Format, type FormatContext, isReject, isSkip } from '../../src/core/format.js';
import { allFormats } from '../../src/formats/shared/registry.js';
import { takeSample } from '../../src/formats/shared/sample.js';
import { parseText } from '../helpers/parse.js';

const ids = ['squid', 'squid-common', 'elff', 'bluecoat', 'zeek', 'cef', 'leef'];

async function first(id: string, text: string, zone = 'UTC'): Promise<Record<string, unknown> | undefined> {
  const { events } = await parseText(id, text, { zone });
  return events.at(-1);
}
async function formatOf(id: string): Promise<Format> {
  const format = (await allFormats()).get(id);
  if (format === undefined) throw new Error(`no format ${id}`);
  return format;
}

describe('squid', () => {
  const line = (result: string, method: string, url: string, user: string, peer: string): string =>
    `1795341601.049      6 10.1.2.3 ${result} 19 ${method} ${url} ${user} ${peer} text/html`;
  it.each([
    ['TCP_MISS/200', 'HIER_DIRECT/198.51.100.7', 'allowed'],
    ['TCP_MISS/407', 'FIRSTUP_PARENT/10.9.0.9', 'blocked'],
    ['TCP_DENIED/200', 'HIER_NONE/-', 'blocked'],
    ['TCP_DENIED_ABORTED/000', 'HIER_NONE/-', 'blocked'],
    ['TCP_MISS_ABORTED/000', 'HIER_DIRECT/198.51.100.7', 'allowed'],
    ['TCP_MISS/503', 'HIER_DIRECT/198.51.100.7', 'allowed'],
    ['NONE_NONE/200', 'HIER_NONE/-', 'allowed'],
    ['TAG_NONE/503', 'HIER_NONE/-', 'unknown'],
    ['NONE/000', 'NONE/-', 'unknown'],
  ])('%s %s is %s', async (result, peer, action) => {
    expect(await first('squid', line(result, 'GET', 'http://x.example/', '-', peer))).toMatchObject({ action });
  });
  it('takes only the peer of a direct connection for the destination', async () => {
    for (const [peer, dst] of [
      ['HIER_DIRECT/2001:DB8::1', '2001:db8::1'],
      ['TIMEOUT_DIRECT/198.51.100.7', '198.51.100.7'],
      ['DIRECT/www.example.org', undefined],
      ['ROUNDROBIN_PARENT/10.9.0.9', undefined],
      ['HIER_NONE/-', undefined],
    ] as const)
      expect((await first('squid', line('TCP_MISS/200', 'GET', 'http://x.example/', 'kim', peer)))?.dst_ip).toBe(dst);
  });
  it('reads a quoted user with blanks after CONNECT', async () => {
    const event = await first('squid', line('TCP_MISS/200', 'CONNECT', 'x.example:443', '"Lee Ann"', 'NONE/-'));
    expect(event).toMatchObject({ user: 'Lee Ann', host: 'x.example', port: 443, url: 'x.example:443' });
    expect(event).not.toHaveProperty('path');
  });
  it('leaves the access log of a Cisco appliance to its own format', async () => {
    const text = `${line('TCP_MISS/200', 'GET', 'http://x.example/', '-', 'DIRECT/x.example')} DEFAULT_CASE_12-P-I-N-N-N-D <"IW_comp",6.9,-,"-"> -`;
    const squid = await formatOf('squid');
    expect(squid.detect(takeSample('x', Buffer.from(text), true))).toBeUndefined();
  });
});

describe('elff', () => {
  it('rejects records before a header and ignores unknown columns', async () => {
    const { rejects } = await parseText('elff', '2026-11-22 10:00:00 10.1.2.3 x.example');
    expect(rejects).toEqual([{ line: 1, reason: 'no #Fields line before this record' }]);
  });
  it('times are GMT whatever the zone of the organisation', async () => {
    const text = '#Fields: date time c-ip cs-host\n2026-11-22 10:00:00 10.1.2.3 x.example';
    expect(await first('elff', text, 'America/New_York')).toMatchObject({ time: '2026-11-22T10:00:00Z' });
    const local = '#Time Format: Local\n#Fields: date time c-ip cs-host\n2026-11-22 10:00:00 10.1.2.3 x.example';
    expect(await first('elff', local, 'America/New_York')).toMatchObject({ time: '2026-11-22T15:00:00Z' });
  });
  it('keeps + in user agents of others than IIS, and reads tabs under a header with blanks', async () => {
    const text = '#Fields: date time c-ip cs-host cs(User-Agent)\n2026-11-22\t10:00:00\t10.1.2.3\tx.example\ta+b c/1';
    expect(await first('elff', text)).toMatchObject({ user_agent: 'a+b c/1', host: 'x.example' });
  });
  it.each([
    ['cs-uri-stem', '/a/b', { path: '/a/b' }],
    ['cs-uri-stem', 'http://x.example/a/b', { host: 'x.example', path: '/a/b', url: 'http://x.example/a/b' }],
    ['cs-uri-pathquery', '/a?b=1', { path: '/a' }],
    ['cs-uri', 'X.example.:443', { host: 'x.example', port: 443, url: 'X.example.:443' }],
    ['cs-host', '[2001:DB8::1]', { host: '2001:db8::1' }],
    ['cs(Host)', 'x.example:8080', { host: 'x.example', port: 8080 }],
  ])('%s %s', async (name, value, expected) => {
    expect(await first('elff', `#Fields: c-ip ${name}\n10.1.2.3 ${value}`)).toEqual({
      line: 2,
      kind: 'web',
      action: 'unknown',
      src_ip: '10.1.2.3',
      vendor_format: 'elff',
      ...expected,
    });
  });
  it('many quotes that never close cost linear time', async () => {
    const start = Date.now();
    await parseText('elff', `#Fields: c-ip cs-host\n10.1.2.3 ${'"a '.repeat(300_000)}`);
    expect(Date.now() - start).toBeLessThan(3000);
  });
});

describe('zeek', () => {
  const json = (fields: Record<string, unknown>): string =>
    JSON.stringify({ ts: 1795341601.5, uid: 'C1', 'id.orig_h': '10.1.2.3', 'id.resp_h': '203.0.113.9', ...fields });
  it.each([
    [{ trans_id: 1, query: 'x.example', rcode_name: 'NXDOMAIN', rejected: false }, 'allowed'],
    [{ trans_id: 1, query: 'x.example', rcode_name: 'REFUSED' }, 'blocked'],
    [{ trans_id: 1, query: 'x.example' }, 'allowed'],
    [{ conn_state: 'S0' }, 'unknown'],
    [{ conn_state: 'RSTO' }, 'allowed'],
    [{ server_name: 'x.example', established: false }, 'unknown'],
  ])('%j is %s', async (fields, action) => {
    expect(await first('zeek', json(fields))).toMatchObject({ action });
  });
  it.each(['files', 'conn_long', 'known_hosts', 'quic', 'dce_rpc', 'toString'])('%s is skipped', async (path) => {
    const { skips } = await parseText('zeek', json({ _path: path, server_name: 'x.example' }));
    expect(skips).toEqual([{ line: 1, reason: 'another type of Zeek log' }]);
  });
  it('reads an array of records', async () => {
    const { events } = await parseText(
      'zeek',
      `[${json({ server_name: 'a.example' })},\n${json({ server_name: 'b.example' })}]`,
    );
    expect(events.map((event) => event.host)).toEqual(['a.example', 'b.example']);
  });
});

describe('cef and leef', () => {
  it('a value cannot smuggle in a field', async () => {
    const cef =
      'CEF:0|Acme|G|1|1|x|1|src=10.1.2.3 request=http://x.example/?q\\=1 suser\\=root requestMethod=GET suser=kim suser=eve';
    expect(await first('cef', cef)).toMatchObject({ user: 'kim', url: 'http://x.example/?q=1 suser=root' });
    const leef = 'LEEF:2.0|Acme|G|1|1|^|url=http://x.example/?usrName=root^usrName=kim^usrName=eve';
    expect(await first('leef', leef)).toMatchObject({ user: 'kim', url: 'http://x.example/?usrName=root' });
  });
  it.each([
    ['act=Dropped', 'blocked'],
    ['act=Not blocked', 'allowed'],
    ['act=block-continue', 'blocked'],
    ['outcome=/Failure', 'blocked'],
    ['outcome=success', 'allowed'],
    ['outcome=200', 'unknown'],
    ['msg=Dropbox', 'unknown'],
  ])('%s is %s', async (field, action) => {
    expect(await first('cef', `CEF:0|Acme|G|1|1|Dropbox upload|1|dhost=x.example ${field}`)).toMatchObject({ action });
  });
  it.each([
    ['rt=1795341601000', '2026-11-22T10:00:01Z'],
    ['rt=Nov 22 2026 10:00:01', '2026-11-22T09:00:01Z'],
    ['rt=Nov 22 2026 10:00:01.500 GMT+02:00', '2026-11-22T08:00:01.500Z'],
    ['rt=Nov 22 10:00:01 PST', '2026-11-22T18:00:01Z'],
    ['start=2026-11-22T10:00:01Z rt=-', '2026-11-22T10:00:01Z'],
    ['rt=Nov 22 2026 10:00:01 dtz=America/New_York', '2026-11-22T15:00:01Z'],
    ['rt=soon', undefined],
  ])('%s', async (field, time) => {
    expect((await first('cef', `CEF:0|Acme|G|1|1|x|1|dhost=x.example ${field}`, 'Europe/Berlin'))?.time).toBe(time);
  });
  it.each([
    ['yyyy-MM-dd HH:mm:ss', '2026-11-22 10:00:01', '2026-11-22T09:00:01Z'],
    ['dd/MMM/yyyy:HH:mm:ss Z', '22/Nov/2026:10:00:01 -0500', '2026-11-22T15:00:01Z'],
    ["yyyy-MM-dd'T'HH:mm:ss.SSSX", '2026-11-22T10:00:01.250Z', '2026-11-22T10:00:01.250Z'],
    ['MM/dd/yy hh:mm:ss a z', '11/22/26 12:00:01 AM EST', '2026-11-22T05:00:01Z'],
    ['EEE MMM dd HH:mm:ss zzz yyyy', 'Sun Nov 22 10:00:01 CEST 2026', '2026-11-22T08:00:01Z'],
    ['yyyyMMddHHmmss', '20261122100001', '2026-11-22T09:00:01Z'],
    ['epoch', '1795341601', '2026-11-22T10:00:01Z'],
  ])('devTimeFormat %s', async (format, value, time) => {
    const text = `LEEF:1.0|Acme|G|1|1|dst=203.0.113.9\tdevTime=${value}\tdevTimeFormat=${format}`;
    expect((await first('leef', text, 'Europe/Berlin'))?.time).toBe(time);
  });
});

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

  it.each(['squid', 'squid-common'])('%s: an ordinary line gives exactly one event', async (id) => {
    const format = await formatOf(id);
    let ordinary = 0;
    const check = (all: Buffer, end: number): void => {
      // What stands behind the line, here its own rest or more of the same, may not count.
      const padded = Buffer.concat([Buffer.from('1 '), all, Buffer.from('9 200 1 NONE/-')]);
      if (format.ordinary?.(padded, 2, 2 + end) !== true) return;
      const bytes = all.subarray(0, end);
      ordinary++;
      const text = bytes.toString('utf8').includes('\uFFFD') ? bytes.toString('latin1') : bytes.toString('utf8');
      const outcome = format.open(context).read(text);
      expect(Array.isArray(outcome) || isSkip(outcome) || isReject(outcome), JSON.stringify(text)).toBe(false);
    };
    fc.assert(
      fc.property(mutated(seeds.slice(0, 2)), fc.nat(300), fc.nat(255), (line, at, byte) => {
        const bytes = Buffer.from(line);
        check(bytes, bytes.length);
        check(bytes, at % (bytes.length + 1));
        const changed = Buffer.from(bytes);
        if (changed.length > 0 && byte !== 10) changed[at % changed.length] = byte;
        check(changed, changed.length);
      }),
      { seed: 20261122, numRuns: 40_000 },
    );
    expect(ordinary).toBeGreaterThan(500);
  });

  it.each([
    ['squid', 'native'],
    ['squid-common', 'common'],
  ])('%s: plain lines of its log are ordinary', async (id) => {
    const format = await formatOf(id);
    const line = Buffer.from(seeds[id === 'squid' ? 0 : 1] ?? '');
    expect(format.ordinary?.(line, 0, line.length)).toBe(true);
    for (let end = 0; end < 30; end++) expect(format.ordinary?.(line, 0, end)).toBe(false);
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
