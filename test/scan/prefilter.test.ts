import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FormatContext } from '../../src/core/format.js';
import { allFormats } from '../../src/formats/common/registry.js';
import { Prefilter } from '../../src/scan/prefilter.js';
import { scanInput } from '../../src/scan/scan-input.js';
import { bytesInput, ownCatalog, scanOptions } from '../helpers/scan.js';

const fixtures = join(import.meta.dirname, '../fixtures/formats');
const nothing: FormatContext = { zone: 'UTC', modified: 0, sample: { name: '', text: '', lines: [], json: [] } };
const fast = [...(await allFormats())]
  .filter(([, format]) => format.ordinary !== undefined || format.open(nothing).layout !== undefined)
  .map(([id]) => id);

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
  (host) => `ada:secret@${host}`,
  (host) => `ada@${host}`,
  (host) => `${host}:8443@www.example.org`,
  (host) => host.replace(/[aeo]/, (char) => ({ a: 'ä', e: 'é', o: 'о' })[char] ?? char),
  (host) => host.replace(/\.[a-z]+$/, ''),
  (host) => `[${host}]`,
  (host) => host.replace('.', '..'),
  (host) => `http://${host}`,
  (host) => `//${host}`,
  (host) => `${host}\\`,
  () => '203.0.113.7',
  () => '[2001:db8::7]',
  () => '-',
  () => '',
];

/** Paths that only some hosts may have, on any host; the ends of model APIs; and what resembles them. */
const paths = [
  '',
  '/',
  '/?a',
  '/a?b=c&u=https://chatgpt.com/',
  '/index.html#chatgpt.com',
  '/v1/chat/completions',
  '/v1/Chat/Completions?x=1',
  '/v1/chat/completions/',
  '/openai/v1/responses',
  '/v1beta/models/gemini-pro:generateContent',
  '/api/chat',
  '/api/generate',
  '/backend-anon/x',
  '/backend-api/conversation',
  '/copilot',
  '/Copilot/x',
  '/copilotx',
  '/%63opilot',
  '/ai',
  '/chat?q',
  '/client/v4/accounts/7/ai/run/x',
  ':443/copilot',
  ':443',
  '/a b',
  '/"x',
  '/x\\"y',
];

const agents = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0',
  'Mozilla/5.0 Cursor/0.42.3 Chrome/124',
  'claude-cli/1.0.3 (external, cli)',
  'OpenAI/Python 1.30',
  'Codex Desktop/1.2',
  'Codex%20Desktop/1.2',
  'Codex+Desktop/1.2',
  'C%75rsor/0.42',
  'xCursor/1',
  'curl/8.5.0',
  '-',
  '',
];

