import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadAudit, verifyAudit } from '../../src/store/audit.js';
import { createMonth } from '../../src/store/partitions.js';
import { findingPages, usagePages } from '../../src/store/reads/export.js';
import { readOnly } from '../../src/store/reads/read-only.js';
import type { Db } from '../../src/store/tables.js';
import { entryRow, findingRow } from '../exports/helpers/tables.js';
import { halflight, ndjson, type Ran, readText, root, squidLog, temporaryFolder } from '../helpers/cli.js';
import { serverDatabases } from '../store/helpers/databases.js';

const newDatabase = serverDatabases();

const folder = temporaryFolder({ 'halflight.yaml': 'data: data\n', 'access.log': squidLog(4) });
const run = (args: string[], env: Record<string, string> = {}): Promise<Ran> =>
  halflight(['export', ...args], {
    cwd: folder,
    env: { DATABASE_URL: url, HALFLIGHT_PSEUDONYM_KEY: 'a key of the tests', ...env },
  });

// A server started by root runs as another user, who must be able to reach its folder.
chmodSync(folder, 0o711);

let db: Db;
let url: string;
const perDay = 4000;
/** Rows of use: so many actors on each of three days, of two services in turn, and some without a day. */
const fill = () =>
  sql`insert into usage (day, service, actor_kind, actor, actor_group, source, account_kind, strength, provenance, confidence,
      events, attempts, bytes_out, bytes_in, first, last, received_at)
    select case when d = 3 then '-infinity'::date else date '2026-10-30' + d end,
      (array['chatgpt', 'claude'])[1 + u % 2], 'person', 'p-' || u, case when u < 3 then 'Board' when u < 9 then 'Legal' else 'Sales' end,
      'proxy', 'unknown', 'visit', 'observed', 'high', u, 0, 10 * u, 0, null, null, 1
    from generate_series(0, 3) d, generate_series(0, ${perDay - 1}) u where d < 3 or u < 10`.execute(db);

beforeAll(async () => {
  ({ db, url } = await newDatabase('up to date'));
  await createMonth(db, '2026-10');
  await createMonth(db, '2026-11');
  await fill();
  const people = Array.from({ length: 40 }, (_, n) => ({
    id: `p-${n}`,
    name: `Person Number ${n}`,
    email: '',
    group: n < 3 ? 'Board' : n < 9 ? 'Legal' : 'Sales',
    manager: '',
    aliases: [],
    line: n,
  }));
  await sql`insert into register values ('people', 'h', ${JSON.stringify(people)}::jsonb, 1),
    ('inventory', 'h', ${JSON.stringify([entryRow(), entryRow({ id: 'other', services: [] })])}::jsonb, 1764000000000)`.execute(
    db,
  );
  for (const finding of [findingRow(), findingRow({ id: 'claude/unknown', service: 'claude' })])
    await sql`insert into finding values (${finding.id}, ${finding.service}, ${finding.state}, ${finding.verdict}, 1,
      ${finding.firstSeen}, ${finding.lastSeen}, 1, ${JSON.stringify(finding)}::jsonb)`.execute(db);
});

const lastAudit = async () => {
  const records = await loadAudit(db);
  return { records, last: records.at(-1), details: JSON.parse(records.at(-1)?.details ?? '{}') as object };
};

