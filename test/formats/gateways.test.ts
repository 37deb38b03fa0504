import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actions, type EventDraft } from '../../src/core/event.js';
import { isReject, isSkip, type Outcome } from '../../src/core/format.js';
import { completeEvent } from '../../src/formats/common/complete.js';
import { allFormats } from '../../src/formats/common/registry.js';
import { takeSample } from '../../src/formats/common/sample.js';
import { detectText, parseText } from '../helpers/parse.js';

const ids = ['zscaler-nss-web', 'paloalto-panos', 'fortigate', 'cisco-umbrella-dns', 'cisco-umbrella-proxy'] as const;
const formats = await allFormats();

function formatOf(id: string) {
  const format = formats.get(id);
  if (format === undefined) throw new Error(`no format ${id}`);
  return format;
}
const openOf = (id: string) =>
  formatOf(id).open({ zone: 'UTC', modified: Date.UTC(2026, 2, 6), sample: takeSample('x', Buffer.alloc(0), true) });
/** The one event of a text, or what else came of it. */
async function one(id: string, text: string, zone = 'UTC'): Promise<Record<string, unknown>> {
  const { events, skips, rejects } = await parseText(id, text, { zone });
  return events[0] ?? skips[0] ?? rejects[0] ?? {};
}
const fixtureLines = (id: string): string[] => {
  const folder = join(import.meta.dirname, '../fixtures/formats', id);
  return readdirSync(folder)
    .filter((file) => !file.endsWith('.expected.json'))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split(/\r?\n/))
    .filter((line) => line !== '');
};

describe('FortiGate', () => {
  const line = (rest: string) =>
    `date=2026-03-05 time=10:15:02 devname="FG" devid="FGT1" logid="0000000013" type="traffic" subtype="forward" vd="root" srcip=10.1.2.3 dstip=198.51.100.7 ${rest}`;

  it.each([
    ['eventtime=1772702102 tz="+0500"', '2026-03-05T09:15:02Z'],
    ['eventtime=1772702102123 tz="+0500"', '2026-03-05T09:15:02.123Z'],
    ['eventtime=1772702102123456', '2026-03-05T09:15:02.123Z'],
    ['eventtime=1772702102123456789', '2026-03-05T09:15:02.123Z'],
    ['tz="-0500"', '2026-03-05T15:15:02Z'],
    ['tz="UTC-5:00" tz="+0900"', '2026-03-05T15:15:02Z'],
    ['eventtime=0', '2026-03-05T09:15:02Z'],
    ['', '2026-03-05T09:15:02Z'],
  ])('reads the time of %s', async (rest, time) => {
    expect(await one('fortigate', line(rest), 'Europe/Berlin')).toMatchObject({ time });
  });

  it.each([
    ['action="accept"', 'allowed'],
    ['action="timeout"', 'allowed'],
    ['action="server-rst"', 'allowed'],
    ['action="ip-conn"', 'allowed'],
    ['action="deny"', 'blocked'],
    ['action="close" utmaction="allow"', 'allowed'],
    ['action="close" utmaction="block"', 'blocked'],
    ['action="something new"', 'unknown'],
    ['', 'unknown'],
  ])('says of %s: %s', async (rest, action) => {
    expect(await one('fortigate', line(rest))).toMatchObject({ action });
  });

  it('takes the name of the TLS handshake for the host', async () => {
    expect(await one('fortigate', line('action="close" sni="a.acme.example"'))).toMatchObject({
      host: 'a.acme.example',
    });
  });
  it('lets no quoted value put in another field', async () => {
    const event = await one('fortigate', line('agent="x\\" user=\\"victim" user="ann" user="bob"'));
    expect(event).toMatchObject({ user: 'ann', user_agent: 'x" user="victim' });
  });

  it('takes the log type from the log id where the type is left out', async () => {
    expect(await one('fortigate', 'logid="0316013056" hostname="a.example" srcip=10.0.0.1')).toMatchObject({
      host: 'a.example',
    });
    expect(await one('fortigate', 'logid="0100032001" srcip=10.0.0.1')).toMatchObject({
      reason: 'log type without destinations',
    });
  });
});

describe('PAN-OS', () => {
  it.each([
    ['allow', 'allowed'],
    ['alert', 'allowed'],
    ['continue', 'allowed'],
    ['override', 'allowed'],
    ['block-override', 'blocked'],
    ['block-continue', 'blocked'],
    ['override-lockout', 'blocked'],
    ['reset-client', 'blocked'],
    ['drop ICMP', 'blocked'],
    ['sinkhole', 'blocked'],
    ['syncookie-sent', 'unknown'],
  ])('says of %s: %s', async (word, action) => {
    const columns = new Array<string>(40).fill('');
    columns.splice(0, 5, '1', '2026/03/05 09:15:02', '0123', 'THREAT', 'url');
    columns[7] = '10.1.2.3';
    columns[30] = word;
    columns[31] = '"a.example/"';
    expect(await one('paloalto-panos', columns.join(','))).toMatchObject({ action, host: 'a.example' });
  });

  it('takes the local time in the zone of logs without one', async () => {
    const line = '1,2026/03/05 09:15:09,0123,TRAFFIC,end,1,2026/03/05 09:15:02,10.1.2.3,198.51.100.7,a,b';
    expect(await one('paloalto-panos', line, 'America/New_York')).toMatchObject({ time: '2026-03-05T14:15:02Z' });
  });

  it('reads a line whose every field is quoted, and ISO times', async () => {
    const line = '"1","2026-03-05T09:15:09.000000Z","0123","TRAFFIC","end","1","","10.1.2.3","198.51.100.7","",""';
    expect(await one('paloalto-panos', line)).toMatchObject({ time: '2026-03-05T09:15:09Z', src_ip: '10.1.2.3' });
  });
});