const odd = ['"', '\\', '\t', ' ', '%', 'ä', '\u0000', '[', ',', '{', '}', '/', ':', '@', '#', '-', '9', 'Z'];

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
      'github.com',
      'gist.github.com',
      'www.office.com',
      'api.cloudflare.com',
      'llm.example.net',
    ];
    const files = readdirSync(join(fixtures, id)).filter((file) => !file.includes('expected'));
    const lines = files
      .flatMap((file) => readFileSync(join(fixtures, id, file), 'utf8').split(/\r?\n/))
      .filter((line) => line !== '');
    const line = fc
      .tuple(
        fc.constantFrom(...lines),
        fc.oneof(
          fc.constantFrom(...hosts),
          fc.integer({ min: 0, max: 99 }).map((n) => `site-${n}.example.com`),
        ),
        fc.oneof(
          fc.constant((host: string) => host),
          fc.constantFrom(...spellings),
        ),
        fc.constantFrom(...paths),
        fc.constantFrom(...agents),
        fc.nat(30),
        fc.nat(),
      )
      .map(([text, host, spell, path, agent, how, at]) => {
        // Puts the host in the place of whatever host the line has, and now and then the agent in the place of its own.
        let changed = text.replace(
          /[a-z0-9-]+(\.[a-z0-9-]+)+\.[a-z]{2,}(\/[^\s",;|]*)?/i,
          () => spell(host) + (text.includes('CONNECT') ? '' : path),
        );
        if (how % 3 === 0) changed = changed.replace(/Mozilla\/[^"\t]*|curl\/[^"\s]*/, () => agent);
        if (how === 1) return changed.slice(0, at % (changed.length + 1));
        if (how === 2) return changed.slice(at % (changed.length + 1));
        if (how === 4) return changed.replaceAll(' ', at % 2 === 0 ? '  ' : '\t');
        if (how === 5) return `${changed}${at % 2 === 0 ? ' more "words" here' : '\r'}`;
        // One byte of it changed.
        if (how === 7)
          return `${changed.slice(0, at % changed.length)}${odd[at % odd.length]}${changed.slice((at % changed.length) + 1)}`;
        if (how === 8)
          return changed.replace(/\d+/g, (number) =>
            at % 3 === 0 ? `${number}0000000000` : at % 3 === 1 ? '-' : number,
          );
        return changed;
      });
    // What the lines of a file mean, its header says.
    const header = lines
      .filter((text) => text.startsWith('#'))
      .slice(0, 8)
      .map((text) => `${text}\n`)
      .join('');
    const plain = await scanOptions(catalog, { format: id, speedPath: false });
    const quick = { ...plain, speedPath: true };
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 20, maxLength: 60 }), async (batch) => {
        const bytes = Buffer.from(`${header}${batch.join('\n')}\n`);
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

/** Flow records with the destination and its port; `port` is written as it is. */
const flows: readonly (readonly [string, string, (address: string, port: string, at: number) => string])[] = [
  [
    'zeek',
    '#separator \\x09\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.resp_h\tid.resp_p\tproto\tconn_state\torig_bytes\n',
    (address, port, at) => `${1795341604 + at}.250000\tC${at}\t10.1.2.3\t${address}\t${port}\ttcp\tSF\t700`,
  ],
  [
    'zeek',
    '',
    (address, port, at) =>
      `{"ts":${1795341604 + at}.25,"uid":"C${at}","id.orig_h":"10.1.2.3","id.resp_h":"${address}","id.resp_p":${port},"proto":"tcp","conn_state":"SF"}`,
  ],
  [
    'zeek',
    '',
    (address, port, at) =>
      `{"ts":${1795341604 + at}.25,"uid":"C${at}","id":{"orig_h":"10.1.2.3","resp_h":"${address}","resp_p":${port}},"conn_state":"SF"}`,
  ],
  [
    'cloudflare-gateway-network',
    '',
    (address, port, at) =>
      `{"Action":"allow","Datetime":"2026-03-02T09:15:${10 + at}Z","DestinationIP":"${address}","DestinationPort":${port},"SNI":"","Transport":"tcp","SourceIP":"192.0.2.10"}`,
  ],
  [
    'fortigate',
    '',
    (address, port, at) =>
      `date=2026-03-05 time=10:15:${10 + at} devname="FG" devid="FGT60F0000000001" logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" srcip=10.1.2.5 dstip=${address} dstport=${port} action="close" sentbyte=923 policyid=1`,
  ],
  [
    'paloalto-panos',
    '',
    (address, port, at) =>
      `<14>Mar  5 09:15:03 FW 1,2026/03/05 09:15:${10 + at},001234567890,TRAFFIC,end,2049,2026/03/05 09:15:01,10.1.2.3,${address},,,outbound,acme\\ann,,ssl,vsys1,trust,untrust,e1/2,e1/1,log,2026/03/05 09:15:03,12,1,50000,${port},0,0,0x19,tcp,allow,1200,900`,
  ],
  [
    'aws-vpc-flow',
    '',
    (address, port, at) =>
      `2 123456789010 eni-0a1b2c3d 10.1.2.3 ${address} 49152 ${port} 6 20 4249 ${1795341604 + at} ${1795341664 + at} ACCEPT OK`,
  ],
];

describe('a connection to a model server inside the network is seen in flow records', () => {
  it.each(flows)('%s, %j', async (id, header, line) => {
    const plain = await scanOptions(ownCatalog(), { format: id, speedPath: false });
    const record = fc.tuple(
      fc.constantFrom('10.9.0.7', '192.168.4.4', '203.0.113.9', '10.9.0.11', 'fd00::7'),
      fc.oneof(
        fc.constantFrom(
          '11434',
          '443',
          '"11434"',
          '1143',
          '114340',
          '11434.0',
          '1.1434e4',
          '011434',
          '-',
          '""',
          'null',
        ),
        fc.integer({ min: 0, max: 65_535 }).map(String),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 5, maxLength: 40 }), async (records) => {
        const text = `${header}${records.map(([address, port], at) => line(address, port, at)).join('\n')}\n`;
        const [a, b] = [
          await scanInput(bytesInput('log', Buffer.from(text)), plain),
          await scanInput(bytesInput('log', Buffer.from(text)), { ...plain, speedPath: true }),
        ];
        expect(b.candidates).toEqual(a.candidates);
        expect(b.counts).toEqual(a.counts);
        expect(b.rejects).toEqual(a.rejects);
      }),
      { seed: 20261126, numRuns: 40 },
    );
    const ports = ['443', '11434', '11434', '443'];
    const lines = ['203.0.113.9', '203.0.113.9', '10.9.0.7', '10.9.0.7'].map((address, at) =>
      line(address, ports[at] ?? '', at),
    );
    // Not the first: that one is always read in full.
    const { candidates } = await scanInput(bytesInput('log', Buffer.from(`${header}${lines.join('\n')}\n`)), {
      ...plain,
      speedPath: true,
    });
    const nested = line('', '', 0).includes('"id":');
    expect(candidates.map(({ subject, score, events }) => [subject, score, events])).toEqual(
      nested ? [] : [['10.9.0.7', 60, 1]],
    );
  });
});

