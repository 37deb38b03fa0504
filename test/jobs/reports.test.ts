import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Channel } from '../../src/alerts/common/channel.js';
import { channel as email } from '../../src/alerts/email.js';
import { deliver } from '../../src/jobs/deliver.js';
import { makeReports } from '../../src/jobs/reports/make-reports.js';
import { Leader } from '../../src/jobs/schedule.js';
import type { ReportList } from '../../src/jobs/setup.js';
import type { ReportDocument } from '../../src/reports/blocks/block.js';
import { mailWords } from '../../src/reports/writers/mail.js';
import { writersOf } from '../../src/reports/writers.js';
import { loadAudit } from '../../src/store/audit.js';
import { runSlot } from '../../src/store/job-runs.js';
import { notePeople, peopleText } from '../../src/store/person-history.js';
import { listReports, loadReport } from '../../src/store/reports.js';
import type { Db } from '../../src/store/tables.js';
import { readMail } from '../alerts/helpers/read-mail.js';
import { at, members, plant } from '../reports/periodic/planted.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { clear, setupOf, type TestService, testService } from './helpers.js';

const noRound: ConstructorParameters<typeof Leader>[1] = () => Promise.resolve();

const board: ReportList = {
  id: 'board',
  role: 'admin',
  cron: '0 6 * * 1',
  period: 'week',
  groups: [],
  names: false,
  channels: ['told'],
  recipients: [],
  formats: ['mail', 'html', 'pdf', 'markdown', 'csv'],
};