describe('Zscaler NSS web', () => {
  const feed = (values: Record<string, unknown>) =>
    JSON.stringify({ sourcetype: 'zscalernss-web', event: { action: 'Allowed', url: 'a.example/', ...values } });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['Base64 of nothing', { b64url: 'None', host: 'b.example' }, { host: 'b.example', url: 'a.example/' }],
    ['a Base64 field that is none', { url: '', b64url: 'c.example/x' }, { url: 'c.example/x', host: 'c.example' }],
    ['Base64 without padding', { url: 'NA', b64url: 'ZC5leGFtcGxlL3k' }, { url: 'd.example/y', path: '/y' }],
    ['an IPv6 host', { url: '[2001:DB8::1]:8443/x' }, { host: '2001:db8::1', port: 8443, path: '/x' }],
    ['a Unicode host', { host: 'bücher.example' }, { host: 'xn--bcher-kva.example' }],
    ['the address order', { cltpubip: '203.0.113.1', cintip: '10.0.0.2', cip: '10.0.0.1' }, { src_ip: '10.0.0.1' }],
    [
      'percent-encoded values',
      { elogin: 'ann%40acme.example', eua: 'x%20y' },
      { user: 'ann%40acme.example', user_agent: 'x y' },
    ],
    ['DOMAIN\\name escaped or not', { login: 'ACME\tom' }, { user: 'ACME\\tom' }],
    ['numbers as text', { respcode: '204', requestsize: '7', respsize: 8 }, { status: 204, bytes_out: 7, bytes_in: 8 }],
    ['a code of no answer', { respcode: '0' }, {}],
    ['a time with zone', { time: 'Mon Oct 16 22:55:48 2023', tz: 'GMT' }, { time: '2023-10-16T22:55:48Z' }],
    ['an unknown zone', { datetime: '2023-10-16 22:55:48', tz: 'Nowhere' }, { time: '2023-10-16T22:55:48Z' }],
    ['names in another case', { 'Client-IP': '10.0.0.9', DeviceHostName: 'PC' }, { src_ip: '10.0.0.9', device: 'PC' }],
  ])('reads %s', async (_what, values, expected) => {
    expect(await one('zscaler-nss-web', feed(values))).toMatchObject(expected);
  });

  it.each([
    [(text: string) => ({ '@timestamp': '2026-03-05T09:15:09Z', host: { name: 'nss' }, message: text })],
    [(text: string) => ({ event: { original: `<14>Mar  5 09:15:09 nss ${text}` } })],
    [(text: string) => ({ preview: false, result: { _raw: text, host: 'nss' } })],
  ])('reads a feed that a forwarder put into JSON as text', async (wrap) => {
    const event = { action: 'Allowed', datetime: '2026-03-05 09:15:02', hostname: 'a.acme.example', user: 'anna' };
    const more = { requestmethod: 'GET', requestsize: '5', responsesize: '6', urlcategory: 'x' };
    const text = JSON.stringify(wrap(JSON.stringify({ sourcetype: 'zscalernss-web', event: { ...event, ...more } })));
    expect(await one('zscaler-nss-web', text)).toMatchObject({ host: 'a.acme.example', user: 'anna', bytes_out: 5 });
    expect(await detectText('x.json', text)).toMatchObject({ format: 'zscaler-nss-web' });
  });
  it('never takes missing words for values', async () => {
    for (const word of ['None', 'NA', 'N/A', 'Unknown', ' ', '', '-', 'none', null]) {
      const event = await one(
        'zscaler-nss-web',
        feed({ login: word, appname: word, cip: word, useragent: word, respcode: word }),
      );
      expect(Object.keys(event)).toEqual(['line', 'kind', 'action', 'host', 'url', 'path', 'vendor_format']);
    }
  });

  it('does not take LEEF, CEF or other records with a user and a URL for its own', async () => {
    for (const text of [
      'LEEF:1.0|Zscaler|NSS|4.1|Allowed|usrName=ann\turl=a.example/\treqmethod=GET\trespcode=200',
      'CEF:0|Zscaler|NSSWeblog|5.0|Allowed|Allowed|3|act=Allowed suser=ann request=a.example/ out=1 in=2',
      '{"user":"ann","url":"https://a.example/","action":"Allowed","status":200}',
    ])
      expect((await detectText('x', text)).format).not.toBe('zscaler-nss-web');
  });
});

