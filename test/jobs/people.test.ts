import { sql } from 'kysely';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { compileCatalog } from '../../src/catalog/compile.js';
import { Scanner } from '../../src/jobs/ingest/scanner.js';
import { LeaseCache } from '../../src/jobs/people/lease-cache.js';
import { reResolve } from '../../src/jobs/people/re-resolve.js';
import { retention } from '../../src/jobs/retention.js';
import { syncRegisters } from '../../src/jobs/sync-registers.js';
import type { Person } from '../../src/people/person.js';
import { readPeople } from '../../src/people/read-people.js';
import { loadAudit } from '../../src/store/audit.js';
import { keepState } from '../../src/store/collected.js';
import { releaseHold, setHold } from '../../src/store/holds.js';
import { peopleBefore } from '../../src/store/person-history.js';
import { peopleSummary } from '../../src/store/reads/people.js';
import { loadUnresolved } from '../../src/store/reads/unresolved.js';
import { loadRegister } from '../../src/store/registers.js';
import { syncSources } from '../../src/store/sources.js';
import type { Db } from '../../src/store/tables.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { clear, dayMs, noon, push, services, setupOf, sourceOf, squidLine, testService } from './helpers.js';

const csv = (rows: string): readonly Person[] =>
  readPeople(`id,email,name,group,aliases\n${rows}`, 'people.csv').people;
const never = new AbortController().signal;

