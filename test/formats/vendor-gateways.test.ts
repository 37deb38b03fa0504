import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectText, parseText } from '../helpers/parse.js';

/** The one event of a text, or what else came of it. */
async function one(id: string, text: string, zone = 'UTC'): Promise<Record<string, unknown>> {
  const { events, skips, rejects } = await parseText(id, text, { zone });
  return events[0] ?? skips[0] ?? rejects[0] ?? {};
}
const json = (values: object) => JSON.stringify(values);

describe('Check Point', () => {
  const line = (rest: string) =>
    `<134>1 2026-11-22T09:15:02Z gw CheckPoint 1 - [loguid:"{1}"; origin:"10.0.0.1"; product:"x"; src:"10.1.2.3"; dst:"203.0.113.8"; ${rest}]`;

  it.each([
    ['Accept', 'allowed'],
    ['Detect', 'allowed'],
    ['Encrypt', 'allowed'],
    ['HTTPS Inspect', 'allowed'],
    ['Inform User', 'allowed'],
    ['Drop', 'blocked'],
    ['Reject', 'blocked'],
    ['Block', 'blocked'],
    ['Prevent', 'blocked'],
    ['Ask User', 'unknown'],
    ['Redirect', 'unknown'],
    ['Something new', 'unknown'],
  ])('says of %s: %s', async (word, action) => {
    expect(await one('checkpoint', line(`action:"${word}"`))).toMatchObject({ kind: 'web', action });
  });

  it.each([
    ['time:"1795338904"', '2026-11-22T09:15:04Z'],
    ['time:"1795338904123"', '2026-11-22T09:15:04.123Z'],
    ['time:"2026-11-22 10:15:04"', '2026-11-22T09:15:04Z'],
    ['', '2026-11-22T09:15:02Z'],
  ])('reads the time of %s', async (rest, time) => {
    expect(await one('checkpoint', line(`action:"Drop"; ${rest}`), 'Europe/Berlin')).toMatchObject({ time });
  });

  it('lets no value put in another field, whatever is escaped in it', async () => {
    const event = await one(
      'checkpoint',
      line(`action:"Drop"; user_agent:"x\\"; user:\\"eve\\"; dst:\\"192.0.2.9\\" \\] "; user:"ann"`),
    );
    expect(event).toMatchObject({
      user: 'ann',
      dst_ip: '203.0.113.8',
      user_agent: 'x"; user:"eve"; dst:"192.0.2.9" ]',
    });
  });

  it('leaves CEF and LEEF to their formats', async () => {
    const cef =
      'CEF:0|Check Point|VPN-1 & FireWall-1|1|Accept|https|0|act=Accept src=10.1.2.3 dst=203.0.113.8 loguid={1} origin=10.0.0.1 ifname=eth0\n';
    expect(await detectText('x', cef)).toMatchObject({ format: 'cef' });
  });
});

describe('Untangle', () => {
  const event = (name: string, values: object) =>
    `<174>Nov 22 10:15:01 fw INFO  uvm[0]:  ${json({ class: `class com.untangle.${name}`, timeStamp: '2026-11-22 10:15:01.5', ...values })}`;
  const sessionEvent = { CClientAddr: '/10.1.2.3', CServerAddr: 'a.example/203.0.113.8', CServerPort: 443 };

  it('counts the bytes of a connection once: at its end', async () => {
    const { events } = await parseText(
      'untangle',
      [
        event('uvm.app.SessionEvent', { ...sessionEvent, c2pBytes: 7 }),
        event('uvm.app.SessionMinuteEvent', { sessionId: 1, c2sBytes: 100, s2cBytes: 200 }),
        event('uvm.app.SessionStatsEvent', { sessionEvent, c2pBytes: 100, p2cBytes: 200 }),
      ].join('\n'),
    );
    expect(events.map(({ bytes_out, bytes_in }) => [bytes_out, bytes_in])).toEqual([
      [undefined, undefined],
      [100, 200],
    ]);
    expect(events[0]).toMatchObject({ src_ip: '10.1.2.3', dst_ip: '203.0.113.8', time: '2026-11-22T10:15:01.500Z' });
  });

  it('takes its local time in the zone of logs without one', async () => {
    const text = event('app.web_filter.WebFilterEvent', {
      requestLine: 'GET http://a.example/x',
      blocked: true,
      sessionEvent,
    });
    expect(await one('untangle', text, 'Europe/Berlin')).toMatchObject({
      time: '2026-11-22T09:15:01.500Z',
      host: 'a.example',
      action: 'blocked',
    });
  });
});

