import { createSocket } from 'node:dgram';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredFinding } from '../../src/core/finding-state.js';
import { telemetryMark, telemetryVersion } from '../../src/core/telemetry.js';
import { freePort } from '../kill/own-servers.js';
import { Site, until } from '../kill/site.js';

const forged = 10_000;
const people = `id,email,name,group,aliases
e1,ann@acme.example,Ann Abt,Sales,ACME\\ann
e2,bob@acme.example,Bob Berg,Sales,ACME\\bob
`;
const seconds = Math.floor(Date.now() / 1000) - 7200;

/** A line of a proxy that says that somebody used ChatGPT. */
const proxyLine = (n: number, user: string): string =>
  `${seconds + (n % 3600)}.000     10 10.0.0.7 TCP_TUNNEL/200 500 CONNECT chatgpt.com:443 ${user} HIER_DIRECT/203.0.113.7 -\n`;
const firewallLine = (n: number, user: string): string =>
  `<189>date=2026-03-05 time=10:15:02 devname="FG" devid="FGT1" logid="0317013312" type="utm" subtype="webfilter" vd="root" ` +
  `eventtime=${seconds + (n % 3600)} srcip=10.1.2.3 dstip=198.51.100.7 dstport=443 hostname="chatgpt.com" url="/" user="${user}" action="passthrough" sentbyte=90000000\n`;
const forgedLines = (line: (n: number, user: string) => string): string[] =>
  Array.from({ length: forged }, (_, n) => line(n, 'ACME\\bob'));