await describeOnDatabases('people of the service', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
  }, 60_000);
  beforeEach(() => clear(db));
  const sources = [sourceOf('proxy'), sourceOf('dhcp'), sourceOf('entra')];
  const list = async (run: string, people: readonly object[], complete = true): Promise<void> => {
    const items = people.map((body) => ({ id: (body as { id: string }).id, body }));
    await db
      .transaction()
      .execute((trx) => keepState(trx, 'entra', { kind: 'person', run, items, complete }, noon + Number(run)));
  };
  const known = async (): Promise<Person[]> => (await loadRegister<Person[]>(db, 'people'))?.body ?? [];
  const actors = async (): Promise<string[]> =>
    (await sql<{ row: string }>`select actor_kind || ' ' || actor as row from usage order by 1`.execute(db)).rows.map(
      ({ row }) => row,
    );

  it('are those of the file and of all sources, made anew when either changes, and known when they leave', async () => {
    const { context } = await testService(db, { setup: setupOf({ sources }) });
    const file = csv('p1,jane@acme.example,Jane,Sales,\n');
    await syncRegisters(context, { people: file, inventory: undefined });
    expect(await known()).toMatchObject([{ id: 'p1', group: 'Sales' }]);
    await list('1', [
      { id: 'e1', emails: ['jane@acme.example'], upn: 'jdoe@acme.example', group: 'Sales EMEA' },
      { id: 'e2', emails: ['max@acme.example'] },
      { nothing: true, id: 'e3', emails: 'not a list' },
    ]);
    await syncRegisters(context, { people: undefined, inventory: undefined });
    expect((await known()).map(({ id, group }) => `${id} ${group}`)).toEqual(['max@acme.example ', 'p1 Sales']);
    expect(await peopleSummary(db)).toMatchObject({
      people: 2,
      from: { file: 1, entra: 2 },
      unreadable: 1,
    });

    const before = (await loadAudit(db)).length;
    await syncRegisters(context, { people: undefined, inventory: undefined });
    await syncRegisters(context, { people: file, inventory: undefined });
    expect((await loadAudit(db)).length).toBe(before);

    for (const run of ['2', '3'])
      await list(run, [{ id: 'e1', emails: ['jane@acme.example'], upn: 'jdoe@acme.example', group: 'Sales EMEA' }]);
    await syncRegisters(context, { people: undefined, inventory: undefined });
    expect((await known()).find(({ id }) => id === 'max@acme.example')).toMatchObject({ disabled: true });
  });

  it('are known as they were: each name and group with its days, which are forgotten with the use of those days', async () => {
    const keep = { usage: 30 * dayMs, evidence: undefined, quarantine: undefined, history: undefined };
    const { context, clock } = await testService(db, { setup: setupOf({ retention: keep }) });
    const sync = (rows: string) => syncRegisters(context, { people: csv(rows), inventory: undefined });
    const at = async (time: number): Promise<string[]> =>
      (await peopleBefore(db, time)).flatMap(({ id, name, group, disabled }) =>
        /^p\d$/.test(id) ? [`${id} ${name} ${group}${disabled ? ' gone' : ''}`] : [],
      );
    await sync('p1,jane@acme.example,Jane,Sales,\np2,max@acme.example,Max,Sales,\n');
    clock.now += 10 * dayMs;
    // Max left, Eve came, and Sales has another name.
    await sync('p1,jane@acme.example,Jane,Revenue,\np3,eve@acme.example,Eve,Revenue,\n');
    await sync('p1,jane@acme.example,Jane,Revenue,\np3,eve@acme.example,Eve,Revenue,\n');
    const [then, now] = [clock.now, clock.now + 1];
    // Who came later has a name for what was done before, and is no member.
    expect(await at(then)).toEqual(['p1 Jane Sales', 'p2 Max Sales', 'p3 Eve Revenue gone']);
    expect(await at(now)).toEqual(['p1 Jane Revenue', 'p2 Max Sales gone', 'p3 Eve Revenue']);

    const hold = await setHold(db, { scope: { actor: 'p2' }, reason: 'a case', who: 'cli:ada', at: noon });
    clock.now += 30 * dayMs;
    await retention(context);
    expect(await at(then)).toEqual(['p1 Jane Sales', 'p2 Max Sales', 'p3 Eve Revenue gone']);
    clock.now += 1;
    await retention(context);
    expect(await at(then)).toEqual(['p1 Jane Revenue gone', 'p2 Max Sales', 'p3 Eve Revenue gone']);
    await releaseHold(db, hold, 'cli:ada', noon);
    await retention(context);
    expect(await at(now)).toEqual(['p1 Jane Revenue', 'p3 Eve Revenue']);
  });

  it('get what they did before anybody knew them, also where DHCP logs come later than the proxy log', async () => {
    const made = await testService(db, { setup: setupOf({ sources }) });
    await push(made, squidLine('chat.example', 'jdoe') + squidLine('draw.example', '-', noon));
    made.rings.push({ kind: 'ingest', id: '1', options: undefined });
    await made.answer();
    expect(await actors()).toEqual(['address 10.1.2.3', 'user jdoe']);

    await push(
      made,
      'Oct  5 11:00:00 dhcp1 dhcpd[812]: DHCPACK on 10.1.2.3 to 3c:52:82:aa:10:01 (LT-0042) via eth0\n',
      'dhcp',
    );
    made.rings.push({ kind: 'ingest', id: '2', options: undefined });
    await made.answer();
    expect(
      await db.selectFrom('chunk').select(['records', 'skipped', 'state']).where('id', '=', 2).executeTakeFirst(),
    ).toEqual({ records: 1, skipped: 1, state: 'done' });
    await reResolve(made.context, never);
    expect(await actors()).toEqual(['device lt-0042', 'user jdoe']);
    const { sums, all } = await loadUnresolved(db);
    expect(all).toBe(2);
    expect(sums).toEqual([
      { kind: 'device', id: 'lt-0042', events: 1, bytesOut: 0, bytesIn: 1763, services: 1, findings: 1 },
      { kind: 'user', id: 'jdoe', events: 1, bytesOut: 0, bytesIn: 1763, services: 1, findings: 1 },
    ]);
    expect((await loadUnresolved(db, { from: '2026-10-06' })).sums).toEqual([]);

    await list('1', [
      { id: 'e1', emails: ['jane@acme.example'], account: 'jdoe', domain: 'ACME', devices: ['lt-0042'] },
    ]);
    await syncRegisters(made.context, { people: undefined, inventory: undefined });
    await reResolve(made.context, never);
    expect(await actors()).toEqual(['person jane@acme.example', 'person jane@acme.example']);
    const kinds = (await loadAudit(db)).map(({ action }) => action);
    expect(kinds.filter((action) => action === 'history.resolved')).toHaveLength(2);
  });

  it('are found by leases while logs are read, in threads that share them', async () => {
    const made = await testService(db, { setup: setupOf({ sources }) });
    const people = csv('jane,jane@acme.example,Jane,Sales,device:lt-0042\n');
    const scanner = new Scanner(1, {
      catalogHash: compileCatalog(services).hash,
      services,
      lowConfidence: '',
      people,
      zone: 'UTC',
      net: {},
      poison: undefined,
    });
    try {
      const cache = new LeaseCache(
        db,
        () => noon,
        () => 0,
      );
      expect(await cache.buffer()).toBeUndefined();
      const context = { ...made.context, scanner: () => Promise.resolve(scanner) };
      const { ingest } = await import('../../src/jobs/ingest/ingest.js');
      await ingest(context, await push(made, squidLine('chat.example', '-', noon)));
      await ingest(
        context,
        await push(
          made,
          'Oct  5 11:00:00 dhcp1 dhcpd[812]: DHCPACK on 10.1.2.3 to 3c:52:82:aa:10:01 (LT-0042) via eth0\n',
          'dhcp',
        ),
      );
      const fresh = new LeaseCache(db, () => noon);
      const buffer = await fresh.buffer();
      expect(await fresh.buffer()).toBe(buffer);
      scanner.useLeases(buffer);
      await ingest(context, await push(made, squidLine('draw.example', '-', noon)));
      expect(await actors()).toEqual(['address 10.1.2.3', 'person jane']);
    } finally {
      scanner.close();
    }
  });

  it('are not followed for longer than needed: leases go after 90 days', async () => {
    const made = await testService(db, { setup: setupOf({ sources }) });
    const id = await push(
      made,
      'Oct  5 11:00:00 dhcp1 dhcpd[812]: DHCPACK on 10.1.2.3 to 3c:52:82:aa:10:01 (LT-0042) via eth0\n',
      'dhcp',
    );
    made.rings.push({ kind: 'ingest', id: String(id), options: undefined });
    await made.answer();
    made.clock.now = noon + 89 * dayMs;
    await retention(made.context);
    expect(await db.selectFrom('address_lease').select('address').execute()).toHaveLength(1);
    made.clock.now = noon + 91 * dayMs;
    expect(await retention(made.context)).toMatch(/^[1-9]/);
    expect(await db.selectFrom('address_lease').select('address').execute()).toHaveLength(0);
  });

  it('who left are forgotten after retention.history, and what a source that was removed had; a legal hold keeps them', async () => {
    const made = await testService(db, {
      setup: setupOf({
        sources,
        retention: { usage: undefined, evidence: undefined, quarantine: undefined, history: 30 * dayMs },
      }),
    });
    const { context } = made;
    const [jane, max] = ['jane', 'max'].map((name) => ({ id: name, emails: [`${name}@acme.example`] }));
    const states = async (): Promise<string[]> =>
      (await sql<{ id: string }>`select id from provider_state order by id`.execute(db)).rows.map(({ id }) => id);
    const ids = async (): Promise<string[]> => {
      await syncRegisters(context, { people: undefined, inventory: undefined });
      return (await known()).map(({ id, disabled }) => `${id}${disabled === true ? ' left' : ''}`);
    };
    await list('1', [jane, max] as object[]);
    await list('2', [jane] as object[]);
    await list('3', [jane] as object[]);
    expect(await ids()).toEqual(['jane@acme.example', 'max@acme.example left']);

    made.clock.now = noon + 29 * dayMs;
    await retention(context);
    expect(await states()).toEqual(['jane', 'max']);
    made.clock.now = noon + 31 * dayMs;
    const hold = await setHold(db, { scope: { source: 'entra' }, reason: 'a case', who: 'legal', at: noon });
    await retention(context);
    expect(await states()).toEqual(['jane', 'max']);
    await releaseHold(db, hold, 'legal', noon);
    await retention(context);
    expect(await states()).toEqual(['jane']);
    expect(await ids()).toEqual(['jane@acme.example']);

    await sql`insert into source_record (source, id, at) values ('entra', 'x', ${noon})`.execute(db);
    await syncSources(db, [sourceOf('proxy')], made.clock.now);
    await retention(context);
    expect(await states()).toEqual([]);
    expect((await sql`select from source_record`.execute(db)).rows).toEqual([]);
  });
});
