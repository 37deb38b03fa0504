import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { appendAudit } from '../../src/store/audit.js';
import type { Db } from '../../src/store/tables.js';
import { type OracleRecord, openNote, recordHash, treeRoot, zeros } from '../helpers/audit-oracle.js';
import { halflight, type Ran, temporaryFolder } from '../helpers/cli.js';
import { serverDatabases } from '../store/helpers/databases.js';

const newDatabase = serverDatabases();

let db: Db;
let folder: string;
let url: string;
let faults: Record<string, string> = {};
beforeEach(async () => {
  ({ db, url } = await newDatabase('up to date'));
  folder = temporaryFolder();
  faults = {};
});

const run = (...args: string[]): Promise<Ran> =>
  halflight(args, {
    cwd: folder,
    env: { DATABASE_URL: url, HALFLIGHT_DATA: join(folder, 'data'), HALFLIGHT_PORT: '0', ...faults },
  });
const audit = (...args: string[]): Promise<Ran> => run('audit', ...args);
const decide = async (times: number): Promise<void> => {
  for (let n = 0; n < times; n++)
    await appendAudit(db, {
      at: 1_790_000_000_000 + n,
      who: 'cli:ada',
      action: 'hold.set',
      subject: String(n),
      details: { n },
    });
};
const records = (): Promise<OracleRecord[]> => db.selectFrom('audit').selectAll().orderBy('seq').execute();
/** As whoever owns the database can. */
const tamper = async (...statements: ReturnType<typeof sql>[]): Promise<void> => {
  for (const table of ['audit', 'audit_tree', 'audit_checkpoint'])
    await sql`alter table ${sql.table(table)} disable trigger user`.execute(db);
  for (const statement of statements) await statement.execute(db);
  for (const table of ['audit', 'audit_tree', 'audit_checkpoint'])
    await sql`alter table ${sql.table(table)} enable trigger user`.execute(db);
};
/** The database as it was when its log had so many records. */
const rollBack = (size: number): Promise<void> =>
  tamper(
    sql`delete from audit_checkpoint where size > ${size}`,
    sql`delete from audit_tree where size > ${size}`,
    sql`delete from audit where seq > ${size}`,
  );
const verifyJson = async (...args: string[]) => {
  const ran = await audit('verify', '--json', ...args);
  return {
    code: ran.code,
    ...(JSON.parse(ran.stdout) as {
      ok: boolean;
      bad: number | null;
      first_bad: object | null;
      vouched: number;
      checkpoints: { bad: { place: string; why: string }[]; given: number; fit: number };
      losses: { from: number; to: number; why: string }[];
    }),
  };
};
const keep = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
const publicKey = () => {
  const pem = readFileSync(join(folder, 'data/signing.key'), 'utf8');
  return createPublicKey(pem);
};