describe('forged data in a running service', () => {
  const site = new Site({ kind: 'embedded' });
  const logs = join(site.folder, 'logs');
  let [udp, tcp] = [0, 0];
  const events = async (where: string): Promise<number> =>
    Number((await site.query<{ n: string | null }>(`select sum(events) as n from usage where ${where}`))[0]?.n ?? 0);
  const findings = async (): Promise<StoredFinding[]> =>
    (await site.query<{ body: StoredFinding }>('select body from finding order by id')).map(({ body }) => body);
  const settled = (): Promise<void> =>
    until('nothing is left to do', async () => {
      const [row] = await site.query<{ n: string }>(
        `select (select count(*) from chunk where state = 'pending') + (select count(*) from reconcile_due) as n`,
      );
      return Number(row?.n) === 0;
    });
  const send = async (path: string, token: string, type: string, body: string): Promise<number> => {
    const answer = await fetch(`${site.url}${path}`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${token}`, 'content-type': type },
    });
    await answer.arrayBuffer();
    return answer.status;
  };

  beforeAll(async () => {
    mkdirSync(logs);
    writeFileSync(join(site.folder, 'people.csv'), people);
    [udp, tcp] = [await freePort(), await freePort()];
    const syslog = (protocol: string, port: number) => ({ protocol, host: '127.0.0.1', port });
    site.configure({
      people: join(site.folder, 'people.csv'),
      sources: [
        { id: 'datagrams', kind: 'syslog', format: 'fortigate', options: syslog('udp', udp) },
        { id: 'streams', kind: 'syslog', format: 'fortigate', options: syslog('tcp', tcp) },
        { id: 'files', kind: 'upload' },
        { id: 'strangers', kind: 'push', format: 'squid', provenance: 'claimed' },
        { id: 'agents', kind: 'push' },
        { id: 'proxy', kind: 'folder', format: 'squid', every: '1s', options: { path: logs } },
      ],
      channels: [
        {
          id: 'soc',
          kind: 'webhook',
          notices: ['finding.opened', 'finding.changed', 'finding.reopened', 'finding.resolved'],
          options: { url: 'http://127.0.0.1:9/' },
        },
      ],
      ports: [9],
    });
    await site.prepare();
    await site.start('serve').ready;
  });
  afterAll(() => site.close());

  it('A1 ten thousand forged events by every path make no finding about a person, and each shows its provenance', async () => {
    const socket = createSocket('udp4');
    for (const [n, line] of forgedLines(firewallLine).entries()) {
      socket.send(line, udp, '127.0.0.1');
      if (n % 100 === 99) await sleep(5);
    }
    const stream = connect(tcp, '127.0.0.1');
    stream.end(forgedLines(firewallLine).join(''));

    const [files, strangers] = [await site.token('files'), await site.token('strangers')];
    const lines = forgedLines(proxyLine).join('');
    expect(await send('/v1/push', 'hlf_made.up', 'text/plain', lines)).toBe(401);
    await until('a new token is known', async () => (await send('/v1/push', strangers, 'text/plain', lines)) === 202);
    const expenses = Array.from(
      { length: forged },
      (_, n) => `2026-03-05,OPENAI *CHATGPT SUBSCR,${20 + n / 100},EUR,Bob Berg,bob@acme.example\n`,
    ).join('');
    const header = 'Date,Merchant,Amount,Currency,Employee Name,Employee Email\n';
    await until('the upload is taken', async () =>
      [200, 202].includes(
        await send('/v1/upload?name=claims.csv', files, 'application/octet-stream', header + expenses),
      ),
    );

    // Records as the telemetry receiver stamps them, by who is no such receiver: a stamp is worth nothing where anybody can write it.
    const stamp = { [telemetryMark]: telemetryVersion, type: 'visit', identity: 'reported', user: 'bob@acme.example' };
    const stamped = Array.from({ length: forged }, (_, n) => {
      const at = new Date((seconds + (n % 3600)) * 1000).toISOString();
      return `${JSON.stringify({ ...stamp, host: 'chatgpt.com', at, id: `n${n}` })}\n`;
    }).join('');
    const agents = await site.token('agents');
    await until(
      'the token of agents is known',
      async () => (await send('/v1/push', agents, 'application/x-ndjson', stamped)) === 202,
    );

    await until(
      'all that was sent is counted',
      async () => {
        const counted = await Promise.all(
          ['streams', 'files', 'strangers', 'agents'].map((id) => events(`source = '${id}'`)),
        );
        return counted.every((n) => n === forged) && (await events(`source = 'datagrams'`)) > 0;
      },
      60_000,
    );
    await settled();

    expect(await events(`provenance in ('observed', 'reported')`)).toBe(0);
    expect(await events(`provenance = 'claimed'`)).toBe(3 * forged);
    expect(await events(`provenance = 'unauthenticated'`)).toBe(await events(`source in ('datagrams', 'streams')`));
    const evidence = await site.query<{ source: string; provenance: string }>(
      `select distinct k.source, e.provenance from evidence e join chunk k on k.id = e.chunk_id order by k.source`,
    );
    expect(evidence).toEqual([
      { source: 'agents', provenance: 'claimed' },
      { source: 'datagrams', provenance: 'unauthenticated' },
      { source: 'files', provenance: 'claimed' },
      { source: 'strangers', provenance: 'claimed' },
      { source: 'streams', provenance: 'unauthenticated' },
    ]);

    const found = await findings();
    expect(found.length).toBeGreaterThan(0);
    for (const finding of found) {
      expect(finding).toMatchObject({
        state: 'watched',
        people: 0,
        claimedOnly: true,
        groups: [],
        signals: [],
        openedAt: null,
      });
      expect(['claimed', 'unauthenticated']).toContain(finding.provenance);
      expect(finding.reason).toContain('It rests on claimed or unauthenticated data alone');
      expect(JSON.stringify(finding)).not.toMatch(/bob|Sales|e2/i);
    }
    expect(await site.query('select id from outbox')).toEqual([]);
  }, 120_000);

  it('A1 what is observed beside them is a finding of its own people, with its own numbers', async () => {
    appendFileSync(join(logs, 'access.log'), proxyLine(1, 'ACME\\ann') + proxyLine(2, 'ACME\\ann'));
    await until('it is counted', async () => (await events(`provenance = 'observed'`)) === 2);
    await until('it is a finding', async () => (await findings()).some(({ state }) => state === 'open'));
    await settled();
    const open = (await findings()).filter(({ state }) => state === 'open');
    expect(open).toHaveLength(1);
    expect(open[0]).toMatchObject({
      id: 'chatgpt/unknown',
      people: 1,
      actors: 1,
      events: 2,
      bytesOut: 0,
      provenance: 'observed',
      claimedOnly: false,
    });
    expect(open[0]?.unverified.events).toBeGreaterThan(forged);
    expect(open[0]?.reason).toMatch(
      /more events that \d+ actors? (is|are) said to have caused are only claimed or unauthenticated/,
    );
  });
});
