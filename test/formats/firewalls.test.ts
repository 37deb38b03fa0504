import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectText, parseText } from '../helpers/parse.js';

const ids = [
  'sonicwall',
  'sophos-xg',
  'sophos-utm',
  'watchguard',
  'juniper-srx',
  'fortiproxy',
  'cisco-wsa',
  'cisco-ftd',
  'cisco-meraki',
] as const;

const one = async (id: string, text: string, zone = 'UTC'): Promise<Record<string, unknown> | undefined> =>
  (await parseText(id, text, { zone })).events[0];

const runs = { seed: 20261122, numRuns: 200 };

describe('detection', () => {
  it.each(ids)('knows %s by any one line that is an event', async (id) => {
    const root = join(import.meta.dirname, '../fixtures/formats', id);
    let known = 0;
    for (const file of readdirSync(root).filter((name) => name.endsWith('.log'))) {
      for (const line of readFileSync(join(root, file), 'utf8').split('\n')) {
        if (line.startsWith('#') || (await one(id, line)) === undefined) continue;
        expect((await detectText('x', line)).format, line).toBe(id);
        known++;
      }
    }
    expect(known).toBeGreaterThan(4);
  });

  it.each([
    [
      'cef',
      'CEF:0|SonicWall|NSA 2700|7.0|97|Web site hit|4|cat=1024 src=10.1.2.3 dst=198.51.100.7 dpt=443 dhost=chatgpt.com request=/ in=2 out=1',
    ],
    [
      'squid',
      '1795341601.049 6 10.1.2.3 TCP_MISS/200 19 GET http://x.example/ jdoe HIER_DIRECT/198.51.100.7 text/html',
    ],
    ['elff', '#Fields: date time c-ip cs-username cs-host sc-status\n2026-11-22 10:00:00 10.1.2.3 ann chatgpt.com 200'],
    [
      'fortigate',
      'date=2026-11-22 time=10:00:00 devname="FG" devid="FGT60F0000000001" logid="0000000013" type="traffic" subtype="forward" vd="root" srcip=10.1.2.3 dstip=198.51.100.7 action="accept"',
    ],
  ])('leaves a neighbour to %s', async (id, text) => {
    expect((await detectText('x', text)).format).toBe(id);
  });
});