describe('JSON of cloud gateways', () => {
  const base: Record<string, object> = {
    'netskope-events': { type: 'connection', access_method: 'Client', ccl: 'low', domain: 'a.example', user: 'ann' },
    'menlo-web': { userid: 'ann', domain: 'a.example', pe_action: 'allow', 'x-client-ip': '10.0.0.1' },
    cato: {
      event_type: 'Security',
      event_sub_type: 'Internet Firewall',
      src_site_name: 'x',
      rule_name: 'y',
      domain_name: 'a.example',
    },
    'zscaler-zpa-browser': {
      Host: 'a.example',
      URL: '/',
      NameID: 'ann',
      StatusCode: 200,
      RequestSize: 1,
      Customer: 'Acme',
    },
    'barracuda-cloudgen': { vendor: 'Barracuda', src_ip: '10.0.0.1', dst_ip: '203.0.113.8', domain: 'a.example' },
  };
  const timeKey: Record<string, string> = {
    'menlo-web': 'event_time',
    cato: 'time',
    'zscaler-zpa-browser': 'LogTimestamp',
  };

  describe.each(Object.keys(base))('%s', (id) => {
    const record = (values: object) => json({ ...base[id], ...values });

    it.each([1795338904, 1795338904123, 1795338904123456, '1795338904123456789', '1795338904', '2026-11-22T09:15:04Z'])(
      'reads the time %s',
      async (stamp) => {
        const { time } = await one(id, record({ [timeKey[id] ?? 'timestamp']: stamp }));
        expect(String(time).slice(0, 19)).toBe('2026-11-22T09:15:04');
      },
    );

    it('finds its fields whatever their case and separators, and is detected', async () => {
      const spelt = (spell: (key: string) => string) => {
        const object = JSON.parse(record({ [timeKey[id] ?? 'timestamp']: 1795338904 })) as Record<string, unknown>;
        return json(Object.fromEntries(Object.entries(object).map(([key, value]) => [spell(key), value])));
      };
      const plain = await one(
        id,
        spelt((key) => key),
      );
      expect(plain).toMatchObject({ kind: 'web', host: 'a.example' });
      for (const spell of [
        (key: string) => key.toUpperCase(),
        (key: string) => key.replace(/_/g, '-'),
        (key: string) => key.replace(/_(\w)/g, (_all, c: string) => c.toUpperCase()),
      ]) {
        expect(await one(id, spelt(spell))).toEqual(plain);
        expect(await detectText('x.json', spelt(spell))).toMatchObject({ format: id });
      }
    });

    it('leaves out what means that there is nothing', async () => {
      for (const nothing of ['', '-', ' ', 'N/A', 'None', 'null', '(null)', null]) {
        const empty = {
          user_agent: nothing,
          UserAgent: nothing,
          device_name: nothing,
          method: nothing,
          dst_port: nothing,
          action: nothing,
          client_bytes: nothing,
        };
        const event = await one(id, record(empty));
        for (const key of ['user_agent', 'device', 'method', 'port', 'bytes_out'])
          expect(event).not.toHaveProperty(key);
      }
    });

    it('is read where few fields tell what it is, as the format is stated', async () => {
      expect(await one(id, json({ timestamp: 1795338904, user: 'ann', url: 'https://b.example/x' }))).toMatchObject({
        host: 'b.example',
        vendor_format: id,
      });
    });
  });
});

it.each([
  ['netskope-events', { type: 'audit', timestamp: 1795338904, user: 'root' }],
  ['netskope-events', { type: 'infrastructure', timestamp: 1795338904, alarm_name: 'x' }],
  ['cato', { event_type: 'Connectivity', time: 1795338904000 }],
  ['cato', { event_type: 'Audit', event_sub_type: 'Admin Activity', time: 1795338904000 }],
  ['menlo-web', { event_time: '2026-11-22T09:15:02', userid: 'root', name: 'login' }],
  ['zscaler-zpa-browser', { LogTimestamp: 'Sun Nov 22 09:15:02 2026', Username: 'ann', SessionStatus: 'x' }],
  ['untangle', { class: 'com.untangle.uvm.event.AlertEvent', timeStamp: 1795338904000 }],
  ['barracuda-cloudgen', { vendor: 'Barracuda', timestamp: 1795338904, message: 'x' }],
])('%s skips a record of another kind, and rejects a broken one', async (id, record) => {
  const { skips, rejects } = await parseText(id, `${json(record)}\n${json(record).slice(0, -3)}\n`);
  expect([skips.map(({ line }) => line), rejects.map(({ line }) => line)]).toEqual([[1], [2]]);
});

