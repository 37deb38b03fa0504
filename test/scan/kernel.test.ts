import { describe, expect, it } from 'vitest';
import { decodeText } from '../../src/core/decode.js';
import { loadDetection } from '../../src/detectors/common/registry.js';
import { completeEvent } from '../../src/formats/common/complete.js';
import { allFormats } from '../../src/formats/common/registry.js';
import { takeSample } from '../../src/formats/common/sample.js';
import { giveBack, takeKernel } from '../../src/scan/kernel/kernel.js';
import { KernelLines } from '../../src/scan/kernel/lines.js';
import { random } from '../helpers/random.js';
import { ownCatalog } from '../helpers/scan.js';

const formats = await allFormats();
const detection = await loadDetection(ownCatalog());

/** How many lines of a log the kernel passed over, and those that it handed out. */
function through(
  id: string,
  text: string | Buffer,
  pieceSize = 1000,
): { passed: number; read: string[]; handedOut: Set<number> } {
  const kernel = takeKernel(detection);
  const head = Buffer.from(text);
  const handedOut = new Set<number>();
  const reader = formats.get(id)?.open({ zone: 'UTC', modified: 0, sample: takeSample('log', head, true) });
  if (kernel === undefined || reader === undefined) throw new Error('this machine has no kernel');
  const read: string[] = [];
  let passed = 0;
  const lines = new KernelLines(kernel, {
    layout: () => reader.layout?.(),
    passed: (count) => {
      passed += count;
    },
    read: (bytes, start, end, at) => {
      const line = decodeText(bytes, start, end);
      read.push(line);
      handedOut.add(at);
      if (line.trim() !== '') reader.read(line);
    },
  });
  for (let at = 0; at < head.length; at += pieceSize) lines.push(head.subarray(at, at + pieceSize));
  lines.end();
  expect(lines.lines).toBe(passed + read.length);
  giveBack(kernel, detection);
  return { passed, read, handedOut };
}

const count = 200;
const many = (line: (i: number) => string): string => Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('');
const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0';

