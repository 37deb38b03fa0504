import { SMTPServer } from 'smtp-server';
import { afterEach, expect, test } from 'vitest';
import type { Channel } from '../../src/alerts/common/channel.js';
import { channel as email } from '../../src/alerts/email.js';
import { deliver } from '../../src/jobs/deliver.js';
import { sendNudges } from '../../src/jobs/nudges/send.js';
import { retention } from '../../src/jobs/retention.js';
import type { NudgeSetup } from '../../src/jobs/setup.js';
import { saveChunk } from '../../src/store/chunks.js';
import { setHold } from '../../src/store/holds.js';
import { saveRegister } from '../../src/store/registers.js';
import type { Db } from '../../src/store/tables.js';
import { readMail } from '../alerts/helpers/read-mail.js';
import { entry } from '../exports/helpers/register.js';
import { service } from '../helpers/service.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { chunk, usage } from '../store/helpers/results.js';
import { clear, dayMs, noon, setupOf, type TestService, testService } from './helpers.js';

// Monday, 5 October 2026, noon. Claude is approved for Sales, ChatGPT is denied, Draw is in no register.
const services = [
  service({ id: 'chatgpt', name: 'ChatGPT', hosts: ['chatgpt.example'] }),
  service({ id: 'claude', name: 'Claude', hosts: ['claude.example'] }),
  service({ id: 'draw', name: 'Draw', hosts: ['draw.example'], category: 'image' }),
  service({ id: 'waits', name: 'Waits', hosts: ['waits.example'], category: 'image' }),
];
const inventory = [
  entry('no', ['chatgpt']),
  entry('yes', ['claude'], { status: 'approved', allowed_groups: ['Sales'] }),
  entry('asked', ['waits'], { status: 'in-review' }),
];
const person = (id: string, more = {}) => ({
  id,
  email: `${id}@acme.example`,
  name: `${id[0]?.toUpperCase()}${id.slice(1)} Surname-of-${id}`,
  group: 'Sales',
  manager: '',
  aliases: [],
  line: 1,
  ...more,
});
const people = [
  person('ada'),
  person('bob'),
  person('cleo', { group: 'Legal' }),
  person('dan', { email: '' }),
  person('eve', { disabled: true }),
];

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A real SMTP server; `refuse`: addresses that it does not take, with the status of its answer. */
async function mailServer(refuse: ReadonlyMap<string, number> = new Map()) {
  const got: { to: string[]; mail: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    logger: false,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) => {
      const code = refuse.get(address);
      done(code === undefined ? null : Object.assign(new Error(`no mailbox ${address}`), { responseCode: code }));
    },
    onData: (stream, session, done) => {
      let mail = '';
      stream.setEncoding('utf8').on('data', (part: string) => {
        mail += part;
      });
      stream.on('end', () => {
        got.push({ to: session.envelope.rcptTo.map(({ address }) => address), mail });
        done();
      });
    },
  });
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(0, '127.0.0.1', () => resolve((listening.address() as { port: number }).port));
  });
  closing.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { port, got };
}