await describeOnDatabases('distribution lists', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
  });
  beforeEach(() => clear(db));
  const close: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of close.splice(0)) await end();
  });

  /** A service with these lists and one channel that notes what it is told. */
  async function serviceOf(
    lists: readonly ReportList[],
    {
      zone = 'UTC',
      now = at('2026-11-19'),
      channel,
    }: { zone?: string; now?: number; channel?: { kind: string; options: unknown } } = {},
  ): Promise<TestService & { told: string[]; run(): Promise<number>; tick(when: string): Promise<void> }> {
    const told: string[] = [];
    const noted: Channel = {
      title: 'Noted',
      options: undefined as never,
      send: async (notice) => {
        told.push(`${notice.title} | ${notice.text}`);
        return { outcome: 'sent' };
      },
      test: async () => [],
    };
    const made = await testService(db, {
      setup: setupOf({
        zone,
        channels: [{ id: 'told', kind: 'noted', notices: [], options: {}, ...channel }],
        reports: { lists, product: '1.2.3', pseudonymKey: () => 'a key of pseudonyms for tests' },
        publicUrl: 'https://halflight.acme.example',
        net: { allow: ['127.0.0.1'], ports: [] },
      }),
      channels: new Map<string, Channel>([
        ['noted', noted],
        ['email', email as Channel],
      ]),
      now,
    });
    const leader = new Leader(made.context, noRound);
    /** Runs what was rung, as a worker does: each slot once. */
    const run = async (): Promise<number> => {
      let ran = 0;
      for (let ring = made.rings.shift(); ring !== undefined; ring = made.rings.shift()) {
        if (ring.kind === 'deliver') await deliver(made.context, new AbortController().signal);
        const [, job = '', slot = ''] = /^(report:.*)@(\d+)$/.exec(ring.id) ?? [];
        if (ring.kind !== 'task' || job === '') continue;
        const work = (): Promise<string> => makeReports(made.context, job.slice('report:'.length), Number(slot));
        if ((await runSlot(db, { job, slot: Number(slot) }, work, made.context.now)) === 'done') ran++;
      }
      return ran;
    };
    const tick = async (when: string): Promise<void> => {
      made.clock.now = Date.parse(when);
      await leader.tick();
    };
    return { ...made, told, run, tick };
  }

  const periods = async (): Promise<string[]> =>
    (await listReports(db, { limit: 100 }))
      .map(({ list, period, group, edition }) => `${list} ${period} ${group} ${edition}`)
      .sort((a, b) => (a < b ? -1 : 1));

  it('get the report of the week that is over, once, at the hour of their zone, also in the week in which clocks change', async () => {
    await plant(db, 'october', [{ day: '2026-10-20', service: 'chat', who: 'eng-1', group: 'Engineering' }]);
    const made = await serviceOf([board], { zone: 'Europe/Berlin', now: at('2026-10-17') });
    await made.tick('2026-10-17T12:00:00Z');
    expect(await made.run()).toBe(0);
    // Monday 19 October 06:00 is 04:00 UTC; on the 26th, after the change of the 25th, it is 05:00 UTC.
    await made.tick('2026-10-19T03:59:00Z');
    expect(await made.run()).toBe(0);
    await made.tick('2026-10-19T04:00:00Z');
    await made.tick('2026-10-19T04:01:00Z');
    expect(await made.run()).toBe(1);
    await made.tick('2026-10-26T04:59:00Z');
    expect(await made.run()).toBe(0);
    await made.tick('2026-10-26T05:00:00Z');
    expect(await made.run()).toBe(1);
    expect(await periods()).toEqual(['board 2026-W42  1', 'board 2026-W43  1']);
    // The week of the change ends with its Sunday in Berlin: 169 hours.
    const [newest] = await listReports(db, { limit: 1 });
    const document = JSON.parse((await loadReport(db, newest?.id ?? ''))?.document ?? '{}') as ReportDocument;
    expect(new Date(document.at).toISOString()).toBe('2026-10-25T23:00:00.000Z');
    await made.run();
    expect(made.told.map((line) => line.slice(0, 61))).toEqual(
      [
        'Weekly AI report: Week 42 of 2026, 2026-10-12 to 2026-10-18; f',
        'Weekly AI report: Week 43 of 2026, 2026-10-19 to 2026-10-25; f',
      ].map((line) => line.slice(0, 61)),
    );
  });

  it('a week that was missed is caught up with once, whoever leads then and however often', async () => {
    const first = await serviceOf([board]);
    await first.tick('2026-11-12T12:00:00Z');
    await first.tick('2026-11-16T06:00:00Z');
    await first.run();
    expect(await periods()).toEqual(['board 2026-W46  1']);
    // Nobody runs from the 17th to the 26th.
    for (const _ of ['one leader', 'another']) {
      const next = await serviceOf([board]);
      await next.tick('2026-11-26T09:00:00Z');
      await next.tick('2026-11-26T09:00:01Z');
      await next.run();
    }
    expect(await periods()).toEqual(['board 2026-W46  1', 'board 2026-W47  1']);
    const { rows } = await sql<{ count: number }>`select count(*) as count from outbox where state = 'sent'`.execute(
      db,
    );
    expect(rows[0]?.count).toBe(2);
  });

  it('a slot that is run again, or dies between, makes and tells nothing twice', async () => {
    await plant(db, 'week', [{ day: '2026-11-18', service: 'chat', who: 'eng-1', group: 'Engineering' }]);
    const made = await serviceOf([board], { now: at('2026-11-23', 6) });
    const slot = at('2026-11-23', 6) / 60_000;
    await makeReports(made.context, 'board', slot);
    expect(await makeReports(made.context, 'board', slot)).toBe('nothing to do');
    await made.run();
    await made.run();
    expect(await periods()).toEqual(['board 2026-W47  1']);
    expect(made.told).toHaveLength(1);
    // That the report went out, and that a notice of this channel did.
    expect((await loadAudit(db)).map(({ action }) => action)).toEqual([
      'report.made',
      'report.delivered',
      'notice.sent',
    ]);
  });

  it('get a revised edition where data of an earlier week came late and change it, and none where they do not', async () => {
    await plant(db, 'week', [{ day: '2026-11-10', service: 'chat', who: 'eng-1', group: 'Engineering' }]);
    const made = await serviceOf([board], { now: at('2026-11-16', 6) });
    await makeReports(made.context, 'board', at('2026-11-16', 6) / 60_000);
    await plant(db, 'late', [{ day: '2026-11-11', service: 'draw', who: 'eng-2', group: 'Engineering' }], {
      scannedAt: at('2026-11-18'),
    });
    made.clock.now = at('2026-11-23', 6);
    expect(await makeReports(made.context, 'board', at('2026-11-23', 6) / 60_000)).toBe('2026-W47, 2026-W46 revised');
    made.clock.now = at('2026-11-30', 6);
    expect(await makeReports(made.context, 'board', at('2026-11-30', 6) / 60_000)).toBe('2026-W48');
    expect(await periods()).toEqual([
      'board 2026-W46  1',
      'board 2026-W46  2',
      'board 2026-W47  1',
      'board 2026-W48  1',
    ]);
    await made.run();
    expect(made.told.filter((line) => line.includes('(revised)'))).toHaveLength(1);
  });

  it('managers get a report for each of their groups, and none of one with fewer than five members', async () => {
    await notePeople(
      db,
      peopleText([...members('eng', 'Engineering', 6), ...members('legal', 'Legal', 4)]),
      at('2026-11-01'),
    );
    await plant(db, 'week', [
      { day: '2026-11-18', service: 'chat', who: 'eng-1', group: 'Engineering' },
      { day: '2026-11-18', service: 'chat', who: 'legal-1', group: 'Legal' },
    ]);
    const managers: ReportList = { ...board, id: 'managers', role: 'manager', groups: ['Engineering', 'Legal'] };
    const made = await serviceOf([managers], { now: at('2026-11-23', 6) });
    await makeReports(made.context, 'managers', at('2026-11-23', 6) / 60_000);
    await made.run();
    expect(await periods()).toEqual(['managers 2026-W47 Engineering 1']);
    expect(made.told.join('\n')).not.toContain('Legal');
  });

  it('with names are noted in the audit log as such', async () => {
    const made = await serviceOf([{ ...board, names: true }], { now: at('2026-11-23', 6) });
    await makeReports(made.context, 'board', at('2026-11-23', 6) / 60_000);
    expect((await loadAudit(db)).map(({ action }) => action)).toEqual(['report.made_with_names']);
  });

  it('by e-mail: the mail-safe page as its body and the files attached, byte for byte, to the recipients of the list', async () => {
    const got: { to: string[]; mail: string }[] = [];
    const tls = (file: string): string => join(import.meta.dirname, '../fixtures/tls', file);
    const smtp = new SMTPServer({
      key: readFileSync(tls('server.key.pem')),
      cert: readFileSync(tls('server.pem')),
      authOptional: true,
      logger: false,
      onData: (stream, session, done) => {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => parts.push(part));
        stream.on('end', () => {
          got.push({
            to: session.envelope.rcptTo.map(({ address }) => address),
            mail: Buffer.concat(parts).toString('latin1'),
          });
          done();
        });
      },
    });
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
    close.push(() => new Promise((resolve) => smtp.close(() => resolve())));
    const { port } = smtp.server.address() as { port: number };
    await plant(db, 'week', [
      {
        day: '2026-11-18',
        service: 'chat',
        who: '=?utf-8?q?x?=\r\nBcc: evil@evil.example',
        group: '<script>alert(1)</script>',
        events: 3,
      },
    ]);
    const options = email.options.parse({
      host: '127.0.0.1',
      port,
      tls: 'none',
      from: 'halflight@acme.example',
      to: ['soc@acme.example'],
    });
    const made = await serviceOf([{ ...board, recipients: ['ceo@acme.example', 'ciso@acme.example'] }], {
      now: at('2026-11-23', 6),
      channel: { kind: 'email', options },
    });
    (made.context.setup().net as { ports?: number[] }).ports?.push(port);
    await makeReports(made.context, 'board', at('2026-11-23', 6) / 60_000);
    await made.run();
    const { rows } = await sql<{ state: string; why: string | null }>`select state, why from outbox`.execute(db);
    expect(rows).toEqual([{ state: 'sent', why: null }]);
    const [mail, ...more] = got;
    expect(more).toEqual([]);
    expect(mail?.to).toEqual(['ceo@acme.example', 'ciso@acme.example']);
    const [kept] = await listReports(db, { limit: 1 });
    const document = JSON.parse((await loadReport(db, kept?.id ?? ''))?.document ?? '{}') as ReportDocument;
    const parts = partsOf(mail?.mail ?? '');
    expect(readMail(mail?.mail ?? '').headers.subject).toMatch(/^Weekly AI report: Week 47 of 2026/);
    expect(readMail(mail?.mail ?? '').headers.bcc).toBeUndefined();
    for (const [id, writer] of await writersOf()) {
      if (!board.formats.some((format) => format === id) || id === 'mail') continue;
      const part = parts.find(({ name }) => name === `ai-report-2026-W47.${writer.extension}`);
      expect(part?.bytes.equals(Buffer.from(await writer.write(document))), id).toBe(true);
    }
    expect(parts.filter(({ name }) => name !== undefined)).toHaveLength(4);
    const body = parts.find(({ type, name }) => type === 'text/html' && name === undefined);
    expect(body?.bytes.toString('utf8').replace(/\r\n/g, '\n')).toBe(
      new TextDecoder().decode(await (await writersOf()).get('mail')?.write(document)),
    );
    const text = parts.find(({ type, name }) => type === 'text/plain' && name === undefined);
    expect(text?.bytes.toString('utf8')).toContain('1 person used 1 AI service');
    // For readers that show no HTML the whole report, and not its first sentence alone.
    expect(text?.bytes.toString('utf8').replace(/\r\n/g, '\n')).toContain(mailWords(document).text.trim());
    expect(text?.bytes.toString('utf8')).toContain(`https://halflight.acme.example/v1/reports/${kept?.id}.html`);
  });
});