/** Ordinary lines as the products write them; HOST and AGENT are put in. */
const logs: readonly (readonly [string, string, string, (i: number, host: string, agent: string) => string])[] = [
  [
    'squid',
    'a request',
    '',
    (i, host) =>
      `1793000${100 + i}.123    ${i} 10.0.0.${i} TCP_MISS/200 ${i}99 GET http://${host}/a/${i}?x ada HIER_DIRECT/203.0.113.9 text/html`,
  ],
  [
    'squid',
    'a tunnel',
    '',
    (i, host) =>
      `1793000${100 + i}.123  1 10.0.0.1 TCP_TUNNEL/200 0 CONNECT ${host}:443 - HIER_DIRECT/203.0.113.${i} -`,
  ],
  [
    'squid-common',
    'combined',
    '',
    (_, host, ua) =>
      `10.0.0.1 - ada [22/Nov/2026:10:00:00 +0000] "GET http://${host}/a HTTP/1.1" 200 512 "-" "${ua}" TCP_MISS:HIER_DIRECT`,
  ],
  [
    'zscaler-nss-web',
    'CSV',
    '',
    (i, host, ua) =>
      `"Sun Nov 22 10:00:${10 + (i % 50)} 2026","ada@acme.example","HTTPS","${host}/a?b","Allowed","Web ""${i}""","General","${i}","2","3","4","C","B","A","None","None","0","None","None","HQ, 1","Dept","10.0.0.1","203.0.113.9","GET","200","${ua}","None","None","None","text/html","None","ada","LT-1"`,
  ],
  [
    'zscaler-nss-web',
    'JSON',
    '',
    (i, host, ua) =>
      `{ "sourcetype" : "zscalernss-web", "event" : {"datetime":"2026-11-22 10:00:00","reqsize":"${i}","respsize":"2","requestmethod":"GET","url":"${host}/a","hostname":"${host}","action":"Allowed","useragent":"${ua}","department":"HQ"}}`,
  ],
  [
    'zeek',
    'TSV, http',
    '#separator \\x09\n#path\thttp\n#fields\tts\tuid\tid.orig_h\thost\turi\tuser_agent\n',
    (i, host, ua) => `1793000${100 + i}.123456\tC${i}\t10.0.0.1\t${host}\t/a/${i}\t${ua}`,
  ],
  [
    'zeek',
    'JSON, dns',
    '',
    (i, host) =>
      `{"ts":1793000${100 + i}.123456,"uid":"C${i}","id.orig_h":"10.0.0.1","query":"${host}","qtype_name":"A","AA":false,"answers":["a\\\\\\"b",1.5],"TTLs":[],"rejected":false}`,
  ],
  [
    'bluecoat',
    'main',
    '#Software: SGOS 7.3\n#Fields: date time c-ip cs-username cs-method cs-host cs-uri-path sc-status cs(User-Agent) sc-bytes\n',
    (i, host, ua) => `2026-11-22 10:00:${10 + (i % 50)} 10.0.0.1 ada GET ${host} /a/${i} 200 "${ua}" ${i}`,
  ],
  [
    'cloudflare-gateway-http',
    'Logpush',
    '',
    (i, host, ua) =>
      `{"Action":"allow","Datetime":"2026-11-22T10:00:00Z","DeviceName":"LT \\"${i}\\"","HTTPHost":"${host}","HTTPMethod":"GET","HTTPStatusCode":200,"HTTPVersion":"HTTP/2","IsIsolated":false,"URL":"https://${host}/a","UserAgent":"${ua}","DownloadedBytes":-1}`,
  ],
  [
    'cloudflare-gateway-dns',
    'Logpush',
    '',
    (i, host) =>
      `{"QueryName":"${host}","ResolverDecision":"allowedOnNoPolicyMatch","SrcIP":"10.0.0.${i}","Nested":{"a":[{"b":null}]}}`,
  ],
  [
    'bind',
    'querylog',
    '',
    (i, host) =>
      `22-Nov-2026 10:00:${10 + (i % 50)}.123 queries: info: client @0x7f2f0c0a${i % 7} 10.0.0.${i}#5${1000 + i} (${host}): query: ${host} IN A +E(0)K (10.0.0.53)`,
  ],
  [
    'bind',
    'querylog with a view',
    '',
    (i, host) =>
      `22-Nov-2026 10:00:${10 + (i % 50)}.123 queries: info: client @0x7f2f0c0a${i % 7} 10.0.0.${i}#5${1000 + i} (${host}): view internal: query: ${host} IN HTTPS + (10.0.0.53)`,
  ],
  [
    'bind',
    'syslog',
    '',
    (i, host) =>
      `<30>Nov ${10 + (i % 19)} 10:00:00 ns1 named[81]: client @0x7f2f0c0a1d60 10.0.0.${i}#5${1000 + i} (${host}): query: ${host} IN A + (10.0.0.53)`,
  ],
  [
    'infoblox',
    'responses',
    '',
    (i, host) =>
      `<30>Nov ${10 + (i % 19)} 10:00:00 ns1 named[81]: 22-Nov-2026 10:00:00.043 client 10.0.0.${i}#5${1000 + i} UDP: query: ${host} IN A response: NOERROR +ED ${host} 28800 IN A 203.0.113.9;`,
  ],
  ['unbound', 'queries', '', (i, host) => `[1795342${100 + i}] unbound[1234:${i % 4}] info: 10.0.0.${i} ${host}. A IN`],
  [
    'unbound',
    'replies',
    '',
    (i, host) =>
      `[1795342${100 + i}] unbound[1234:0] info: 10.0.0.${i} ${host}. A IN NOERROR 0.012345 0 ${62 + (i % 9)}`,
  ],
  [
    'coredns',
    'plain',
    '',
    (i, host) =>
      `[INFO] 10.0.0.${i}:4${1000 + i} - 6${1000 + i} "A IN ${host}. udp ${40 + (i % 9)} false 1232" NOERROR qr,aa,rd 66 0.000150566s`,
  ],
  [
    'gcp-dns',
    'LogEntry',
    '',
    (i, host) =>
      `{"insertId":"a${i}","jsonPayload":{"authAnswer":false,"queryName":"${host}.","queryType":"A","responseCode":"NOERROR","sourceIP":"10.0.0.${i}","structuredRdata":[]},"timestamp":"2026-11-22T10:00:00Z","severity":"INFO"}`,
  ],
];

const telling = Buffer.from('"\\\t %[]{},/:@#-9Z.\'|=;');