await describeOnDatabases('nudges', (server) => {
  let db: Db;
  const start = async (change: Partial<NudgeSetup> = {}, refuse?: ReadonlyMap<string, number>) => {
    db ??= await server.database();
    await clear(db);
    const { port, got } = await mailServer(refuse);
    const nudges: NudgeSetup = {
      channel: 'mail',
      groups: [],
      excludedGroups: [],
      excludedPeople: [],
      perQuarter: 4,
      hours: { from: 9, until: 17 },
      askUrl: 'https://ask.acme.example/ai',
      contact: 'the AI office',
      ...change,
    };
    const options = email.options.parse({
      host: '127.0.0.1',
      port,
      tls: 'none',
      from: 'halflight@acme.example',
      to: ['soc@acme.example'],
    });
    const service = await testService(db, {
      services,
      channels: new Map([['email', email as Channel]]),
      setup: setupOf({
        net: { allow: ['127.0.0.1'], ports: [port] },
        channels: [{ id: 'mail', kind: 'email', notices: ['finding.opened'], options }],
        nudges,
      }),
    });
    await saveRegister(db, 'people', { hash: 'p1', body: people }, noon);
    await saveRegister(db, 'inventory', { hash: 'i1', body: inventory }, noon);
    return { ...service, got, nudges };
  };
  const used = async (...rows: Parameters<typeof usage>[0][]) => {
    const key = String(Math.random());
    await saveChunk(
      db,
      chunk(key, {
        usage: rows.map((row) => usage({ day: '2026-10-04', strength: 'visit', provenance: 'observed', ...row })),
      }),
    );
  };
  const by = (id: string) => ({ actor: { kind: 'person' as const, id, group: 'Sales' } });
  const run = async ({ context }: TestService): Promise<string> => {
    const said = await sendNudges(context);
    await deliver(context, new AbortController().signal);
    return said;
  };
  const kept = async () =>
    (await db.selectFrom('nudge').selectAll().orderBy('person').execute()).map(
      ({ service, day }) => `${service} ${day}`,
    );
  const left = () => db.selectFrom('outbox').selectAll().execute();

  test('who used a denied service gets one mail: the service, the day, what is approved instead, where to ask; and nobody else', async () => {
    const { got, context, ...rest } = await start();
    await used({ service: 'chatgpt', ...by('ada') });
    expect(await run({ context, ...rest })).toBe('1 people are written to');
    expect(got.map(({ to }) => to)).toEqual([['ada@acme.example']]);
    const { headers, text } = readMail(got[0]?.mail ?? '');
    expect(headers.subject).toBe('ChatGPT is not approved for your use');
    expect(headers.to).toContain('ada@acme.example');
    expect(text.replace(/\s+/g, ' ')).toContain('On 2026-10-04 you used ChatGPT');
    expect(text).toContain('Approved for you instead: Claude.');
    expect(text).toContain('https://ask.acme.example/ai');
    expect(text).toContain('Ask the AI office');
    expect(got[0]?.mail).not.toContain('soc@acme.example');
    // Only what the limits need is left.
    expect(await kept()).toEqual(['chatgpt 2026-10-05']);
    expect(await left()).toEqual([]);
    const whole =
      JSON.stringify(await db.selectFrom('nudge').selectAll().execute()) +
      JSON.stringify(await db.selectFrom('audit').selectAll().execute()) +
      rest.logged.join('\n');
    expect(whole).not.toMatch(/ada|acme\.example/i);
  });

  test('what waits in the outbox has a pseudonym, and no address, name or id', async () => {
    const { context } = await start();
    await used({ service: 'chatgpt', ...by('ada') });
    await sendNudges(context);
    const [row] = await left();
    expect(JSON.stringify(row)).not.toMatch(/ada|surname|@/i);
    expect(row?.notice.details).toMatchObject({ service: 'chatgpt', person: expect.stringMatching(/^person-/) });
  });

  test.each([
    ['claimed use', { provenance: 'claimed' }],
    ['use that nobody stands for', { provenance: 'unauthenticated' }],
    ['a name that was looked up', { strength: 'contact' }],
    ['attempts that were blocked', { events: 0, attempts: 5 }],
    ['use of long ago', { day: '2026-09-20' }],
    ['use of what is approved', { service: 'claude' }],
    ['use of what waits for a decision', { service: 'waits' }],
    ['use by a device', { actor: { kind: 'device' as const, id: 'ada', group: '' } }],
    ['somebody without an address', by('dan')],
    ['somebody who left', by('eve')],
    ['somebody who is unknown', by('nobody')],
  ] as const)('nobody is written to about %s', async (_what, change) => {
    const service = await start();
    await used({ service: 'chatgpt', ...by('ada'), ...change });
    expect(await run(service)).toBe('0 people are written to');
    expect(service.got).toEqual([]);
  });

  test.each([
    ['a pilot of another group', { groups: ['Legal'] }],
    ['an excluded group', { excludedGroups: ['sales'] }],
    ['who opted out by address', { excludedPeople: ['ADA@acme.example'] }],
    ['who opted out by id', { excludedPeople: ['ada'] }],
    ['the evening', { hours: { from: 18, until: 20 } }],
  ] as const)('%s gets none', async (_what, change) => {
    const service = await start(change);
    await used({ service: 'chatgpt', ...by('ada') });
    await run(service);
    expect(service.got).toEqual([]);
    expect(await kept()).toEqual([]);
  });

  test('who is named by a legal hold is not warned', async () => {
    const service = await start();
    await setHold(db, { scope: { actor: 'ada' }, reason: 'case 7', who: 'cli:max', at: noon });
    await used({ service: 'chatgpt', ...by('ada') }, { service: 'chatgpt', ...by('bob') });
    await run(service);
    expect(service.got.map(({ to }) => to)).toEqual([['bob@acme.example']]);
  });

  test('who opts out, is held or has left before the mail goes out gets none, and nothing of it is kept', async () => {
    const { context, got, nudges } = await start();
    await used({ service: 'chatgpt', ...by('ada') }, { service: 'chatgpt', ...by('bob') });
    await sendNudges(context);
    await saveRegister(db, 'people', { hash: 'p2', body: people.filter(({ id }) => id !== 'bob') }, noon);
    const setup = context.setup();
    context.setup = () => ({ ...setup, nudges: { ...nudges, excludedPeople: ['ada'] } });
    await deliver(context, new AbortController().signal);
    expect(got).toEqual([]);
    expect(await left()).toEqual([]);
  });

  test('an approval for another group is out of scope, and the words say so', async () => {
    const service = await start();
    await used({ service: 'claude', ...by('cleo') });
    await run(service);
    expect(readMail(service.got[0]?.mail ?? '').text).toContain('not for the group that you belong to');
    expect(readMail(service.got[0]?.mail ?? '').text).toContain('Nothing of its kind is approved for you yet.');
  });

  test("a tool that is approved with the organisation's account only is named with that", async () => {
    const service = await start();
    const only = entry('yes', ['claude'], { status: 'approved', allowed_account: 'enterprise' });
    await saveRegister(db, 'inventory', { hash: 'i2', body: [entry('no', ['chatgpt']), only] }, noon);
    await used(
      { service: 'chatgpt', ...by('ada') },
      { service: 'claude', accountKind: 'personal', ...by('bob') },
      { service: 'claude', accountKind: 'enterprise', ...by('cleo') },
    );
    await run(service);
    const texts = new Map(service.got.map(({ to, mail }) => [to.join(), readMail(mail).text.replace(/\s+/g, ' ')]));
    expect([...texts.keys()].sort((a, b) => (a < b ? -1 : 1))).toEqual(['ada@acme.example', 'bob@acme.example']);
    for (const text of texts.values())
      expect(text).toContain('Approved for you instead: Claude (with your account of the organisation).');
    expect(texts.get('bob@acme.example')).toContain('It is approved here, with an account of the organisation only');
  });

  test('the second service waits a week, the first never comes again, and twice at once is once', async () => {
    const service = await start();
    await used({ service: 'chatgpt', ...by('ada') }, { service: 'draw', ...by('ada') });
    await Promise.all([sendNudges(service.context), sendNudges(service.context)]);
    await run(service);
    expect(service.got).toHaveLength(1);
    for (let day = 1; day <= 14; day++) {
      service.clock.now = noon + day * dayMs;
      const date = new Date(service.clock.now).toISOString().slice(0, 10);
      await used({ service: 'chatgpt', ...by('ada'), day: date }, { service: 'draw', ...by('ada'), day: date });
      await run(service);
    }
    expect(service.got.map(({ mail }) => readMail(mail).headers.subject)).toEqual([
      'ChatGPT is not approved for your use',
      'Draw is not approved for your use',
    ]);
    expect(await kept()).toEqual(['chatgpt 2026-10-05', 'draw 2026-10-12']);
  });

  test('a mailbox that does not exist is told without its address; a server that is busy is asked again within the hours', async () => {
    const service = await start(
      {},
      new Map([
        ['ada@acme.example', 550],
        ['bob@acme.example', 451],
      ]),
    );
    await used({ service: 'chatgpt', ...by('ada') }, { service: 'chatgpt', ...by('bob') });
    await run(service);
    expect(service.got).toEqual([]);
    const rows = await left();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows) + service.logged.join('\n')).not.toContain('@acme.example');
    // In the evening it waits for the next morning, an hour at a time.
    service.clock.now = noon + 6 * 3_600_000;
    await deliver(service.context, new AbortController().signal);
    const [waits] = await left();
    expect(waits).toMatchObject({ state: 'pending', why: 'not at this hour' });
    expect((waits?.next_at ?? 0) - service.clock.now).toBeLessThanOrEqual(3_600_000);
  });

  test('retention deletes what is kept, and never within the quarter that the limits look at', async () => {
    const { context, clock } = await start();
    await used({ service: 'chatgpt', ...by('ada') });
    await sendNudges(context);
    const setup = context.setup();
    context.setup = () => ({ ...setup, retention: { ...setup.retention, history: dayMs } });
    clock.now = noon + 91 * dayMs;
    await retention(context);
    expect(await kept()).toEqual(['chatgpt 2026-10-05']);
    clock.now = noon + 94 * dayMs;
    await retention(context);
    expect(await kept()).toEqual([]);
  });
});
