import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { compileCatalog } from '../../src/catalog/compile.js';
import { readFeedNote } from '../../src/core/feed-note.js';
import type { Notice } from '../../src/core/notice.js';
import { openNote } from '../../src/core/signed-note.js';
import { approve, DecisionError, release, rollBack } from '../../src/jobs/blocklists/decide.js';
import { areFeedsStale } from '../../src/jobs/blocklists/grounds.js';
import { makeBlockLists } from '../../src/jobs/blocklists/make.js';
import { retention } from '../../src/jobs/retention.js';
import { type RegisterFiles, syncRegisters } from '../../src/jobs/sync-registers.js';
import { verifyAudit } from '../../src/store/audit.js';
import { loadBody, loadChanges, loadFeeds, loadServed, loadVersions } from '../../src/store/blocklists.js';
import type { Db } from '../../src/store/tables.js';
import { entry } from '../exports/helpers/register.js';
import { service } from '../helpers/service.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { clear, dayMs, dumpAll, noon, setupOf, signer, testService } from './helpers.js';
import { namedFormat as named } from './helpers-lists.js';

/** Thirty services of one host each: what three of them change is more than 5 %, what one changes is not. */
const many = Array.from({ length: 30 }, (_, n) => service({ id: `s${n}`, hosts: [`s${n}.example`] }));
const two = { decided_by: ['Ada', 'Bob'] };
const denied = (...ids: number[]) => ids.map((n) => entry(`no-${n}`, [`s${n}`], two));
const upTo = (n: number) => Array.from({ length: n }, (_, at) => at);

