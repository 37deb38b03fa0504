import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { hourlyCheckpoint } from '../../../src/jobs/audit/hourly.js';
import { verifyWholeLog } from '../../../src/jobs/audit/whole.js';
import { ownTasks } from '../../../src/jobs/tasks.js';
import { appendAudit, loadAudit } from '../../../src/store/audit.js';
import { lastFinished, noteSlot, runSlot } from '../../../src/store/job-runs.js';
import type { Db } from '../../../src/store/tables.js';
import { describeOnDatabases } from '../../store/helpers/databases.js';
import { clear, noon, setupOf, type TestService, testService } from '../helpers.js';

const hour = 3_600_000;

await describeOnDatabases('the walk over the whole audit log each day', (server) => {
  let db: Db;
  let folder: string;
  let service: TestService;
  const setup = (verifyAt?: string) =>
    setupOf({
      audit: { channels: [], folder: join(folder, 'checkpoints'), copyTo: undefined, verifyAt },
      channels: [{ id: 'soc', kind: 'webhook', notices: ['audit.broken'], options: {} }],
    });
  beforeAll(async () => {
    db = await server.database();
  });
  beforeEach(async () => {
    await clear(db);
    folder = mkdtempSync(join(tmpdir(), 'halflight-whole-'));
    service = await testService(db, { setup: setup() });
    // Two hours with their checkpoints, and what came since.
    for (let n = 0; n < 30; n++) {
      await appendAudit(db, { at: noon + n, who: 'cli:ada', action: 'hold.set', subject: String(n), details: { n } });
      if (n === 9 || n === 19) {
        service.clock.now = noon + n * hour;
        await hourlyCheckpoint(service.context);
      }
    }
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const walk = (): Promise<string> => verifyWholeLog(service.context, new AbortController().signal);
  const tamper = async (statement: ReturnType<typeof sql>): Promise<void> => {
    await sql`alter table audit disable trigger user`.execute(db);
    await statement.execute(db);
    await sql`alter table audit enable trigger user`.execute(db);
  };
  const told = async (): Promise<[channel: string, kind: string][]> => {
    const rows = await db.selectFrom('outbox').select(['channel', 'notice']).orderBy('id').execute();
    return rows.map(({ channel, notice }) => [channel, (notice as { kind: string }).kind]);
  };
  const recorded = async (): Promise<unknown[]> =>
    (await loadAudit(db)).filter(({ action }) => action === 'audit.broken').map(({ details }) => JSON.parse(details));

  it('says that all is well, and changes nothing', async () => {
    const before = await loadAudit(db);
    expect(await walk()).toBe('whole and good: 30 records, 2 checkpoints');
    expect(await loadAudit(db)).toEqual(before);
    expect(await told()).toEqual([]);
  });

  it('finds what the hourly checkpoint does not look at, and tells it once, as that one does', async () => {
    await tamper(sql`update audit set who = 'cli:eve' where seq = 5`);
    service.clock.now = noon + 30 * hour;
    expect(await hourlyCheckpoint(service.context)).toContain('30 records');
    expect(await walk()).toMatch(/^NOT whole: Record 5 \(index 4\) was changed/);
    expect(await walk()).toMatch(/^NOT whole: Record 5 /);
    expect(await told()).toEqual([['soc', 'audit.broken']]);
    expect(await recorded()).toMatchObject([{ record: 5, why: 'changed', size: 30 }]);
  });

  it('finds records that were written anew with right hashes, and an end that is gone', async () => {
    await tamper(sql`delete from audit where seq > 15`);
    expect(await walk()).toMatch(/^NOT whole: Record 16 \(index 15\) and all after it are gone/);
    // The same news as that of the next hour.
    service.clock.now = noon + 31 * hour;
    expect(await hourlyCheckpoint(service.context)).toMatch(/^not signed/);
    expect(await told()).toEqual([['soc', 'audit.broken']]);
  });

  it('counts checkpoints that the key of now has not signed, and still holds the log to what they say', async () => {
    await sql`alter table audit_checkpoint disable trigger user`.execute(db);
    await sql`update audit_checkpoint set note = replace(note, 'epoch 1', 'epoch  1') where slot = ${(noon + 9 * hour) / 60_000}`.execute(
      db,
    );
    await sql`alter table audit_checkpoint enable trigger user`.execute(db);
    expect(await walk()).toMatch(/^whole and good: 30 records, 2 checkpoints; 1 are not signed by the key of now/);
  });

  it('runs when the configuration says, or never', async () => {
    const { cron } = ownTasks['audit-verify'] ?? expect.fail();
    const when = (verifyAt?: string) => (typeof cron === 'function' ? cron(setup(verifyAt)) : cron);
    expect([when('20 2 * * *'), when()]).toEqual(['20 2 * * *', undefined]);
  });

  it('what it found is known by its outcome: the last one, and the last good one', async () => {
    const day = async (slot: number): Promise<void> => {
      await noteSlot(db, 'audit-verify', slot);
      await runSlot(db, { job: 'audit-verify', slot }, walk, () => slot * 60_000);
    };
    await day(100);
    await tamper(sql`update audit set who = 'cli:eve' where seq = 5`);
    await day(200);
    expect(await lastFinished(db, 'audit-verify')).toMatchObject({
      at: 200 * 60_000,
      outcome: expect.stringMatching(/^NOT/),
    });
    expect(await lastFinished(db, 'audit-verify', 'whole and good')).toMatchObject({ at: 100 * 60_000 });
    expect(await lastFinished(db, 'audit-verify', 'other')).toBeUndefined();
  });
});