describe('Cisco Umbrella', () => {
  it.each([
    ['AD Users', 'user'],
    ['G Suite Users', 'user'],
    ['Roaming Computers', 'device'],
    ['Anyconnect Roaming Client', 'device'],
    ['AD Computers', 'device'],
    ['Mobile Devices', 'device'],
    ['Networks', undefined],
    ['Internal Networks', undefined],
    ['Sites', undefined],
    ['Network Tunnels', undefined],
  ])('an identity of type %s is a %s', async (type, key) => {
    const dns = `"2026-03-05 09:15:01","x y","x y","10.1.2.3","","Allowed","1 (A)","NOERROR","a.example.","","${type}","${type}",""`;
    const proxy = `"2026-03-05 09:15:01","x y","10.1.2.3","","","","ALLOWED","http://a.example/","","","200","1","2","","","","","","","","","${type}",""`;
    for (const event of [await one('cisco-umbrella-dns', dns), await one('cisco-umbrella-proxy', proxy)]) {
      expect(event).toMatchObject({ host: 'a.example', src_ip: '10.1.2.3' });
      expect([event.user, event.device]).toEqual([
        key === 'user' ? 'x y' : undefined,
        key === 'device' ? 'x y' : undefined,
      ]);
    }
  });
});

describe('whatever the input', () => {
  const cuts = fc.array(fc.record({ at: fc.nat(600), drop: fc.nat(20), put: fc.string({ maxLength: 6 }) }), {
    maxLength: 3,
  });
  const mutated = (lines: readonly string[]) =>
    fc
      .tuple(fc.constantFrom(...lines), cuts)
      .map(([line, changes]) =>
        changes.reduce((text, { at, drop, put }) => text.slice(0, at) + put + text.slice(at + drop), line),
      );
  const check = (outcome: Outcome, id: string): number => {
    if (isSkip(outcome) || isReject(outcome)) return 0;
    const drafts = (Array.isArray(outcome) ? outcome : [outcome]) as readonly EventDraft[];
    for (const draft of drafts) {
      const event = completeEvent(draft, 1, id);
      expect(formatOf(id).kinds).toContain(event.kind);
      expect(actions).toContain(event.action);
      for (const value of Object.values(event)) expect([undefined, '', '-']).not.toContain(value);
    }
    return drafts.length;
  };

  it.each(ids)('%s never throws, and its events hold values only', (id) => {
    const lines = fixtureLines(id);
    const reader = openOf(id);
    const blank = (text: string) => text.trim() === '';
    fc.assert(
      fc.property(fc.oneof(mutated(lines), fc.string({ maxLength: 300 })), (text) => {
        if (!blank(text)) check(reader.read(text), id);
        formatOf(id).detect(takeSample('x', Buffer.from(text), true));
      }),
      { seed: 20260305, numRuns: 2000 },
    );
  });

  it.each(ids.filter((id) => formats.get(id)?.ordinary !== undefined))(
    '%s gives one event for each line that the speed path counts, under any header',
    (id) => {
      const lines = fixtureLines(id);
      const { ordinary } = formatOf(id);
      const fastLines = lines.filter((line) => ordinary?.(Buffer.from(line), 0, Buffer.byteLength(line)));
      const reader = openOf(id);
      let counted = 0;
      fc.assert(
        fc.property(fc.oneof(mutated(fastLines), mutated(lines)), fc.nat(3), (line, shift) => {
          const text = line.replace(/[\r\n]/g, ' ');
          const bytes = Buffer.from(`${'x'.repeat(shift)}${text}\n${text}`);
          const fast = ordinary?.(bytes, shift, shift + Buffer.byteLength(text)) ?? false;
          const events = text.trim() === '' ? 0 : check(reader.read(text), id);
          if (fast) expect(events).toBe(1);
          counted += Number(fast);
        }),
        { seed: 20260305, numRuns: 5000 },
      );
      expect(counted).toBeGreaterThan(500);
    },
  );

  it.each(ids)('%s takes no more than linear time on long hostile lines', (id) => {
    const reader = openOf(id);
    const starts = [
      '',
      '"',
      '{"',
      'date=',
      '1,2026/03/05 09:15:02,0123,TRAFFIC,end,',
      '"Thu Mar  5 09:15:02 2026","',
      'a=',
    ];
    const fills = [' ', ',', '"', '=', '\\', '\t', 'a=', ' a=', ',"', '{', 'a,', '%', '<1>', '": ', '"" ', 'AD Users,'];
    for (const start of starts)
      for (const fill of fills) {
        const text = start + fill.repeat(400_000 / fill.length);
        const began = performance.now();
        if (text.trim() !== '') reader.read(text);
        expect(performance.now() - began, `${start}${fill}`).toBeLessThan(1500);
      }
  });
});