describe('halflight export usage', () => {
  it('writes every row once, by pseudonym, and notes what was written', async () => {
    const ran = await run(['usage', '--out', 'usage.csv']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const text = readText(folder, 'usage.csv');
    const rows: Record<string, string>[] = parse(text, { columns: true });
    expect(rows).toHaveLength(3 * perDay + 10);
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(3 * perDay + 10);
    expect(rows.filter((row) => row.day === '')).toHaveLength(10);
    expect(rows.reduce((sum, row) => sum + Number(row.events), 0)).toBe((3 * (perDay - 1) * perDay) / 2 + 45);
    expect(text).not.toContain('p-17');
    expect(text).not.toContain('Person Number');
    expect(rows.every(({ actor }) => /^person-[a-z2-7]{8}$/.test(actor ?? ''))).toBe(true);
    // A group of three is not told, nor the next one, from which it could be worked out.
    expect(new Set(rows.map(({ group }) => group))).toEqual(new Set(['other', 'Sales']));
    expect(statSync(join(folder, 'usage.csv')).mode & 0o777).toBe(0o600);

    const { last, details } = await lastAudit();
    const { createHash } = await import('node:crypto');
    const sha256 = createHash('sha256').update(text).digest('hex');
    expect(ran.stdout).toContain('12,010 rows of usage');
    expect(ran.stdout).toContain(sha256);
    expect(last).toMatchObject({ action: 'export.usage', subject: 'usage' });
    expect(details).toEqual({
      format: 'csv',
      filter: {},
      names: false,
      to: 'usage.csv',
      rows: 12_010,
      bytes: Buffer.byteLength(text),
      sha256,
    });
  });

  it('is narrowed by days and service, and goes to standard output', async () => {
    const args = [
      'usage',
      '--format',
      'ndjson',
      '--from',
      '2026-10-31',
      '--until',
      '2026-11-01',
      '--service',
      'claude',
    ];
    const { code, stdout, stderr } = await run(args);
    expect([code, stderr]).toEqual([0, `halflight: ${(perDay / 2).toLocaleString('en-US')} rows of usage\n`]);
    const rows = ndjson(stdout);
    expect(rows).toHaveLength(perDay / 2);
    expect(new Set(rows.map(({ day, service }) => `${day} ${service}`))).toEqual(new Set(['2026-10-31 claude']));
    // Undated use is in no range.
    expect(ndjson((await run(['usage', '--format', 'ndjson', '--until', '2027-01-01'])).stdout)).toHaveLength(
      3 * perDay,
    );
  });

  it('names people only with a reason, and notes that before the first name is out', async () => {
    const before = (await lastAudit()).records.length;
    const refused = await run(['usage', '--names']);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toBe(
      'halflight: --names needs --reason TEXT: why people are named goes into the audit log\n',
    );
    expect((await lastAudit()).records).toHaveLength(before);

    const { stdout } = await run([
      'usage',
      '--names',
      '--reason',
      'case 12',
      '--service',
      'claude',
      '--from',
      '2026-11-01',
    ]);
    expect(stdout).toContain(',Person Number 17,');
    const { records } = await lastAudit();
    expect(records.slice(before).map(({ action }) => action)).toEqual(['export.names', 'export.usage']);
    expect(records.slice(before).every(({ details }) => details.includes('"reason":"case 12"'))).toBe(true);
    expect(records.at(-1)?.details).not.toContain('Person');
    expect(await verifyAudit(db)).toMatchObject({ badSeq: undefined });

    // Killed behind the first page: the names were noted.
    await run(['usage', '--names', '--reason', 'case 13'], { HALFLIGHT_FAULTS: 'export.page=kill@2' });
    expect((await lastAudit()).last).toMatchObject({ action: 'export.names' });
  });

  it('F7 leaves the old file or the new one, whenever it is killed', async () => {
    for (const fault of ['export.page=kill@1', 'export.page=kill@3', 'export.written=kill']) {
      writeFileSync(join(folder, 'kept.ndjson'), 'the old one');
      const ran = await run(['usage', '--out', 'kept.ndjson'], { HALFLIGHT_FAULTS: fault });
      expect(ran.code).toBeNull();
      expect(readText(folder, 'kept.ndjson')).toBe('the old one');
    }
    const drafts = () => readdirSync(folder).filter((file) => file.endsWith('.draft'));
    expect(drafts()).toHaveLength(3);
    // What a kill left goes when it is old, with the next export of that name.
    for (const file of drafts()) utimesSync(join(folder, file), 1, 1);
    expect((await run(['usage', '--out', 'kept.ndjson'])).code).toBe(0);
    expect(ndjson(readText(folder, 'kept.ndjson'))).toHaveLength(12_010);
    expect(drafts()).toEqual([]);
  });

  it('takes its draft with it when it is ended', async () => {
    const child = spawn(process.execPath, [join(root, 'bin/halflight.js'), 'export', 'usage', '--out', 'ended.csv'], {
      cwd: folder,
      env: { ...process.env, DATABASE_URL: url, HALFLIGHT_FAULTS: 'export.page=stall:60000' },
      stdio: 'ignore',
    });
    const ended = new Promise<string | null>((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
    const left = () => readdirSync(folder).filter((file) => file.startsWith('ended.csv'));
    while (left().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGTERM');
    expect(await ended).toBe('SIGTERM');
    expect(left()).toEqual([]);
  });

  it('says what is wrong and writes nothing', async () => {
    for (const [args, why] of [
      [['usage', '--format', 'xlsx'], /"xlsx" is no format.*there are csv, ndjson, ocsf, parquet/],
      [['usage', '--format', 'ocsf'], /ocsf cannot say usage, only findings and inventory: use csv, ndjson, parquet/],
      [['usage', '--from', '2026-02-30'], /--from 2026-02-30 is no day; write it as 2026-11-22/],
      [['usage', '--from', '2026-02-02', '--until', '2026-02-02'], /--until is the day after the last/],
      [['usage', '--out', 'no/such/folder.csv'], /folder\.csv does not exist; check the path/],
    ] as const) {
      const ran = await run([...args]);
      expect(ran.stdout).toBe('');
      expect(ran.code).not.toBe(0);
      expect(ran.stderr).toMatch(why);
    }
    expect(existsSync(join(folder, 'no'))).toBe(false);
  });
});

describe('halflight export findings and inventory', () => {
  it('write what the service found and what it was told', async () => {
    const { stdout } = await run(['findings', '--service', 'claude']);
    expect(parse(stdout, { columns: true })).toMatchObject([
      { id: 'claude/unknown', name: 'Claude', vendor: 'Anthropic' },
    ]);
    // Seen from 1 to 20 November.
    expect(ndjson((await run(['findings', '--format', 'ndjson', '--until', '2026-11-01'])).stdout)).toEqual([]);
    const events = ndjson((await run(['findings', '--format', 'ocsf', '--from', '2026-11-20'])).stdout);
    expect(events.map(({ class_uid }) => class_uid)).toEqual([2004, 2004]);
    const entries = await run(['inventory', '--format', 'ndjson', '--service', 'acme-bot']);
    expect(ndjson(entries.stdout)).toMatchObject([{ id: 'support-bot', status: 'approved' }]);
    expect((await lastAudit()).last).toMatchObject({ action: 'export.inventory', subject: 'inventory' });
  });
});

describe('an export', () => {
  it('is of one moment while others write, and holds up no new month', async () => {
    const seen: string[] = [];
    await readOnly(db, 60_000, async (trx) => {
      for await (const page of usagePages(trx)) {
        if (seen.length === 0) {
          await sql`update usage set events = events + 1000000`.execute(db);
          await sql`insert into finding select 'late/unknown', 'late', state, verdict, risk, 1, 1, 1, body from finding limit 1`.execute(
            db,
          );
          // Attaching a month needs the table for itself.
          await createMonth(db, '2026-12');
        }
        for (const row of page) seen.push(`${row.actor.id} ${row.events}`);
      }
      for await (const page of findingPages(trx)) expect(page.map(({ id }) => id)).not.toContain('late/unknown');
    });
    expect(seen).toHaveLength(12_010);
    expect(seen.every((row) => row === `p-${row.split(' ')[1]} ${row.split(' ')[1]}`)).toBe(true);
  });

  it('that loses a month to retention says so instead of being short', async () => {
    const reading = readOnly(db, 60_000, async (trx) => {
      for await (const _page of usagePages(trx)) await sql`drop table if exists usage_2026_11`.execute(db);
    });
    await expect(reading).rejects.toThrow('The table usage_2026_11 was removed during the export');
  });
});

describe('a folder of scans', () => {
  it('is exported too, and by name as its people file says', async () => {
    const env = { DATABASE_URL: '' };
    const scan = await halflight(['scan', 'access.log', '--data', 'scans'], { cwd: folder, env });
    expect(scan.code).toBe(0);
    const { stdout } = await run(['usage', '--data', 'scans', '--names', '--reason', 'mine'], env);
    expect(parse(stdout, { columns: true })).toMatchObject([
      { day: '2026-03-02', service: 'chatgpt', actor: 'ann', actor_kind: 'user', events: '4', source: 'squid' },
    ]);
    const findings = await run(['findings', '--data', 'scans'], env);
    expect(parse(findings.stdout, { columns: true })).toMatchObject([{ service: 'chatgpt', verdict: 'unregistered' }]);
    expect((await run(['inventory', '--data', 'scans'], env)).stderr).toMatch(/no entries for what was asked/);
    expect((await run(['usage', '--data', 'nowhere'], env)).stderr).toMatch(/nowhere holds no results/);
  });
});
