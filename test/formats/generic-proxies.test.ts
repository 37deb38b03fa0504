import { describe, expect, it } from 'vitest';
import type { Format } from '../../src/core/format.js';
import { allFormats } from '../../src/formats/common/registry.js';
import { takeSample } from '../../src/formats/common/sample.js';
import { parseText } from '../helpers/parse.js';

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

describe('squid-common', () => {
  it('reads a time without brackets, behind a syslog header too', async () => {
    const text =
      '10.1.2.3 - kim 22/Nov/2026:10:00:01 +0100 "CONNECT x.example:443 HTTP/1.1" 200 7 TCP_TUNNEL:HIER_DIRECT';
    for (const header of ['', '<134>Nov 22 10:00:01 gw squid[7]: ', '1 2026-11-22T10:00:01Z gw squid 7 - - '])
      expect(await first('squid-common', header + text)).toMatchObject({
        time: '2026-11-22T09:00:01Z',
        src_ip: '10.1.2.3',
        user: 'kim',
        host: 'x.example',
        bytes_in: 7,
      });
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
  it.each([
    ['s-action sc-status', 'Blocked 200', 'blocked'],
    ['s-action sc-status', 'ALLOWED 403', 'allowed'],
    ['s-action sc-filter-result', 'TCP_TUNNELED OBSERVED', 'allowed'],
    ['s-action sc-status', 'FAILED 503', 'allowed'],
    ['s-action sc-status', 'TCP_POLICY_REDIRECT 302', 'allowed'],
    ['x-action sc-status', 'deny 200', 'blocked'],
    ['s-operation sc-status', 'GET 12202', 'blocked'],
    ['s-operation sc-status', 'GET 12157', 'unknown'],
  ])('%s: %s is %s', async (names, values, action) => {
    expect(await first('elff', `#Fields: c-ip cs-host ${names}\n10.1.2.3 x.example ${values}`)).toMatchObject({
      action,
    });
  });
  it('s-ip is the destination only where the server writes the log', async () => {
    const names = '#Fields: c-ip cs-host s-ip s-sitename';
    expect(await first('elff', `${names}\n10.1.2.3 x.example 10.9.0.1 W3SVC1`)).toMatchObject({ dst_ip: '10.9.0.1' });
    expect(await first('elff', `${names} s-action\n10.1.2.3 x.example 10.9.0.1 SG TCP_HIT`)).not.toHaveProperty(
      'dst_ip',
    );
  });
  it('#Date as in the draft gives the day of times without one', async () => {
    const text = '#Date: 22-Nov-2026 00:00:00\n#Fields: time cs-method cs-host\n00:34:23 GET x.example';
    expect(await first('elff', text)).toMatchObject({ time: '2026-11-22T00:34:23Z' });
  });
  it('cs-ip is no client', async () => {
    const event = await first('elff', '#Fields: cs-ip cs-host\n203.0.113.9 x.example');
    expect(event).not.toHaveProperty('src_ip');
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
    [{ query: 'x.example', rcode_name: 'NOERROR' }, 'allowed'],
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
    ['act=REQ_PASSED', 'allowed'],
    ['act=REQ_BLOCKED_SECURITY', 'blocked'],
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
    ['FTNTFGTeventtime=1795341601000000000', '2026-11-22T10:00:01Z'],
    ['timestamp=1795341601', '2026-11-22T10:00:01Z'],
    ['rt=soon', undefined],
  ])('%s', async (field, time) => {
    expect((await first('cef', `CEF:0|Acme|G|1|1|x|1|dhost=x.example ${field}`, 'Europe/Berlin'))?.time).toBe(time);
  });
  it.each([
    [
      'cat=dns:dns-query src=10.1.2.3 dst=10.0.0.53 FTNTFGTqname=X.example. act=pass',
      { kind: 'dns', host: 'x.example' },
    ],
    ['dst=203.0.113.9 suid=55', { kind: 'web', dst_ip: '203.0.113.9' }],
    ['destinationServiceName=Acme AI suser=kim', { kind: 'signin', app: 'Acme AI', user: 'kim' }],
  ])('CEF %s', async (extension, expected) => {
    const event = await first('cef', `CEF:0|Acme|G|1|LOGIN|Log on|1|${extension}`);
    expect(event).toMatchObject(expected);
    if (!('user' in expected)) expect(event).not.toHaveProperty('user');
  });
  it('CEF without a destination that is no sign-in is skipped', async () => {
    const { skips } = await parseText(
      'cef',
      'CEF:0|Acme|G|1|7|Policy changed|1|destinationServiceName=Acme AI suser=kim',
    );
    expect(skips).toEqual([{ line: 1, reason: 'no destination in the record' }]);
  });
  it("LEEF with ProxySG's own names, Forcepoint's statuses, a DNS record", async () => {
    const names =
      's-action=TCP_NC_MISS\tcs-method=GET\tcs-bytes=3\tsc-bytes=9\tcs(User-Agent)=a/1\tproxyStatus-code=200';
    expect(await first('leef', `LEEF:1.0|Acme|G|1|200|url=https://x.example/a\t${names}`)).toMatchObject({
      action: 'allowed',
      method: 'GET',
      bytes_out: 3,
      bytes_in: 9,
      user_agent: 'a/1',
      status: 200,
    });
    const query = 'LEEF:1.0|Acme|G|1|DNS|src=10.1.2.3\tdomain=x.example.\tqueryType=1 (A)\taction=Blocked';
    expect(await first('leef', query)).toMatchObject({ kind: 'dns', host: 'x.example', action: 'blocked' });
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