interface Part {
  type: string;
  name: string | undefined;
  bytes: Buffer;
}

/** The leaves of a MIME message (RFC 2046); shares no code with who writes it. */
function partsOf(message: string): Part[] {
  const cut = message.indexOf('\r\n\r\n');
  const head = message.slice(0, cut).replace(/\r\n[ \t]+/g, ' ');
  const body = message.slice(cut + 4);
  const header = (name: string): string => new RegExp(`^${name}:(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
  const [, boundary] = /boundary="?([^";]+)"?/.exec(header('content-type')) ?? [];
  if (boundary !== undefined)
    return body
      .split(`--${boundary}`)
      .slice(1, -1)
      .flatMap((part) => partsOf(part.replace(/^\r\n/, '').replace(/\r\n$/, '')));
  const way = header('content-transfer-encoding').toLowerCase();
  const bytes =
    way === 'base64'
      ? Buffer.from(body, 'base64')
      : way === 'quoted-printable'
        ? Buffer.from(
            body
              .replace(/=\r\n/g, '')
              .replace(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
            'latin1',
          )
        : Buffer.from(body, 'latin1');
  return [
    {
      type: (header('content-type').split(';')[0] ?? '').toLowerCase(),
      name: /filename="?([^";]+)"?/.exec(header('content-disposition'))?.[1],
      bytes,
    },
  ];
}