describe('a value stays one value, whatever it holds', () => {
  /** Values that look like further fields, quotes and escapes; not those that mean that there is none. */
  const value = fc
    .array(
      fc.oneof(
        fc.constantFrom('"', '\\', '=', ' ', ',', ' user="eve" ', ' srcip=1.1.1.1 ', '"] [', "'"),
        fc.string({ minLength: 1, maxLength: 4 }),
      ),
      {
        minLength: 1,
        maxLength: 8,
      },
    )
    .map((parts) =>
      parts
        .join('')
        .replace(/[\r\n\0]/g, '')
        .trim(),
    )
    .filter((text) => text !== '' && !/^(?:-|".*"|n\/?a|none|null|unknown|\(null\)|\(empty\))$/is.test(text));
  const quoted = (text: string): string => text.replace(/["\\]/g, '\\$&');

  it.each([
    [
      'sophos-xg',
      (agent: string) =>
        `timestamp="2026-11-22T10:00:00Z" log_type="Content Filtering" log_component="HTTP" log_subtype="Allowed" http_user_agent="${agent}" user_name="ann" src_ip="10.1.2.3" url="https://a.example/x" dst_port=443`,
    ],
    [
      'sophos-utm',
      (agent: string) =>
        `2026:11:22-10:00:00 utm httpproxy[1]: id="0001" severity="info" sys="SecureWeb" sub="http" name="http access" action="pass" ua="${agent}" user="ann" srcip="10.1.2.3" url="https://a.example/x"`,
    ],
    [
      'watchguard',
      (agent: string) =>
        `Nov 22 10:00:00 fb http-proxy[1]: msg_id="1AFF-0024" Allow 1-T 0-E tcp 10.1.2.3 198.51.100.7 50000 443 msg="HTTP request" user_agent="${agent}" dstname="a.example" arg="/x" src_user="ann" (P-00)`,
    ],
    [
      'fortiproxy',
      (agent: string) =>
        `date=2026-11-22 time=10:00:00 devname="F" devid="FPX0000000000001" logid="0000000030" type="traffic" subtype="http-transaction" vd="root" agent="${agent}" srcip=10.1.2.3 user="ann" url="https://a.example/x" statuscode="200"`,
    ],
  ])('%s', async (id, line) => {
    const plain = await one(id, line('plain'));
    expect(plain).toMatchObject({ user: 'ann', host: 'a.example', src_ip: '10.1.2.3', user_agent: 'plain' });
    await fc.assert(
      fc.asyncProperty(value, async (agent) => {
        expect(await one(id, line(quoted(agent)))).toEqual({ ...plain, user_agent: agent });
      }),
      runs,
    );
  });

  it('juniper-srx, in structured data', async () => {
    const line = (user: string): string =>
      `<14>1 2026-11-22T10:00:00Z srx RT_UTM - WEBFILTER_URL_PERMITTED [junos@2636.1 username="${user}" source-address="10.1.2.3" destination-address="198.51.100.7" destination-port="443" url="a.example" obj="/x"]`;
    const plain = await one('juniper-srx', line('plain'));
    expect(plain).toMatchObject({ user: 'plain', host: 'a.example', src_ip: '10.1.2.3', action: 'allowed' });
    await fc.assert(
      fc.asyncProperty(value, async (user) => {
        expect(await one('juniper-srx', line(quoted(user)))).toEqual({ ...plain, user });
      }),
      runs,
    );
  });

  it('cisco-ftd: commas, colons and quotes; no later text changes a field that stands before', async () => {
    const line = (agent: string): string =>
      `<113>2026-11-22T10:00:00Z ftd %FTD-6-430003: AccessControlRuleAction: Block, SrcIP: 10.1.2.3, DstIP: 198.51.100.7, DstPort: 443, User: ann, InitiatorBytes: 1, ResponderBytes: 2, URL: https://a.example/x, UserAgent: ${agent}`;
    const plain = await one('cisco-ftd', line('plain'));
    expect(plain).toMatchObject({
      user: 'ann',
      host: 'a.example',
      action: 'blocked',
      bytes_out: 1,
      user_agent: 'plain',
    });
    await fc.assert(
      fc.asyncProperty(
        value.filter((text) => !/, ?[A-Z]\w+: ?/.test(text)),
        async (agent) => {
          expect(await one('cisco-ftd', line(agent))).toEqual({ ...plain, user_agent: agent });
        },
      ),
      runs,
    );
    expect(await one('cisco-ftd', line('x, User: eve, SrcIP: 10.9.9.9, AccessControlRuleAction: Allow'))).toEqual({
      ...plain,
      user_agent: 'x',
    });
  });
});

it('juniper-srx reads the same from a session in structured form and as text', async () => {
  const session = fc.record({
    src: fc.oneof(fc.ipV4(), fc.ipV6()),
    dst: fc.oneof(fc.ipV4(), fc.ipV6()),
    port: fc.integer({ min: 1, max: 65535 }),
    sent: fc.nat(),
    received: fc.nat(),
    user: fc.constantFrom('N/A', 'ann', 'ACME\\bob', 'carol@acme.example'),
    app: fc.constantFrom('UNKNOWN', 'CHATGPT', 'GOOGLE-GEMINI'),
  });
  await fc.assert(
    fc.asyncProperty(session, async ({ src, dst, port, sent, received, user, app }) => {
      const text = `<14>Nov 22 10:00:00 srx RT_FLOW: RT_FLOW_SESSION_CLOSE: session closed TCP FIN: ${src}/50000->${dst}/${port} 0x0 junos-https 192.0.2.1/61000->${dst}/${port} 0x0 source rule out N/A N/A 6 p trust untrust 7 12(${sent}) 10(${received}) 30 SSL ${app} ${user}(N/A) ge-0/0/1.0 Yes`;
      const structured = `<14>1 2026-11-22T10:00:00Z srx RT_FLOW - RT_FLOW_SESSION_CLOSE [junos@2636.1 source-address="${src}" source-port="50000" destination-address="${dst}" destination-port="${port}" packets-from-client="12" bytes-from-client="${sent}" packets-from-server="10" bytes-from-server="${received}" elapsed-time="30" application="SSL" nested-application="${app}" username="${quotedName(user)}" roles="N/A"]`;
      const event = await one('juniper-srx', structured);
      expect(event).toMatchObject({ port, bytes_out: sent, bytes_in: received, time: '2026-11-22T10:00:00Z' });
      expect(event?.user).toBe(user === 'N/A' ? undefined : user);
      expect(await one('juniper-srx', text)).toEqual(event);
    }),
    runs,
  );
});
const quotedName = (user: string): string => user.replaceAll('\\', '\\\\');

it.each([
  [
    'sonicwall',
    'id=f sn=18B169000001 time="2026-07-01 10:00:00" fw=192.0.2.1 pri=6 c=1024 m=97 src=10.1.2.3:1:X0 dst=198.51.100.7:443:X1 dstname=a.example arg=/',
    '2026-07-01T08:00:00Z',
  ],
  [
    'sonicwall',
    'id=f sn=18B169000001 time="2026-07-01 10:00:00 UTC" fw=192.0.2.1 pri=6 c=1024 m=97 src=10.1.2.3:1:X0 dst=198.51.100.7:443:X1 dstname=a.example arg=/',
    '2026-07-01T10:00:00Z',
  ],
  [
    'sophos-utm',
    '2026:07:01-10:00:00 u httpproxy[1]: id="0001" severity="info" sys="SecureWeb" sub="http" action="pass" srcip="10.1.2.3" url="https://a.example/"',
    '2026-07-01T08:00:00Z',
  ],
  [
    'sophos-xg',
    'date=2026-07-01 time=10:00:00 timezone="Nowhere" log_type="Firewall" log_component="Firewall Rule" log_subtype="Allowed" src_ip=10.1.2.3',
    '2026-07-01T08:00:00Z',
  ],
  [
    'watchguard',
    '<1>Jul  1 10:00:00 fb firewall: msg_id="3000-0148" Allow a b tcp 10.1.2.3 198.51.100.7 1 443',
    '2026-07-01T08:00:00Z',
  ],
  [
    'juniper-srx',
    '<14>Jul  1 10:00:00 srx RT_FLOW: RT_FLOW_SESSION_CREATE: session created 10.1.2.3/1->198.51.100.7/443 junos-https',
    '2026-07-01T08:00:00Z',
  ],
  [
    'cisco-ftd',
    '<1>Jul 01 10:00:00 ftd : %FTD-6-430002: AccessControlRuleAction: Allow, SrcIP: 10.1.2.3',
    '2026-07-01T08:00:00Z',
  ],
  [
    'cisco-meraki',
    '<134>1 1782892800.5 MX flows src=10.1.2.3 dst=198.51.100.7 protocol=tcp sport=1 dport=443 pattern: 0 all',
    '2026-07-01T08:00:00.500Z',
  ],
])('%s: a time without a zone is in the zone given, and others are not', async (id, text, time) => {
  expect(await one(id, text, 'Europe/Berlin')).toMatchObject({ time });
});

it('a URL that Meraki cut off names a host and no path', async () => {
  const event = await one(
    'cisco-meraki',
    '1782892800.5 MX urls src=10.1.2.3:1 dst=198.51.100.7:443 request: UNKNOWN https://a.example/...',
  );
  expect(event).toMatchObject({ host: 'a.example', url: 'https://a.example/...' });
  expect(event).not.toHaveProperty('path');
});