it.each([
  ['cef', 'CEF:0|Acme|Wall|1|Accept|Accept|3|act=Accept src=10.1.2.3 dst=10.9.0.7 dpt=11434 rt=1772702102000'],
  [
    'leef',
    'LEEF:1.0|Acme|Wall|1|Accept|src=10.1.2.3\tdst=10.9.0.7\tdstPort=11434\taction=Accept\tdevTime=1772702102000',
  ],
  [
    'crowdstrike-fdr',
    '{"event_simpleName":"NetworkConnectIP4","aid":"a","LocalAddressIP4":"10.1.2.3","RemoteAddressIP4":"10.9.0.7","RemotePort":"11434","ConnectionDirection":"0","timestamp":"1772702102000"}',
  ],
  [
    'sentinelone-cloud-funnel',
    '{"event.time":1772702102000,"event.category":"ip","event.type":"IP Connect","endpoint.name":"acme-lt-1","src.ip.address":"10.1.2.3","dst.ip.address":"10.9.0.7","dst.port.number":11434,"event.network.direction":"OUTGOING"}',
  ],
  [
    'azure-firewall',
    '{"category":"AZFWNetworkRule","time":"2026-03-05T09:15:03Z","properties":{"SourceIp":"10.1.2.3","DestinationIp":"10.9.0.7","DestinationPort":11434,"Action":"Allow"}}',
  ],
])('and in the connections of %s, which has no speed path', async (id, line) => {
  const options = await scanOptions(ownCatalog(), { format: id });
  const { candidates } = await scanInput(bytesInput('log', Buffer.from(`${line}\n`)), options);
  expect(candidates.map(({ subject, score }) => [subject, score])).toEqual([['10.9.0.7', 60]]);
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