await describeOnDatabases('feeds of block lists', (server) => {
  let db: Db;
  const start = async (formats = ['squid'], change = {}) => {
    db ??= await server.database();
    await clear(db);
    const test = await testService(db, {
      services: many,
      setup: setupOf({
        channels: [
          {
            id: 'ops',
            kind: 'none',
            notices: [
              'blocklist.waiting',
              'blocklist.published',
              'blocklist.rolled-back',
              'blocklist.kept',
              'blocklist.back',
            ],
            options: {},
          },
        ],
        blocklists: { formats, ownDomains: [], limits: { entries: 50, share: 0.05 }, twoPeople: true, ...change },
      }),
    });
    const { context } = test;
    /** The register changes, and the lists are made anew as the service does. */
    const register = async (inventory: RegisterFiles['inventory'], more: Partial<RegisterFiles> = {}) => {
      test.clock.now += 60_000;
      await syncRegisters(context, { people: undefined, inventory, inventoryTrouble: null, ...more });
      return areFeedsStale(context).then((stale) => (stale ? makeBlockLists(context) : 'fresh'));
    };
    const served = async (format = 'squid') => {
      const version = (await loadServed(db)).find((one) => one.format === format);
      return version && { ...version, body: ((await loadBody(db, format, version.version)) ?? '').toString() };
    };
    const told = async (): Promise<string[]> =>
      (await db.selectFrom('outbox').select('notice').orderBy('id').execute()).map(
        ({ notice }: { notice: Notice }) => `${notice.kind} ${notice.title}`,
      );
    const decider = () => ({ db, setup: context.setup(), signer, who: 'cli:ada', at: context.now() });
    return { ...test, register, served, told, decider };
  };
  const lines = (...ids: number[]): string =>
    `# Halflight: AI services that the register decides against\n${ids.map((n) => `.s${n}.example\n`).join('')}`;

  test('a first list of at most 50 entries is published by itself, and one more denial of twenty too', async () => {
    const { register, served, told } = await start();
    expect(await register(denied(...upTo(20)))).toBe('squid 1 published');
    expect(await register(denied(...upTo(21)))).toBe('squid 2 published');
    const now = await served();
    // By name: s1, s10 ... s2 ...
    const names = upTo(21)
      .map((n) => `.s${n}.example\n`)
      .sort((a, b) => (a < b ? -1 : 1));
    expect(now?.body).toBe(`# Halflight: AI services that the register decides against\n${names.join('')}`);
    expect(now).toMatchObject({ version: 2, entries: 21, added: 1, removed: 0, base: 1, approvedBy: undefined });
    expect(await loadChanges(db, 'squid', 2)).toEqual([
      { sign: '+', text: '.s20.example', why: 's20 is denied by entry no-20' },
    ]);
    expect(await told()).toEqual([
      'blocklist.published Block list squid: version 1 is served',
      'blocklist.published Block list squid: version 2 is served',
    ]);
  });

  test('what is served is signed over its format, version, length and hash', async () => {
    const { register, served } = await start();
    await register(denied(1, 2));
    const now = await served();
    expect(now).toBeDefined();
    const text = openNote(now?.note ?? '', [signer]) ?? '';
    expect(readFeedNote(text)).toEqual({
      format: 'squid',
      version: 1,
      day: '2026-10-05',
      entries: 2,
      bytes: Buffer.byteLength(now?.body ?? ''),
      sha256: createHash('sha256')
        .update(now?.body ?? '')
        .digest('hex'),
    });
  });

  test('a larger change waits, what is served stays, and once approved it is served; all of it in the audit log', async () => {
    const { register, served, told, decider, context } = await start();
    await register(denied(1, 2));
    expect(await register(denied(1, 2, 3))).toBe('squid 2 waits');
    expect((await served())?.body).toBe(lines(1, 2));
    // Looked at again, and nothing is made twice.
    const before = await dumpAll(db, ['job_run']);
    expect(await makeBlockLists(context)).toBe('nothing is new');
    expect(await dumpAll(db, ['job_run'])).toEqual(before);
    await expect(approve(decider(), await named('squid'), 3)).rejects.toThrow(
      'there is no version 3 of squid; the newest is 2',
    );
    await expect(approve(decider(), await named('squid'), 1)).rejects.toThrow('it is published; version 2 waits');
    await approve(decider(), await named('squid'), 2);
    expect(await served()).toMatchObject({ version: 2, body: lines(1, 2, 3), approvedBy: 'cli:ada' });
    await expect(approve(decider(), await named('squid'), 2)).rejects.toThrow(DecisionError);
    expect(await told()).toEqual([
      'blocklist.published Block list squid: version 1 is served',
      'blocklist.waiting Block list squid: version 2 waits for approval',
      'blocklist.published Block list squid: version 2 is served',
    ]);
    const audit = await db
      .selectFrom('audit')
      .select(['who', 'action', 'subject'])
      .where('action', 'like', 'blocklist%')
      .orderBy('seq')
      .execute();
    expect(audit).toEqual([
      { who: 'service', action: 'blocklist.published', subject: 'squid/1' },
      { who: 'service', action: 'blocklist.made', subject: 'squid/2' },
      { who: 'cli:ada', action: 'blocklist.approved', subject: 'squid/2' },
    ]);
    expect((await verifyAudit(db)).badSeq).toBeUndefined();
  });

  test('what waits gives way to what is newer, and is gone where the register goes back', async () => {
    const { register, served, told, decider } = await start();
    await register(denied(1, 2));
    await register(denied(1, 2, 3));
    expect(await register(denied(1, 2, 4))).toBe('squid 3 waits');
    await expect(approve(decider(), await named('squid'), 2)).rejects.toThrow('it is withdrawn; version 3 waits');
    expect(await register(denied(1, 2))).toBe('squid 3 withdrawn');
    expect((await loadVersions(db, 'squid')).map(({ state }) => state)).toEqual([
      'withdrawn',
      'withdrawn',
      'published',
    ]);
    expect((await served())?.version).toBe(1);
    expect((await told()).at(-1)).toBe('blocklist.back Block list squid: version 3 waits no more');
  });

  test('many small changes within a day are one large one', async () => {
    const { register, clock, served } = await start(['squid'], { limits: { entries: 2, share: 0.05 } });
    // Of 29 entries one is 3.4 %, two are 6.9 %.
    expect(await register(denied(...upTo(29)))).toBe('squid 1 waits');
    await approve({ db, setup: setupOf(), signer, who: 'cli:ada', at: clock.now }, await named('squid'), 1);
    expect(await register(denied(...upTo(28)))).toBe('squid 2 published');
    expect(await register(denied(...upTo(27)))).toBe('squid 3 waits');
    const [waits] = await loadVersions(db, 'squid');
    expect(waits?.waitsFor).toMatch(/^since version 1, within a day, 0 added and 2 removed/);
    expect((await served())?.version).toBe(2);
  });

  test('a denial that one person decided reaches no feed, however often and in whatever list it is named', async () => {
    const { register, served } = await start();
    const one = (n: number, decided_by: string[], more = {}) => entry(`no-${n}`, [`s${n}`], { decided_by, ...more });
    await register([
      ...denied(1),
      one(2, ['Ada']),
      one(3, ['Ada', ' ada ', 'ADA']),
      one(4, ['Ada'], { approvers: ['Ada', 'Bob'] }),
      one(5, []),
    ]);
    expect((await served())?.body).toBe(lines(1));
  });

  test('one person may be enough where the configuration says so', async () => {
    const { register, served } = await start(['squid'], { twoPeople: false });
    await register([entry('no', ['s2'])]);
    expect((await served())?.body).toBe(lines(2));
  });

  test('an empty list is served only when a person decided that', async () => {
    const { register, served, decider } = await start();
    expect(await register([])).toBe('squid 1 waits');
    expect(await served()).toBeUndefined();
    await approve(decider(), await named('squid'), 1);
    expect((await served())?.body).toBe(lines());
    expect(await register(denied(1))).toBe('squid 2 published');
    expect(await register([])).toBe('squid 3 waits');
    expect((await served())?.body).toBe(lines(1));
  });

  test('a register that is missing or has errors leaves every list as it is, and that is told once, and once when it is well', async () => {
    const { register, served, told, clock, context } = await start(['squid', 'hosts']);
    expect(await makeBlockLists(context)).toMatch(/^nothing is made: there is no register/);
    expect(await served()).toBeUndefined();
    await register(denied(1, 2));
    const before = await served();
    for (const why of ['the file of the inventory is not there', 'the file of the inventory has 2 errors']) {
      expect(await register(undefined, { inventoryTrouble: why })).toBe(`nothing is made: ${why}`);
      clock.now += dayMs;
      expect(await register(undefined, { inventoryTrouble: why })).toBe(`nothing is made: ${why}`);
    }
    // Also what can be read of a broken file reaches no list.
    expect(await register(denied(1), { inventoryTrouble: 'the file of the inventory has an error' })).toContain(
      'nothing is made',
    );
    expect(await served()).toEqual(before);
    expect((await loadFeeds(db)).map(({ keptWhy }) => keptWhy)).toEqual([
      'the file of the inventory has an error',
      'the file of the inventory has an error',
    ]);
    expect(await register(denied(1, 2))).toBe('nothing is new');
    const news = (await told()).filter((line) => !line.includes('version'));
    expect(news).toEqual([
      'blocklist.kept Block lists: nothing new is made',
      'blocklist.back Block lists: they are made again',
      'blocklist.kept Block lists: nothing new is made',
      'blocklist.kept Block lists: nothing new is made',
      'blocklist.kept Block lists: nothing new is made',
      'blocklist.back Block lists: they are made again',
    ]);
  });

  test('a roll-back serves an older list as a new version, holds it, and gives it free again', async () => {
    const { register, served, told, decider } = await start(['squid', 'rpz']);
    const rpz = await named('rpz');
    await register(denied(1, 2));
    await register(denied(1, 2, 3));
    await expect(rollBack(decider(), rpz, 2)).rejects.toThrow('version 2 of rpz was never served');
    await expect(rollBack(decider(), rpz, 1)).rejects.toThrow('version 1 of rpz is what is served');
    await approve(decider(), await named('rpz'), 2);
    const taken = await served('rpz');
    await rollBack(decider(), rpz, 1);
    const now = await served('rpz');
    expect(now).toMatchObject({ version: 3, restores: 1, entries: 4, removed: 2, approvedBy: 'cli:ada' });
    expect(now?.body).not.toContain('s3.example');
    // Secondaries of a zone take it only with a larger serial.
    const serial = (body = '') => Number(/SOA \S+ \S+ (\d+)/.exec(body)?.[1]);
    expect(serial(now?.body)).toBeGreaterThan(serial(taken?.body));
    expect(readFeedNote(openNote(now?.note ?? '', [signer]) ?? '')?.version).toBe(3);
    // What the register says waits; the other list follows it.
    expect(await register(denied(1, 2, 3, 4))).toBe('squid 3 waits, rpz 4 waits');
    await expect(approve(decider(), await named('rpz'), 4)).rejects.toThrow(
      'first: halflight blocklist rollback rpz --release',
    );
    await expect(release(decider(), 'squid')).rejects.toThrow('squid is not held');
    await release(decider(), 'rpz');
    expect(await register(denied(1, 2, 3, 4))).toBe('rpz 5 waits');
    await approve(decider(), await named('rpz'), 5);
    expect((await served('rpz'))?.body).toContain('s4.example CNAME .');
    expect((await loadVersions(db, 'rpz')).map(({ version, state }) => `${version} ${state}`)).toEqual([
      '5 published',
      '4 withdrawn',
      '3 published',
      '2 rolled-back',
      '1 published',
    ]);
    expect(await told()).toContain('blocklist.rolled-back Block list rpz: rolled back to version 1');
  });

  test('what is protected since is in no version that is approved or gone back to', async () => {
    const { register, served, context, clock } = await start();
    await register(denied(1, 2));
    await register(denied(1));
    const setup = context.setup();
    const ownDomains = ['s1.example'];
    const decider = {
      db,
      setup: { ...setup, blocklists: setup.blocklists && { ...setup.blocklists, ownDomains } },
      signer,
      who: 'cli:ada',
      at: clock.now,
    };
    await expect(approve(decider, await named('squid'), 2)).rejects.toThrow(
      'was made before .s1.example was protected',
    );
    await approve({ ...decider, setup }, await named('squid'), 2);
    await rollBack(decider, await named('squid'), 1);
    expect((await served())?.body).toBe(lines(2));
  });

  test('a name that is protected since leaves what is served at once: held by a roll-back, waiting for a person, or without a register', async () => {
    const { register, served, told, context, decider, clock } = await start(['squid', 'rpz']);
    await register(denied(...upTo(20)));
    await register(denied(...upTo(21)));
    for (const format of ['squid', 'rpz']) await rollBack(decider(), await named(format), 1);
    const setup = context.setup();
    const protect = async (...ownDomains: string[]): Promise<string> => {
      clock.now += 60_000;
      Object.assign(setup, { blocklists: { ...setup.blocklists, ownDomains } });
      expect(await areFeedsStale(context)).toBe(true);
      return makeBlockLists(context);
    };
    // Held: the name below which the organisation works goes, and the list stays held.
    expect(await protect('mail.s1.example')).toContain('squid');
    const ids = upTo(20)
      .filter((n) => n !== 1)
      .sort((a, b) => (`${a}.` < `${b}.` ? -1 : 1));
    expect((await served())?.body).toBe(lines(...ids));
    expect((await served('rpz'))?.body).not.toMatch(/^(\*\.)?s1\.example/m);
    expect((await served())?.version).toBeGreaterThan(3);
    const feeds = await loadFeeds(db);
    expect(feeds.map(({ pinned }) => pinned)).toEqual([(await served('rpz'))?.version, (await served())?.version]);
    expect(await makeBlockLists(context)).toBe('nothing is new');
    const serial = (await loadVersions(db, 'squid')).map((version) => version.serial);
    expect(serial).toEqual([...new Set(serial)].sort((a, b) => b - a));

    // Without a register that can be trusted nothing new is made, but this.
    await register(denied(...upTo(20)), { inventoryTrouble: 'inventory.yaml has 1 error' });
    await protect('mail.s1.example', 's2.example');
    expect((await served())?.body).toBe(lines(...ids.filter((n) => n !== 2)));
    expect((await loadFeeds(db)).map(({ keptWhy }) => keptWhy)).toEqual(Array(2).fill('inventory.yaml has 1 error'));

    // Given free again, a change that waits for its size takes no protected name along.
    await release(decider(), 'squid');
    await register(denied(...upTo(6)));
    expect((await loadVersions(db, 'squid'))[0]).toMatchObject({ state: 'pending' });
    await protect('mail.s1.example', 's2.example', 's3.example');
    expect((await served())?.body).toBe(lines(...ids.filter((n) => n !== 2 && n !== 3)));
    expect((await loadVersions(db, 'squid'))[0]).toMatchObject({ state: 'pending' });

    const { rows } = await sql<{ who: string; out: string[] }>`
      select who, details::jsonb->'taken_out' as out from audit where action = 'blocklist.guarded' and subject like 'squid/%' order by seq`.execute(
      db,
    );
    expect(rows).toEqual(
      ['.s1.example', '.s2.example', '.s3.example'].map((name) => ({ who: 'service', out: [name] })),
    );
    expect((await verifyAudit(db)).badSeq).toBeUndefined();
    expect((await told()).filter((line) => line.includes('protected now'))).toContain(
      'blocklist.published Block list squid: 1 entry is protected now and taken out',
    );
  });

  test('a list that is not configured any more is not served, and its versions stay', async () => {
    const { register, served, context } = await start(['squid', 'hosts']);
    await register(denied(1));
    const setup = context.setup();
    context.setup = () => ({ ...setup, blocklists: setup.blocklists && { ...setup.blocklists, formats: ['hosts'] } });
    expect(await areFeedsStale(context)).toBe(true);
    await makeBlockLists(context);
    expect(await areFeedsStale(context)).toBe(false);
    expect(await served('squid')).toBeUndefined();
    expect(await served('hosts')).toBeDefined();
    expect(await loadVersions(db, 'squid')).toHaveLength(1);
  });

  test('a decision that begins or ends by the day reaches the list with the day', async () => {
    const { register, served, clock, context } = await start();
    const until = '2026-10-06';
    await register([
      ...denied(1, 2),
      entry('ends', ['s3'], { status: 'retired', decommission: { date: until }, ...two }),
    ]);
    expect((await served())?.entries).toBe(2);
    expect(await areFeedsStale(context)).toBe(false);
    clock.now = noon + 2 * dayMs;
    expect(await areFeedsStale(context)).toBe(true);
    expect(await makeBlockLists(context)).toBe('squid 2 waits');
  });

  test('two that make lists at the same time make each version once', async () => {
    const { context, register, served } = await start();
    await register(denied(1));
    await syncRegisters(context, { people: undefined, inventory: denied(1, 2), inventoryTrouble: null });
    await Promise.all([makeBlockLists(context), makeBlockLists(context), makeBlockLists(context)]);
    expect((await loadVersions(db, 'squid')).map(({ version, state }) => `${version} ${state}`)).toEqual([
      '2 pending',
      '1 published',
    ]);
    expect((await served())?.version).toBe(1);
  });

  test('retention leaves what waits and the last ten that were served', async () => {
    const { register, context, decider, clock } = await start(['squid'], { limits: { entries: 0, share: 0 } });
    // Every one waits, and every second one is approved.
    for (let n = 1; n < 28; n++) {
      await register(denied(...upTo(n)));
      const [newest] = await loadVersions(db, 'squid');
      if (n % 2 === 0 && newest?.state === 'pending') await approve(decider(), await named('squid'), newest.version);
    }
    const before = await loadVersions(db, 'squid');
    expect(before[0]?.state).toBe('pending');
    clock.now += 500 * dayMs;
    const setup = context.setup();
    context.setup = () => ({ ...setup, retention: { ...setup.retention, history: 400 * dayMs } });
    await retention(context);
    const kept = await loadVersions(db, 'squid');
    const lastTen = before.filter(({ state }) => state === 'published').slice(0, 10);
    expect(kept).toEqual(before.filter((version) => version.state === 'pending' || lastTen.includes(version)));
    // Numbers go on behind the newest.
    await register(denied(...upTo(28)));
    expect((await loadVersions(db, 'squid'))[0]?.version).toBe((before[0]?.version ?? 0) + 1);
  });

  test('the catalog changes a list as the register does', async () => {
    const { context, register, served } = await start();
    await register(denied(...upTo(30)));
    const more = [...many.slice(0, 29), service({ id: 's29', hosts: ['s29.example', 'new.s29-cdn.example'] })];
    const next = Object.create(context, { catalog: { value: compileCatalog(more) } }) as typeof context;
    expect(await areFeedsStale(next)).toBe(true);
    expect(await makeBlockLists(next)).toBe('squid 2 published');
    expect((await served())?.body).toContain('.new.s29-cdn.example\n');
  });
});