describe('halflight audit', () => {
  it('what an auditor took along shows a log that was written anew, and one whose end is gone', async () => {
    await decide(6);
    const taken = await audit('checkpoint');
    expect(taken.code).toBe(0);
    expect(openNote(taken.stdout, publicKey()).root.equals(treeRoot((await records()).map(({ hash }) => hash)))).toBe(
      true,
    );
    await decide(3);
    // A mail, with the note somewhere in it and line ends of its own.
    const mail = keep('mail.txt', `Dear auditor,\r\n\r\n${taken.stdout.replaceAll('\n', '\r\n')}\r\nYours\r\n`);
    const key = (await audit('key', '--out', join(folder, 'public.pem'))).stdout.trim();
    expect(key).toMatch(/^halflight\/log\+[0-9a-f]{8}\+/);
    for (const given of [key, join(folder, 'public.pem')])
      expect(await verifyJson('--checkpoint', mail, '--key', given)).toMatchObject({
        code: 0,
        ok: true,
        vouched: 6,
        checkpoints: { given: 1, fit: 3, bad: [] },
      });

    // All hashes right, and everything in the database removed that speaks against it.
    const all = await records();
    let previous = zeros;
    const statements: ReturnType<typeof sql>[] = [
      sql`delete from audit_checkpoint`,
      sql`delete from audit_tree`,
      sql`delete from audit`,
    ];
    for (const record of all) {
      const next = { ...record, who: record.seq === 3 ? 'cli:eve' : record.who, previous };
      previous = recordHash(next);
      const { seq, at, who, action, subject, details } = next;
      statements.push(
        sql`insert into audit values (${seq}, ${at}, ${who}, ${action}, ${subject}, ${details}, ${next.previous}, ${previous})`,
      );
    }
    await tamper(...statements);
    rmSync(join(folder, 'data/checkpoints'), { recursive: true });
    expect(await verifyJson()).toMatchObject({ code: 0, ok: true });
    expect(await verifyJson('--checkpoint', mail)).toMatchObject({
      code: 1,
      ok: false,
      bad: 1,
      first_bad: { record: 1, index: 0, until_index: 5, why: 'rewritten' },
    });

    await tamper(sql`delete from audit where seq > 4`);
    const cut = await audit('verify', '--checkpoint', mail);
    expect([cut.code, cut.stdout.split('\n')[0]]).toEqual([
      1,
      expect.stringMatching(/^(Record 1|Record 5) does not fit/),
    ]);
    for (const line of cut.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('a checkpoint of another key, of another log, or that was changed is named', async () => {
    await decide(2);
    const { stdout: note } = await audit('checkpoint');
    const changed = keep('changed.txt', note.replace(/^2$/m, '1'));
    expect(await verifyJson('--checkpoint', changed)).toMatchObject({
      code: 1,
      bad: null,
      checkpoints: { bad: [{ place: changed, why: expect.stringContaining('not signed by the key') }] },
    });
    const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const foreign = await verifyJson('--key', keep('other.pem', other));
    expect(foreign.code).toBe(1);
    expect(foreign.checkpoints.bad.map(({ place }) => place)).toEqual([
      'database, number 1',
      expect.stringContaining('checkpoints'),
    ]);
    await tamper(sql`update audit_checkpoint set at = 1, note = replace(note, 'epoch 1', 'epoch 2')`);
    expect((await verifyJson()).checkpoints.bad).toEqual([
      { place: 'database, number 1', why: expect.stringContaining('was changed') },
    ]);
    const none = await audit('verify', '--checkpoint', keep('none.txt', 'nothing'));
    expect([none.code, none.stderr]).toEqual([3, expect.stringContaining('holds no checkpoint')]);
  });

  it('show prints what hostile records hold without harm, in 80 columns', async () => {
    await appendAudit(db, {
      at: Date.UTC(2026, 9, 5),
      who: 'cli:\u001b[31mred',
      action: 'hold.set',
      subject: '\u202egnp.exe',
      details: { why: `${'long '.repeat(40)}\u0007` },
    });
    await appendAudit(db, {
      at: Date.UTC(2026, 9, 6),
      who: 'service',
      action: 'token.created',
      subject: 'x',
      details: {},
    });
    const { stdout } = await audit('show');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(stdout).toContain('2026-10-06 00:00:00Z  service  token.created  x');
    const lines = (await audit('show', '--json', '--since', '2026-10-06')).stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { seq: 2, index: 1, action: 'token.created', details: {} },
    ]);
    expect((await audit('show', '--action', 'hold', '--json')).stdout.trim().split('\n')).toHaveLength(1);
    expect((await audit('show', '--until', '2026-10-06T00:00Z', '--subject', 'x')).stdout).toBe('');
    expect((await audit('show', '--since', 'soon')).code).toBe(2);
  });
});

describe('A25 an older database that was put back', () => {
  it('is refused by serve, work and schedule; a loss that is accepted is in the log, and begins an epoch', async () => {
    await decide(5);
    const older = await audit('checkpoint');
    await decide(5);
    // A slot is a minute; the second checkpoint is of the same.
    await tamper(sql`update audit_checkpoint set slot = 1`);
    const newer = await audit('checkpoint');
    expect(openNote(newer.stdout, publicKey()).size).toBe(10);
    await rollBack(7);
    for (const command of ['serve', 'work', 'schedule']) {
      const { code, stderr } = await run(command);
      expect([command, code]).toEqual([command, 3]);
      expect(stderr).toMatch(
        /knows 10 records, and the database has only 7\..*restore the newer backup; or, .*audit accept-loss --why/s,
      );
    }
    expect((await run('doctor')).stdout).toMatch(/knows 10\s+records/);
    expect(await verifyJson()).toMatchObject({ code: 1, bad: 8, first_bad: { index: 7, why: 'cut' }, vouched: 5 });

    const accepted = await audit('accept-loss', '--why', 'disk of 5 October lost');
    expect([accepted.code, accepted.stdout]).toEqual([
      0,
      expect.stringMatching(/^Records 8 to 10 are given up.*epoch 2 with 8 records/),
    ]);
    expect((await records()).at(-1)).toMatchObject({
      seq: 8,
      action: 'audit.loss-accepted',
      subject: 'records 8 to 10',
    });
    const again = await audit('accept-loss', '--why', 'again');
    expect([again.code, again.stderr]).toEqual([3, expect.stringContaining('nothing is lost')]);
    expect(await verifyJson()).toMatchObject({
      code: 0,
      ok: true,
      losses: [{ from: 8, to: 10, why: 'disk of 5 October lost' }],
    });
    // What the log said before: the older one still holds, the newer one speaks of what is gone.
    expect(await verifyJson('--checkpoint', keep('older.txt', older.stdout))).toMatchObject({ code: 0 });
    expect(await verifyJson('--checkpoint', keep('newer.txt', newer.stdout))).toMatchObject({
      code: 1,
      bad: null,
      checkpoints: { bad: [{ why: expect.stringContaining('before a loss that was accepted') }] },
    });
    // The log grows to the size that it once had: another origin, so no origin has two roots for it.
    await decide(2);
    await tamper(sql`update audit_checkpoint set slot = 2 where epoch = 2`);
    const once = openNote((await audit('checkpoint')).stdout, publicKey());
    expect([once.origin, once.size]).toEqual(['halflight/log/2', 10]);
    expect(once.root.equals(openNote(newer.stdout, publicKey()).root)).toBe(false);
    expect(await verifyJson()).toMatchObject({ code: 0, ok: true });
  });

  it('is found where only the files of this process know better, and another process with older files goes on', async () => {
    await decide(3);
    await audit('checkpoint');
    cpSync(join(folder, 'data'), join(folder, 'other'), { recursive: true });
    await decide(3);
    await tamper(sql`update audit_checkpoint set slot = 1`);
    await audit('checkpoint');
    await rollBack(4);
    expect((await run('schedule')).code).toBe(3);
    // The command that only looks says it for the folder of each.
    const other = await halflight(['audit', 'verify', '--json'], {
      cwd: folder,
      env: { DATABASE_URL: url, HALFLIGHT_DATA: join(folder, 'other') },
    });
    expect(other.code).toBe(0);
  });
});

describe('F8 kill -9 while a checkpoint is signed', () => {
  it.each(['checkpoint.sign', 'checkpoint.signed', 'checkpoint.kept', 'checkpoint.written'])(
    'at %s: one root for each size, and every file is whole',
    async (point) => {
      await decide(4);
      faults = { HALFLIGHT_FAULTS: `${point}=kill` };
      const killed = await audit('checkpoint');
      expect(killed.code).toBe(null);
      expect(killed.stdout).toBe('');
      const kept = await db.selectFrom('audit_checkpoint').select('size').execute();
      expect(kept.length).toBe(['checkpoint.sign', 'checkpoint.signed'].includes(point) ? 0 : 1);
      faults = {};
      const done = await audit('checkpoint');
      expect(done.code).toBe(0);
      expect((await verifyJson()).code).toBe(0);
      const rows = await db.selectFrom('audit_checkpoint').selectAll().execute();
      const root = treeRoot((await records()).map(({ hash }) => hash)).toString('hex');
      for (const row of rows) expect([row.size, row.root]).toEqual([4, root]);
      const files = readdirSync(join(folder, 'data/checkpoints'), { recursive: true, encoding: 'utf8' }).filter(
        (name) => name.includes('.'),
      );
      expect(files.length).toBe(rows.length);
      const notes = files.map((name) => readFileSync(join(folder, 'data/checkpoints', name), 'utf8')).sort();
      expect(notes).toEqual(rows.map(({ note }) => note).sort());
      expect(existsSync(join(folder, 'data/signing.key'))).toBe(true);
    },
  );
});

describe('what is shown or taken out is in the log', () => {
  it('names of people, before they are shown; an export of the database; a block list that was made', async () => {
    await run('people', 'unresolved');
    await run('candidate', 'list');
    await run('device', 'list');
    expect(await records()).toEqual([]);
    for (const command of ['people unresolved', 'candidate list', 'device list'])
      expect((await run(...command.split(' '), '--names')).code, command).toBe(0);
    expect((await run('data', 'export', 'out')).code).toBe(0);
    writeFileSync(join(folder, 'inventory.yaml'), 'entries: []\n');
    const list = await run('export', 'blocklist', 'hosts', '--inventory', 'inventory.yaml', '--out', 'list.txt');
    expect(list.code, list.stderr).toBe(0);
    expect((await records()).map(({ who, action, subject }) => [who.replace(/:.*/, ''), action, subject])).toEqual([
      ['cli', 'names.revealed', 'people unresolved'],
      ['cli', 'names.revealed', 'candidate'],
      ['cli', 'names.revealed', 'device list'],
      ['cli', 'data.exported', 'out'],
      ['cli', 'blocklist.exported', 'hosts'],
    ]);
  });
});