describe('the kernel', () => {
  it.each(logs)('passes over ordinary lines and hands out those that may hit: %s, %s', (id, _, header, line) => {
    // The first line is read in full.
    const ordinary = through(id, header + many((i) => line(i, `site-${i % 7}.example.com`, agent)));
    expect(ordinary.read.filter((text) => !text.startsWith('#')).length).toBeLessThanOrEqual(1);
    expect(ordinary.passed).toBeGreaterThanOrEqual(count - 1);
    for (const [host, ua] of [
      ['chatgpt.com', agent],
      ['cdn.CLAUDE.ai', agent],
      ['new-tool.ai', agent],
      ['chatgpt%2ecom', agent],
    ] as const)
      expect(through(id, header + many((i) => line(i, host, ua))).passed, host).toBe(0);
    if (line(0, '', 'AGENT').includes('AGENT'))
      expect(through(id, header + many((i) => line(i, 'site-1.example.com', 'claude-cli/1.0'))).passed).toBe(0);
  });

  it.each(logs)(
    'passes over nothing that is not exactly one event without a hit, whatever a line is changed to: %s, %s',
    (id, _, header, line) => {
      const next = random(20261126);
      const whole = (below: number): number => Math.floor(next() * below);
      const hosts = ['a.example', 'www.site-1.example.com', 'github.com', 'chatgpt.com', 'my-gpt.com', '10.0.0.1', '-'];
      const changed = Array.from({ length: 6000 }, (_unused, i) => {
        const bytes = Buffer.from(line(i % 100, hosts[whole(hosts.length)] ?? '', agent));
        const dice = next();
        if (dice < 0.1) return bytes.subarray(0, whole(bytes.length));
        if (dice < 0.2) return bytes.subarray(whole(bytes.length));
        if (dice < 0.3) {
          // A piece of it twice.
          const at = whole(bytes.length);
          return Buffer.concat([bytes.subarray(0, at + whole(20)), bytes.subarray(at)]);
        }
        for (let n = whole(3); n > 0; n--)
          bytes[whole(bytes.length)] = next() < 0.5 ? whole(256) : (telling[whole(telling.length)] ?? 0);
        return bytes;
      }).map((bytes) => Buffer.from(bytes.toString('latin1').replace(/[\r\n]/g, ' '), 'latin1'));
      const text = Buffer.concat([Buffer.from(header), ...changed.flatMap((bytes) => [bytes, Buffer.from('\n')])]);
      const { handedOut } = through(id, text);
      const format = formats.get(id);
      const reader = format?.open({ zone: 'UTC', modified: 0, sample: takeSample('log', text, true) });
      for (const header1 of header.split('\n')) if (header1 !== '') reader?.read(header1);
      const first = header.split('\n').length - 1;
      let passed = 0;
      for (const [i, bytes] of changed.entries()) {
        if (handedOut.has(first + i + 1)) continue;
        passed++;
        const [outcome, ...more] = [reader?.read(decodeText(bytes)) ?? []].flat();
        expect(more).toEqual([]);
        const event = outcome !== undefined && 'kind' in outcome ? completeEvent(outcome, 1, id) : undefined;
        expect(event, bytes.toString('latin1')).toBeDefined();
        if (event === undefined) continue;
        expect(detection.detect(event), bytes.toString('latin1')).toEqual([]);
        expect(detection.suggest(event), bytes.toString('latin1')).toBeUndefined();
      }
      expect(passed).toBeGreaterThan(300);
    },
  );

  it('finds the same lines however the bytes come, and lines longer than its memory', () => {
    const [, , , line] = logs[0] ?? [];
    if (line === undefined) throw new Error('no log');
    const text = many((i) =>
      i % 50 === 7
        ? line(i, `${'x'.repeat(i * 10_000)}.example.com`, '')
        : line(i, i % 3 === 0 ? 'claude.ai' : 'a.example', ''),
    );
    const whole = through('squid', text, 1 << 20);
    expect(whole.read.length).toBeGreaterThan(count / 3);
    for (const size of [7, 64, 4096, 65_536]) expect(through('squid', text, size)).toEqual(whole);
  });

  it('keeps its memory when millions of hosts were never seen before', () => {
    let text = '';
    for (let i = 0; i < 300_000; i++)
      text += `1793000000.123 1 10.0.0.1 TCP_TUNNEL/200 0 CONNECT host-${i}.site-${i * 7}.example.com:443 - HIER_DIRECT/203.0.113.1 -\n`;
    const { passed, read } = through('squid', text, 1 << 18);
    expect(passed + read.length).toBe(300_000);
    expect(read.length).toBeLessThan(3000);
  });
});

it('JSON keys in another order on each line, and some left out, hide no host and need no second look', () => {
  const next = random(11);
  const isHit: boolean[] = [];
  const line = (i: number): string => {
    const host = next() < 0.05 ? 'chatgpt.com' : `site-${Math.floor(next() * 2000)}.example.org`;
    isHit.push(host === 'chatgpt.com');
    const pairs = [
      ['uid', '"Cab"'],
      ['id.orig_h', '"10.0.0.1"'],
      ['id.resp_h', '"10.0.0.2"'],
      ['host', `"${host}"`],
      ['uri', '"/a"'],
      ['method', '"GET"'],
      ['a_key_that_is_longer_than_thirty_two_bytes', '[1,{"host":"x.example"}]'],
      ['trans_depth', '1'],
    ].filter(([key]) => next() < 0.8 || !/^(?:a_key|uid)/.test(key ?? ''));
    for (let at = pairs.length - 1; at > 0 && i % 3 > 0; at--) {
      const other = Math.floor(next() * (at + 1));
      [pairs[at], pairs[other]] = [pairs[other] ?? [], pairs[at] ?? []];
    }
    return `{"ts":${1793000000 + i}.5,${pairs.map(([key, value]) => `"${key}":${value}`).join(',')}}\n`;
  };
  const { handedOut } = through('zeek', Array.from({ length: 3000 }, (_, i) => line(i)).join(''), 30_000);
  const hits = isHit.flatMap((hit, i) => (hit ? [i + 1] : []));
  expect(hits.length).toBeGreaterThan(50);
  expect(hits.filter((at) => !handedOut.has(at))).toEqual([]);
  expect(handedOut.size - hits.length).toBeLessThan(10);
});
