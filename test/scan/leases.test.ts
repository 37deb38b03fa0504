import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runScan } from '../../src/cli/common/scan-run.js';

const folder = mkdtempSync(join(tmpdir(), 'halflight-leases-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  utimesSync(path, 1_795_348_800, 1_795_348_800); // 2026-11-22T12:00:00Z: syslog has no year
  return path;
};

const people = file(
  'people.csv',
  'id,email,name,group,aliases\njane,jane@acme.example,Jane,Sales,device:LT-0042\nmax,max@acme.example,Max,Legal,\n',
);
const dhcp = file(
  'dhcpd.log',
  `Nov 22 08:00:01 dhcp1 dhcpd[812]: DHCPACK on 10.20.0.15 to 3c:52:82:aa:10:01 (LT-0042) via eth0
Nov 22 09:00:01 dhcp1 dhcpd[812]: DHCPRELEASE of 10.20.0.15 from 3c:52:82:aa:10:01 (LT-0042) via eth0 (found)
Nov 22 09:30:01 dhcp1 dhcpd[812]: DHCPACK on 10.20.0.15 to 3c:52:82:aa:10:02 (LT-0099) via eth0
`,
);
const vpn = file(
  'vpn.csv',
  'address,start,end,user\n10.60.0.4,2026-11-22T08:00:00Z,2026-11-22T10:00:00Z,max@acme.example\n',
);
const visits = [
  ['08:30', '10.20.0.15'],
  ['09:12', '10.20.0.15'],
  ['09:48', '10.20.0.15'],
  ['09:00', '10.60.0.4'],
  ['11:00', '10.60.0.4'],
] as const;
const squid = file(
  'squid.log',
  visits
    .map(
      ([clock, client]) =>
        `${Date.parse(`2026-11-22T${clock}:00Z`) / 1000}.000    120 ${client} TCP_MISS/200 5000 GET https://chatgpt.com/ - HIER_DIRECT/192.0.2.1 text/html\n`,
    )
    .join(''),
);
const request = { people, zone: 'UTC', logZone: 'UTC', since: undefined, until: undefined };

describe('scan --leases', () => {
  it('gives each address to who had it when the event was', async () => {
    const { usage, incomplete } = await runScan([squid], { ...request, leases: [dhcp, vpn] });
    expect(incomplete).toEqual([]);
    expect(usage.map(({ actor, events }) => `${actor.kind} ${actor.id} ${events}`).sort()).toEqual([
      'address 10.20.0.15 1',
      'address 10.60.0.4 1',
      'device lt-0099 1',
      'person jane 1',
      'person max 1',
    ]);
  });

  it('says the same with several threads', async () => {
    const copies = [1, 2, 3].map((n) =>
      file(
        `copy-${n}.log`,
        visits
          .map(
            ([clock, client]) =>
              `${Date.parse(`2026-11-22T${clock}:0${n}Z`) / 1000}.000    120 ${client} TCP_MISS/200 5000 GET https://chatgpt.com/ - HIER_DIRECT/192.0.2.1 text/html\n`,
          )
          .join(''),
      ),
    );
    const [one, many] = [
      await runScan(copies, { ...request, leases: [dhcp, vpn], threads: 1 }),
      await runScan(copies, { ...request, leases: [dhcp, vpn], threads: 3 }),
    ];
    expect(many.usage).toEqual(one.usage);
    expect(many.usage.some(({ actor }) => actor.id === 'jane')).toBe(true);
  });

  it('says when leases lie among the logs, or where none are', async () => {
    const among = await runScan([squid, dhcp], request);
    expect(among.report.problems.join('\n')).toMatch(/dhcpd\.log says who had which address: name it with --leases/);
    const none = await runScan([squid], { ...request, leases: [squid, join(folder, 'no-such-file')] });
    expect(none.report.problems.join('\n')).toMatch(/squid\.log was named with --leases and holds no leases/);
    expect(none.incomplete.join('\n')).toMatch(/no-such-file/);
  });
});
