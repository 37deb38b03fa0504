import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hourlyCheckpoint } from '../../../src/jobs/audit/hourly.js';
import { appendAudit } from '../../../src/store/audit.js';
import { lastCheckpoint, loadCheckpoints } from '../../../src/store/checkpoints.js';
import type { Db } from '../../../src/store/tables.js';
import { type OracleRecord, openNote, recordHash, treeRoot, zeros } from '../../helpers/audit-oracle.js';
import { describeOnDatabases } from '../../store/helpers/databases.js';
import { clear, noon, setupOf, signer, type TestService, testService } from '../helpers.js';

const hour = 3_600_000;

await describeOnDatabases('checkpoints of the audit log', (server) => {
  let db: Db;
  let folder: string;
  let service: TestService;
  beforeAll(async () => {
    db = await server.database();
  });
  beforeEach(async () => {
    await clear(db);
    folder = mkdtempSync(join(tmpdir(), 'halflight-checkpoints-'));
    service = await testService(db, { setup: setup() });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const setup = (channels: string[] = ['soc']) =>
    setupOf({
      audit: { channels, folder: join(folder, 'checkpoints'), copyTo: undefined },
      channels: [
        { id: 'soc', kind: 'webhook', notices: ['audit.broken'], options: {} },
        { id: 'other', kind: 'webhook', notices: ['finding.opened'], options: {} },
      ],
    });
  const decide = async (times: number, from = 0): Promise<void> => {
    for (let n = 0; n < times; n++)
      await appendAudit(db, {
        at: noon + n,
        who: 'cli:ada',
        action: 'hold.set',
        subject: String(from + n),
        details: { n },
      });
  };
  const records = (): Promise<OracleRecord[]> => db.selectFrom('audit').selectAll().orderBy('seq').execute();
  const hourly = (hours: number): Promise<string> => {
    service.clock.now = noon + hours * hour;
    return hourlyCheckpoint(service.context);
  };
  const files = (): string[] =>
    readdirSync(join(folder, 'checkpoints'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.txt'))
      .sort();
  /** Changes what the database itself refuses to change, as whoever owns it can. */
  const tamper = async (statement: ReturnType<typeof sql>): Promise<void> => {
    await sql`alter table audit disable trigger user`.execute(db);
    await statement.execute(db);
    await sql`alter table audit enable trigger user`.execute(db);
  };

  it('every hour the size, root and last hash of the log are signed, as anybody can compute them', async () => {
    await decide(5);
    await hourly(0);
    await decide(8, 5);
    await hourly(1);
    const all = await records();
    const kept = await loadCheckpoints(db);
    expect(kept.map(({ size }) => size)).toEqual([5, 13]);
    for (const { note, size, at } of kept) {
      const read = openNote(note, signer.publicKey);
      expect(read.origin).toBe('halflight.test/log');
      expect(read.size).toBe(size);
      expect(read.root.equals(treeRoot(all.slice(0, size).map(({ hash }) => hash)))).toBe(true);
      expect(read.extensions).toEqual(['epoch 1', `time ${new Date(at).toISOString()}`, `head ${all[size - 1]?.hash}`]);
    }
    let previous = zeros;
    for (const record of all) {
      expect(record.hash).toBe(recordHash({ ...record, previous }));
      previous = record.hash;
    }
  });

  it('an hour in which nothing came has its checkpoint too, an empty log as well, and the same hour twice has one', async () => {
    expect(await hourly(0)).toBe('0 records, epoch 1');
    expect(await hourly(0)).toBe('0 records, epoch 1, made before');
    expect(await hourly(1)).toBe('0 records, epoch 1');
    await decide(3);
    await hourly(2);
    await hourly(2.9);
    await hourly(3);
    const kept = await loadCheckpoints(db);
    expect(kept.map(({ size, slot }) => [size, slot * 60_000])).toEqual(
      [0, 0, 3, 3].map((size, n) => [size, noon + n * hour]),
    );
    expect(openNote(kept[0]?.note ?? '', signer.publicKey).extensions[2]).toBe(`head ${zeros}`);
    expect(new Set(kept.slice(2).map(({ root }) => root)).size).toBe(1);
  });

  it('hours that were missed are one checkpoint', async () => {
    await decide(2);
    await hourly(0);
    // Five slots were noted while no worker was there: all of them are rung when one is.
    for (let n = 0; n < 5; n++) await hourly(6);
    expect((await loadCheckpoints(db)).map(({ slot }) => slot * 60_000)).toEqual([noon, noon + 6 * hour]);
    expect((await lastCheckpoint(db, noon + 5 * hour))?.slot).toBe(noon / 60_000);
  });

  it('the clock may go back: the order is that of making', async () => {
    await decide(2);
    await hourly(48);
    await decide(2, 2);
    await hourly(1);
    expect((await lastCheckpoint(db))?.size).toBe(4);
  });

  it('each is a file of its own, and one that is missing comes with the next', async () => {
    await decide(4);
    await hourly(0);
    const [first = ''] = files();
    expect(first).toBe('2026-10/1-4-20261005T120000Z.txt');
    const kept = await loadCheckpoints(db);
    expect(readFileSync(join(folder, 'checkpoints', first), 'utf8')).toBe(kept[0]?.note);
    rmSync(join(folder, 'checkpoints', first));
    await hourly(1);
    expect(files()).toEqual(['2026-10/1-4-20261005T120000Z.txt', '2026-10/1-4-20261005T130000Z.txt']);
  });

  it('one notice an hour goes to the channels that are named for it, with the note', async () => {
    await decide(1);
    await hourly(0);
    await hourly(0);
    const sent = await db.selectFrom('outbox').selectAll().execute();
    expect(sent.map(({ channel }) => channel)).toEqual(['soc']);
    expect(sent[0]?.notice).toMatchObject({
      kind: 'audit.checkpoint',
      title: 'Audit log: 1 record',
      details: { size: 1 },
    });
    expect(openNote(String(sent[0]?.notice.details.note), signer.publicKey).size).toBe(1);
  });

  it('the database itself refuses a second root for a size, and changes of what was signed', async () => {
    await decide(3);
    await hourly(0);
    const other = 'ab'.repeat(32);
    await expect(
      db
        .insertInto('audit_tree')
        .values({ epoch: 1, size: 3, root: other, parts: Buffer.alloc(64) })
        .execute(),
    ).rejects.toThrow(/audit_tree_pkey/);
    await expect(
      db.insertInto('audit_checkpoint').values({ epoch: 1, slot: 1, size: 3, root: other, note: '', at: 0 }).execute(),
    ).rejects.toThrow(/foreign key/);
    for (const table of ['audit_tree', 'audit_checkpoint'] as const) {
      await expect(sql`update ${sql.table(table)} set size = 2`.execute(db)).rejects.toThrow(/append-only/);
      await expect(sql`delete from ${sql.table(table)}`.execute(db)).rejects.toThrow(/append-only/);
      await expect(sql`truncate ${sql.table(table)} cascade`.execute(db)).rejects.toThrow(/append-only/);
    }
  });

  describe('a log that does not go on from its last checkpoint is not signed', () => {
    const cases: Record<string, { change: () => Promise<void>; record: number }> = {
      'its end was cut off': { change: () => tamper(sql`delete from audit where seq > 7`), record: 8 },
      'a record behind the checkpoint was changed': {
        change: () => tamper(sql`update audit set who = 'cli:eve' where seq = 12`),
        record: 12,
      },
      'its last signed record was replaced': {
        change: () => tamper(sql`update audit set hash = md5('x') || md5('y') where seq = 10`),
        record: 10,
      },
      'all of it was written anew with right hashes': {
        change: async () => {
          const all = await records();
          let previous = zeros;
          for (const record of all) {
            const next = { ...record, subject: record.seq >= 5 ? 'other' : record.subject, previous };
            previous = recordHash(next);
            await tamper(
              sql`update audit set subject = ${next.subject}, previous = ${next.previous}, hash = ${previous} where seq = ${record.seq}`,
            );
          }
        },
        record: 1,
      },
    };
    it('a loss that was written into it by who has no key is accepted by nobody', async () => {
      await decide(10);
      await hourly(0);
      await tamper(sql`delete from audit where seq > 7`);
      const details = { epoch: 2, kept: 7, from: 8, to: 10, why: 'disk lost', records: 7 };
      await appendAudit(db, {
        at: noon,
        who: 'cli:ada',
        action: 'audit.loss-accepted',
        subject: 'records 8 to 10',
        details,
      });
      expect(await hourly(1)).toMatch(/^not signed: /);
      // Also where the folder of checkpoints is gone, and only the database knows of more.
      rmSync(join(folder, 'checkpoints'), { recursive: true });
      expect(await hourly(2)).toMatch(/^not signed: /);
      expect(await loadCheckpoints(db)).toHaveLength(1);
      // And where no checkpoint speaks of what is gone: the record alone is one that nobody made here.
      await clear(db);
      await decide(4);
      await hourly(0);
      await appendAudit(db, {
        at: noon,
        who: 'cli:ada',
        action: 'audit.loss-accepted',
        subject: 'x',
        details: { ...details, kept: 9 },
      });
      expect(await hourly(1)).toBe('not signed: Record 5 (index 4) was put in');
    });

    it.each(Object.entries(cases))('%s', async (_name, { change, record }) => {
      await decide(10);
      await hourly(0);
      await decide(4, 10);
      await change();
      expect(await hourly(1)).toMatch(/^not signed: /);
      expect(await hourly(2)).toMatch(/^not signed: /);
      expect(await loadCheckpoints(db)).toHaveLength(1);
      const told = (await db.selectFrom('outbox').selectAll().execute()).filter(
        ({ notice }) => notice.kind === 'audit.broken',
      );
      expect(told.map(({ channel, notice }) => [channel, notice.severity, notice.details.record])).toEqual([
        ['soc', 'high', record],
      ]);
      const said = (await records()).filter(({ action }) => action === 'audit.broken');
      expect(said.map(({ details }) => JSON.parse(details).record)).toEqual([record]);
    });
  });
});
