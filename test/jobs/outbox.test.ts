import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createSocketServer } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Channel } from '../../src/alerts/common/channel.js';
import { channel as email } from '../../src/alerts/email.js';
import { channel as slack } from '../../src/alerts/slack.js';
import { channel as webhook } from '../../src/alerts/webhook.js';
import type { Notice } from '../../src/core/notice.js';
import { deliver } from '../../src/jobs/deliver.js';
import { loadAudit, verifyAudit } from '../../src/store/audit.js';
import { registerInstance, removeInstance } from '../../src/store/instances.js';
import { freeOrphans, leasesOf } from '../../src/store/leases.js';
import { addNotice, gatherDeliveries, nextDelivery, takeDeliveries, waitingChannels } from '../../src/store/outbox.js';
import type { Db } from '../../src/store/tables.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { clear, dayMs, noon, setupOf, type TestService, testService } from './helpers.js';

// F33: endpoints that fail in every way, over real sockets; only the clock of the service is set.

const channels = new Map<string, Channel>([
  ['webhook', webhook as Channel],
  ['slack', slack as Channel],
  ['email', email as Channel],
]);

/** A receiver of webhooks: what it took, by id, in the order of the first effect. `answer` decides; undefined: it takes it. */
class Receiver {
  readonly effects: string[] = [];
  requests = 0;
  answer: RequestListener | undefined;
  readonly #server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      this.requests++;
      if (this.answer !== undefined) return void this.answer(request, response);
      const { id } = (JSON.parse(Buffer.concat(parts).toString()) as { data: { id: string } }).data;
      if (!this.effects.includes(id)) this.effects.push(id);
      response.writeHead(204).end();
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const receivers: Receiver[] = [];
afterAll(() => {
  for (const receiver of receivers) receiver.close();
});
const aReceiver = async (): Promise<{ receiver: Receiver; url: string }> => {
  const receiver = new Receiver();
  receivers.push(receiver);
  return { receiver, url: await receiver.listen() };
};

const notice = (n: number, subject = `s${n % 7}`): Notice => ({
  id: `n${n}`,
  kind: 'finding.opened',
  at: noon,
  title: 'title',
  text: 'text',
  subject,
  severity: 'info',
  details: {},
});
const netOf = (...urls: string[]) => ({ allow: ['127.0.0.1'], ports: urls.map((url) => Number(new URL(url).port)) });
const signal = new AbortController().signal;

const toWebhooks = (urls: Record<string, string>, timeout = 1) =>
  setupOf({
    net: netOf(...Object.values(urls)),
    channels: Object.entries(urls).map(([id, url]) => ({
      id,
      kind: 'webhook',
      notices: [],
      options: webhook.options.parse({ url, timeout }),
    })),
  });

/** Lets virtual time go by: at each bell that is due, deliveries are made. Returns how often. */
async function during(made: TestService, ms: number): Promise<number> {
  const end = made.clock.now + ms;
  let rounds = 0;
  for (;;) {
    await deliver(made.context, signal);
    rounds++;
    const next = Math.min(...made.rings.splice(0).map(({ options }) => made.clock.now + (options?.delay ?? 0)));
    if (next > end) break;
    made.clock.now = next;
  }
  made.clock.now = end;
  return rounds;
}

const states = async (db: Db, channel: string) =>
  Object.fromEntries(
    (
      await sql<{ state: string; n: number }>`
        select state, count(*)::int as n from outbox where channel = ${channel} group by 1`.execute(db)
    ).rows.map(({ state, n }) => [state, n]),
  );

await describeOnDatabases('F33 the outbox', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
  });
  beforeEach(() => clear(db));

  const ways: Record<string, RequestListener> = {
    'is down (connections are cut)': (request) => void request.socket.destroy(),
    'answers 503': (_request, response) => void response.writeHead(503).end(),
    'resets in the middle of its answer': (request, response) => {
      response.writeHead(500, { 'content-length': '100' });
      response.write('half');
      (request.socket as Socket).resetAndDestroy();
    },
    // Slower than its timeout: 29 s and 30 s, scaled down.
    'is too slow': (_request, response) => void setTimeout(() => response.writeHead(503).end(), 1500).unref(),
    'answers 429 with Retry-After': (_request, response) =>
      void response.writeHead(429, { 'retry-after': '600' }).end(),
  };
  for (const [way, answer] of Object.entries(ways))
    it(`a day of an endpoint that ${way}: all is delivered after its return, once and in order, and others are not delayed`, async () => {
      const [bad, good] = [await aReceiver(), await aReceiver()];
      const made = await testService(db, { setup: toWebhooks({ bad: bad.url, good: good.url }), channels });
      bad.receiver.answer = answer;
      for (let n = 0; n < 150; n++) await addNotice(db, notice(n), ['bad', 'good'], made.clock.now);
      const slow = way === 'is too slow';
      await during(made, slow ? 20_000 : dayMs);
      expect(good.receiver.effects).toEqual(Array.from({ length: 150 }, (_, n) => `n${n}`));
      expect(bad.receiver.effects).toEqual([]);
      // A dead endpoint is asked now and then, and not once for each notice.
      const asked = bad.receiver.requests;
      expect(asked).toBeLessThan(slow ? 20 : 1500);
      expect(await states(db, 'bad')).toEqual({ pending: 150 });

      bad.receiver.answer = undefined;
      await during(made, 3_600_000);
      expect(bad.receiver.effects).toEqual(Array.from({ length: 150 }, (_, n) => `n${n}`));
      expect(await states(db, 'bad')).toEqual({ sent: 150 });
    });

  it('a restart in the middle of an outage keeps the order, and so does a corrected address', async () => {
    const [wrong, right] = [await aReceiver(), await aReceiver()];
    wrong.receiver.answer = (_request, response) => void response.writeHead(503).end();
    const before = await testService(db, { setup: toWebhooks({ hook: wrong.url }), channels });
    for (let n = 0; n < 60; n++) await addNotice(db, notice(n), ['hook'], noon);
    await during(before, 3_600_000);
    const all = Array.from({ length: 60 }, (_, n) => `n${n}`);

    // Another process, that knows nothing of the outage, with the address corrected: at once, from the oldest on.
    const setup = toWebhooks({ hook: right.url });
    const after = await testService(db, { setup, channels, now: before.clock.now });
    await deliver(after.context, signal);
    expect(right.receiver.effects).toEqual(all);
    expect(await states(db, 'hook')).toEqual({ sent: 60 });
  });

  it('what a process had in work when it was killed is delivered by another, in order', async () => {
    const { receiver, url } = await aReceiver();
    const made = await testService(db, { setup: toWebhooks({ hook: url }), channels });
    for (let n = 0; n < 20; n++) await addNotice(db, notice(n), ['hook'], noon);
    const dead = await registerInstance(db, 'work', '0', noon);
    expect(await takeDeliveries(db, { channel: 'hook', owner: dead, now: noon, limit: 10 })).toHaveLength(10);
    // While it lives the channel is its own.
    await deliver(made.context, signal);
    expect(receiver.effects).toEqual([]);
    await removeInstance(db, dead, { died: true });
    await deliver(made.context, signal);
    expect(receiver.effects).toEqual(Array.from({ length: 20 }, (_, n) => `n${n}`));
  });

  it('what a process took while the database went away is delivered in its turn', async () => {
    const { receiver, url } = await aReceiver();
    const made = await testService(db, { setup: toWebhooks({ hook: url }), channels });
    for (let n = 0; n < 20; n++) await addNotice(db, notice(n, `s${n}`), ['hook'], noon);
    // It never heard of these.
    const lost = { channel: 'hook', owner: made.context.instance(), now: noon, limit: 5 };
    expect(await takeDeliveries(db, lost)).toHaveLength(5);
    await deliver(made.context, signal);
    expect(receiver.effects).toEqual(Array.from({ length: 20 }, (_, n) => `n${n}`));
    expect(await states(db, 'hook')).toEqual({ sent: 20 });
  });

  it('what was sent is kept while the next is slow: a kill then does not send it again', async () => {
    const { receiver, url } = await aReceiver();
    let free = (): void => {};
    const freed = new Promise<void>((resolve) => {
      free = resolve;
    });
    const made = await testService(db, { setup: toWebhooks({ hook: url }, 60), channels });
    receiver.answer = (request, response) =>
      void (request.headers['webhook-id'] === 'n2' ? freed : Promise.resolve()).then(() =>
        response.writeHead(204).end(),
      );
    for (let n = 0; n < 4; n++) await addNotice(db, notice(n), ['hook'], noon);
    const delivering = deliver(made.context, signal);
    while ((await states(db, 'hook')).sent !== 2) await new Promise((r) => setTimeout(r, 10));
    expect(receiver.requests).toBe(3);
    free();
    await delivering;
    expect(await states(db, 'hook')).toEqual({ sent: 4 });
  });

  it('a channel that breaks on a notice, and a mail that cannot be addressed, end no lane and pause none', async () => {
    const got: string[] = [];
    const channel = {
      send: ({ id }: Notice) => {
        // Not even a promise of a failure.
        if (id === 'n0') throw new TypeError('a fault of ours');
        got.push(id);
        return Promise.resolve({ outcome: 'sent' });
      },
    } as unknown as Channel;
    const nudges = {
      channel: 'mail',
      groups: [],
      excludedGroups: [],
      excludedPeople: [],
      perQuarter: 4,
      hours: { from: 0, until: 24 },
    };
    const channelSetups = [{ id: 'mail', kind: 'fake', notices: [], options: {} }];
    const made = await testService(db, {
      setup: setupOf({ channels: channelSetups, nudges }),
      channels: new Map([['fake', channel]]),
    });
    // The people directory cannot be read.
    made.context.registers.people = () => Promise.reject(new Error('the directory is damaged'));
    await addNotice(db, notice(0, 'alone'), ['mail'], noon);
    for (let n = 1; n <= 5; n++) await addNotice(db, { ...notice(n, `p${n}`), kind: 'nudge' }, ['mail'], noon);
    for (let n = 6; n <= 9; n++) await addNotice(db, notice(n), ['mail'], noon);
    await deliver(made.context, signal);
    expect(got).toEqual(['n6', 'n7', 'n8', 'n9']);
    expect(await states(db, 'mail')).toEqual({ pending: 6, sent: 4 });
    expect(made.logged.filter((line) => line.includes('the directory is damaged'))).toHaveLength(5);
    expect(made.logged.filter((line) => line.includes('a fault of ours'))).toHaveLength(1);
  });

  it('mails that wait for their hour do not hold up the channel', async () => {
    const { receiver, url } = await aReceiver();
    const nudges = {
      channel: 'hook',
      groups: [],
      excludedGroups: [],
      excludedPeople: [],
      perQuarter: 4,
      // It is noon, UTC.
      hours: { from: 6, until: 7 },
    };
    const made = await testService(db, {
      setup: { ...toWebhooks({ hook: url }), zone: 'UTC', nudges },
      channels,
    });
    for (let n = 0; n < 5; n++) await addNotice(db, { ...notice(n, `p${n}`), kind: 'nudge' }, ['hook'], noon);
    for (let n = 5; n < 8; n++) await addNotice(db, notice(n), ['hook'], noon);
    await deliver(made.context, signal);
    expect(receiver.effects).toEqual(['n5', 'n6', 'n7']);
    expect(await states(db, 'hook')).toEqual({ pending: 5, sent: 3 });
    expect(made.logged.filter((line) => line.includes('delivery is tried again'))).toEqual([]);
    // The lane has its bell: within the hour.
    const [bell] = made.rings.filter(({ kind }) => kind === 'deliver');
    expect(bell?.options?.delay).toBe(3_600_000);
  });

  it('one slow endpoint holds up no other', async () => {
    const [slow, good] = [await aReceiver(), await aReceiver()];
    let free = (): void => {};
    const freed = new Promise<void>((resolve) => {
      free = resolve;
    });
    slow.receiver.answer = (_request, response) => void freed.then(() => response.writeHead(204).end());
    const made = await testService(db, { setup: toWebhooks({ slow: slow.url, good: good.url }, 60), channels });
    for (let n = 0; n < 100; n++) await addNotice(db, notice(n), ['slow', 'good'], noon);
    const first = deliver(made.context, signal);
    while (good.receiver.effects.length < 100 || slow.receiver.requests === 0)
      await new Promise((r) => setTimeout(r, 10));
    // What comes while the slow one is still at its first: another bell, and the others have it.
    await addNotice(db, notice(100), ['slow', 'good'], noon);
    await deliver(made.context, signal);
    while (good.receiver.effects.length < 101) await new Promise((r) => setTimeout(r, 10));
    expect(slow.receiver.requests).toBe(1);
    free();
    await first;
    expect(slow.receiver.requests).toBe(101);
    expect(await states(db, 'slow')).toEqual({ sent: 101 });
  });

  it('redirects are not followed, and what is refused (301, 400, 410) is kept with its reason and told', async () => {
    const [first, other] = [await aReceiver(), await aReceiver()];
    const made = await testService(db, { setup: toWebhooks({ hook: first.url }), channels });
    for (const [n, status] of [301, 400, 410].entries()) {
      first.receiver.answer = (_request, response) => void response.writeHead(status, { location: other.url }).end();
      await addNotice(db, notice(n), ['hook'], noon);
      await during(made, dayMs);
      const { rows } = await sql<{
        state: string;
        why: string;
      }>`select state, why from outbox where notice_id = ${`n${n}`}`.execute(db);
      expect(rows).toMatchObject([{ state: 'refused', why: expect.stringContaining(`answered ${status}`) as string }]);
      expect(made.logged.filter((line) => line.includes('the channel refuses this notice'))).toHaveLength(n + 1);
    }
    expect(first.receiver.requests).toBe(3);
    expect(other.receiver.requests).toBe(0);
  });

  it('a notice that always fails is passed by others, and holds up what is about the same alone', async () => {
    const { receiver, url } = await aReceiver();
    const made = await testService(db, { setup: toWebhooks({ hook: url }), channels });
    const got: string[] = [];
    receiver.answer = (request, response) => {
      const id = String(request.headers['webhook-id']);
      if (['n0', 'n1', 'n2'].includes(id)) return void response.writeHead(500).end();
      got.push(id);
      response.writeHead(204).end();
    };
    for (let n = 0; n < 3; n++) await addNotice(db, notice(n, `bad${n}`), ['hook'], noon);
    await addNotice(db, notice(3, 'bad0'), ['hook'], noon);
    await during(made, 3_600_000);
    await addNotice(db, notice(4, 'new'), ['hook'], made.clock.now);
    // Three in a row failed, which looks like an endpoint that is away: it is known not to be within five minutes.
    await during(made, 300_000);
    expect(got).toEqual(['n4']);
    receiver.answer = undefined;
    await during(made, 2 * 3_600_000);
    expect(receiver.effects).toEqual(expect.arrayContaining(['n0', 'n1', 'n2', 'n3']));
    expect(receiver.effects.indexOf('n0')).toBeLessThan(receiver.effects.indexOf('n3'));
  });

  it('an endpoint that fails now and then, for all notices alike, has them in order', async () => {
    const { receiver, url } = await aReceiver();
    const made = await testService(db, { setup: toWebhooks({ hook: url }), channels });
    // 503, 429, cut before the answer: one, two, or many times in a row, at each twentieth request of the rest.
    const bad = new Map([
      [7, 1],
      [31, 2],
      [60, 40],
      [150, 3],
    ]);
    let [requests, left] = [0, 0];
    const take = (response: Parameters<RequestListener>[1], id: string): void => {
      receiver.effects.push(id);
      response.writeHead(204).end();
    };
    receiver.answer = (request, response) => {
      if (left === 0) left = bad.get(++requests) ?? 0;
      if (left === 0) return take(response, String(request.headers['webhook-id']));
      left--;
      if (left % 3 === 0) return void response.writeHead(503).end();
      if (left % 3 === 1) return void request.socket.destroy();
      response.writeHead(429, { 'retry-after': '20' }).end();
    };
    for (let n = 0; n < 200; n++) await addNotice(db, notice(n, `s${n}`), ['hook'], noon);
    await during(made, dayMs);
    expect(receiver.effects).toEqual(Array.from({ length: 200 }, (_, n) => `n${n}`));
  });

  it('a notice that always breaks the connection holds up others for a minute, once', async () => {
    const { receiver, url } = await aReceiver();
    const made = await testService(db, { setup: toWebhooks({ hook: url }), channels });
    receiver.answer = (request, response) => {
      const id = String(request.headers['webhook-id']);
      if (id === 'n0') return void request.socket.destroy();
      receiver.effects.push(id);
      response.writeHead(204).end();
    };
    for (let n = 0; n < 100; n++) await addNotice(db, notice(n, `s${n}`), ['hook'], noon);
    await during(made, 60_000);
    expect(receiver.effects).toEqual(Array.from({ length: 99 }, (_, n) => `n${n + 1}`));
    // Its next tries pause nothing.
    for (let n = 100; n < 150; n++) {
      made.clock.now += 600_000;
      await addNotice(db, notice(n, `s${n}`), ['hook'], made.clock.now);
      await deliver(made.context, signal);
      expect(receiver.effects.at(-1)).toBe(`n${n}`);
    }
    // Not even where nothing else is sent for hours.
    await during(made, 6 * 3_600_000);
    await addNotice(db, notice(150, 'late'), ['hook'], made.clock.now);
    await deliver(made.context, signal);
    expect(receiver.effects.at(-1)).toBe('n150');
    receiver.answer = undefined;
    await during(made, 3_600_000);
    expect(await states(db, 'hook')).toEqual({ sent: 151 });
  });

  it('of a day away few notices are tried: the oldest, and now and then another', async () => {
    const { receiver, url } = await aReceiver();
    const made = await testService(db, { setup: toWebhooks({ hook: url }), channels });
    receiver.answer = (request) => void request.socket.destroy();
    for (let n = 0; n < 100; n++) await addNotice(db, notice(n, `s${n}`), ['hook'], noon);
    await during(made, dayMs);
    const { rows } = await sql<{ tried: number; most: number }>`
      select count(*) filter (where attempts > 0)::int as tried, max(attempts) as most from outbox`.execute(db);
    // Each five minutes at the latest, and a new one each hour.
    expect(rows[0]?.most).toBeGreaterThan(280);
    expect(rows[0]?.tried).toBeLessThan(50);
    receiver.answer = undefined;
    await during(made, 3_600_000);
    expect(receiver.effects).toEqual(Array.from({ length: 100 }, (_, n) => `n${n}`));
  });

  it('Retry-After is kept, up to an hour', async () => {
    const { receiver, url } = await aReceiver();
    const setup = setupOf({
      net: netOf(url),
      channels: [{ id: 'chat', kind: 'slack', notices: [], options: slack.options.parse({ url, timeout: 1 }) }],
    });
    const made = await testService(db, { setup, channels });
    for (const [after, ms] of [
      ['120', 120_000],
      ['999999', 3_600_000],
    ] as const) {
      receiver.answer = (_request, response) => void response.writeHead(429, { 'retry-after': after }).end();
      for (let n = 0; n < 5; n++) await addNotice(db, notice(n), ['chat'], noon);
      const before = receiver.requests;
      await during(made, ms - 1);
      // One request, and then none before the time is over, although four others wait.
      expect(receiver.requests).toBe(before + 1);
      receiver.answer = (_request, response) => void response.writeHead(200).end('ok');
      await during(made, 3_600_000);
      expect(await states(db, 'chat')).toEqual({ sent: 5 });
      await clear(db);
      made.rings.length = 0;
    }
  });

  it('a mail server that greylists (451) has the mail later', async () => {
    let [tries, taken] = [0, 0];
    const smtp = createSocketServer((socket) => {
      let data = false;
      socket.on('error', () => {});
      socket.write('220 fake ESMTP\r\n');
      let rest = '';
      socket.on('data', (bytes) => {
        rest += bytes.toString();
        for (let at = rest.indexOf('\r\n'); at >= 0; at = rest.indexOf('\r\n')) {
          const line = rest.slice(0, at);
          rest = rest.slice(at + 2);
          if (data) {
            if (line !== '.') continue;
            data = false;
            taken++;
            socket.write('250 taken\r\n');
          } else if (/^(EHLO|HELO)/i.test(line)) socket.write('250 fake\r\n');
          else if (/^RCPT/i.test(line)) socket.write(++tries <= 3 ? '451 4.7.1 greylisted\r\n' : '250 ok\r\n');
          else if (/^DATA/i.test(line)) {
            data = true;
            socket.write('354 go on\r\n');
          } else socket.write('250 ok\r\n');
          if (/^QUIT/i.test(line)) socket.end();
        }
      });
    });
    await new Promise<void>((resolve) => {
      smtp.listen(0, '127.0.0.1', resolve);
    });
    try {
      const options = email.options.parse({
        host: '127.0.0.1',
        port: (smtp.address() as AddressInfo).port,
        tls: 'none',
        from: 'halflight@acme.example',
        to: ['ops@acme.example'],
        timeout: 5,
      });
      const setup = setupOf({
        net: netOf(`smtp://127.0.0.1:${options.port}`),
        channels: [{ id: 'mail', kind: 'email', notices: [], options }],
      });
      const made = await testService(db, { setup, channels });
      await addNotice(db, notice(1), ['mail'], noon);
      await during(made, 300_000);
      expect([tries, taken]).toEqual([4, 1]);
      expect(await states(db, 'mail')).toEqual({ sent: 1 });
    } finally {
      smtp.close();
    }
  });

  it('a channel that is configured no longer ends what waits for it, and says so', async () => {
    const made = await testService(db, { setup: toWebhooks({}), channels });
    for (let n = 0; n < 900; n++) await addNotice(db, notice(n), ['gone'], noon);
    await addNotice(db, { ...notice(900), kind: 'nudge' }, ['gone'], noon);
    await deliver(made.context, signal);
    // Of the mail to a person nothing is kept; of each other one there is a record in the audit log, in order.
    expect(await states(db, 'gone')).toEqual({ refused: 900 });
    expect(made.logged.filter((line) => line.includes('"notices":901'))).toHaveLength(1);
    const records = await loadAudit(db);
    expect(records.map(({ action, subject }) => [action, subject])).toEqual(
      Array.from({ length: 900 }, (_, n) => ['notice.refused', `n${n}`]),
    );
    expect(await verifyAudit(db)).toMatchObject({ records: 900, badSeq: undefined });
  });

  it('where very many wait, who looks for leases, channels and failures reads a few rows', async () => {
    const most = 20_000;
    await sql`
      insert into outbox (notice_id, channel, subject, notice, next_at, created_at)
      select 'n' || n, case when n % 2 = 0 then 'hook' else 'other' end, 's' || n, ${JSON.stringify(notice(0))}::jsonb, ${noon}, ${noon}
      from generate_series(1, ${most}::int) n`.execute(db);
    await sql`analyze outbox`.execute(db);
    const dead = await registerInstance(db, 'work', '0', noon);
    expect(await takeDeliveries(db, { channel: 'hook', owner: dead, now: noon, limit: 10 })).toHaveLength(10);
    const looks: Record<string, (trx: Db) => Promise<unknown>> = {
      leases: (trx) => leasesOf(trx, dead),
      orphans: (trx) => freeOrphans(trx),
      channels: (trx) => waitingChannels(trx),
      gathering: (trx) => gatherDeliveries(trx, 'hook', noon),
      next: (trx) => nextDelivery(trx, 'hook'),
    };
    for (const [name, look] of Object.entries(looks)) {
      const read = await db.transaction().execute(async (trx) => {
        // What a connection read before is in it, too, until the server takes it over: at most once a second.
        const readSoFar = async (): Promise<number> => {
          const { rows } = await sql<{ read: number }>`
            select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relname = 'outbox'`.execute(
            trx,
          );
          return rows[0]?.read ?? Number.NaN;
        };
        const before = await readSoFar();
        await look(trx);
        return (await readSoFar()) - before;
      });
      expect(read, name).toBeLessThan(100);
    }
    expect(await leasesOf(db, dead)).toHaveLength(10);
    await removeInstance(db, dead, { died: true });
    expect(await leasesOf(db, dead)).toEqual([]);
  });

  it('two processes are never at one channel at the same time', async () => {
    for (let n = 0; n < 10; n++) await addNotice(db, notice(n), ['hook', 'other'], noon);
    const ask = (channel: string, owner: string) => takeDeliveries(db, { channel, owner, now: noon, limit: 3 });
    const [a, b] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];
    const taken = await Promise.all([ask('hook', a), ask('hook', b), ask('other', b)]);
    expect([taken[0].length + taken[1].length, taken[2].length]).toEqual([3, 3]);
    expect(taken[0].length * taken[1].length).toBe(0);
    expect(await Promise.all([ask('hook', taken[0].length === 0 ? a : b)])).toEqual([[]]);
  });
});