describe('Netskope', () => {
  it.each([
    [{ action: 'block' }, 'blocked'],
    [{ action: 'quarantine' }, 'blocked'],
    [{ action: 'allow' }, 'allowed'],
    [{ action: 'alert' }, 'allowed'],
    [{ action: 'bypass' }, 'allowed'],
    [{ action: 'useralert' }, 'unknown'],
    [{ action: 'something' }, 'unknown'],
    [{ activity: 'Login Failed' }, 'blocked'],
    [{ activity: 'Upload' }, 'allowed'],
    [{ server_bytes: 10 }, 'allowed'],
    [{ server_bytes: 0 }, 'unknown'],
  ])('says of %j: %s', async (values, action) => {
    const record = {
      type: 'application',
      access_method: 'Client',
      ccl: 'low',
      domain: 'a.example',
      timestamp: 1795338904,
    };
    expect(await one('netskope-events', json({ ...record, ...values }))).toMatchObject({ action });
  });
});

describe('Zscaler NSS firewall', () => {
  it.each([
    ['Allow', 'allowed'],
    ['Allow due to insufficient app data', 'allowed'],
    ['Drop', 'blocked'],
    ['Block/Reset', 'blocked'],
    ['Block ICMP', 'blocked'],
    ['IPS Drop', 'blocked'],
    ['Evaluating', 'unknown'],
  ])('says of %s: %s', async (word, action) => {
    const text = json({
      sourcetype: 'zscalernss-fw',
      event: {
        datetime: 'Sun Nov 22 09:15:02 2026',
        csip: '10.0.0.1',
        cdip: '203.0.113.8',
        nwsvc: 'HTTPS',
        action: word,
      },
    });
    expect(await one('zscaler-nss-firewall', text)).toMatchObject({ kind: 'web', action });
  });
});

describe('Skyhigh and McAfee Web Gateway', () => {
  it('follows the field line where a file has one, and each new one', async () => {
    const log = `#time_stamp "auth_user" src_ip status_code "req_line" bytes_from_client bytes_to_client
[22/Nov/2026:09:15:02 +0000] "ann" 10.1.2.3 200 "GET http://a.example/ HTTP/1.1" 7 8
#time_stamp src_ip "req_line" "user_agent" "auth_user" "block_res"
[22/Nov/2026:09:15:03 +0000] 10.1.2.4 "GET http://b.example/ HTTP/1.1" "x" "bob" "7"`;
    expect((await parseText('skyhigh-swg', log)).events).toMatchObject([
      { user: 'ann', host: 'a.example', bytes_out: 7, bytes_in: 8, action: 'allowed' },
      { user: 'bob', host: 'b.example', src_ip: '10.1.2.4', action: 'blocked' },
    ]);
  });
});

describe('Forcepoint', () => {
  it.each([
    ['22/11/2026 09:15:02', '2026-11-22T09:15:02Z'],
    ['11/22/2026 9:15:02 AM', '2026-11-22T09:15:02Z'],
    ['2026-11-22T09:15:02Z', '2026-11-22T09:15:02Z'],
    ['22 Nov 2026 09:15:02', '2026-11-22T09:15:02Z'],
  ])('reads the date %s', async (date, time) => {
    const csv = `Date & Time,User,URL - Full,Action,Category\n${date},ann,https://a.example/,Allowed,x\n`;
    const { events } = await parseText('forcepoint-web-csv', csv);
    expect(events).toMatchObject([{ time, host: 'a.example', action: 'allowed' }]);
  });

  it('does not take the CSV of others for its own', async () => {
    for (const csv of [
      'time,user,host,url,action\n2026-11-22T09:15:02Z,ann,a.example,/,allowed\n',
      'datetime,login,url,action,reqmethod,respcode,useragent,policy\nx,y,a.example/,Allowed,GET,200,z,p\n',
    ])
      expect((await detectText('x.csv', csv)).format).not.toBe('forcepoint-web-csv');
  });
});

it('a log field holding a line of another field cannot change what the line says', async () => {
  const value = fc.string({ maxLength: 60 }).filter((text) => !/[\r\n]/.test(text));
  await fc.assert(
    fc.asyncProperty(value, async (text) => {
      const quoted = text.replace(/[\\"\]]/g, '\\$&');
      const line = `<134>1 2026-11-22T09:15:02Z gw CheckPoint 1 - [loguid:"{1}"; origin:"10.0.0.1"; user_agent:"${quoted}"; src:"10.1.2.3"; dst:"203.0.113.8"; action:"Drop"]`;
      expect(await one('checkpoint', line)).toMatchObject({
        src_ip: '10.1.2.3',
        dst_ip: '203.0.113.8',
        action: 'blocked',
      });
    }),
    { seed: 20261122, numRuns: 200 },
  );
});
