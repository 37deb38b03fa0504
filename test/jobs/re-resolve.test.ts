import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { dayOf } from '../../src/core/time.js';
import type { Actor } from '../../src/core/usage.js';
import { isHistoryStale, type ResolvingContext, reResolve } from '../../src/jobs/people/re-resolve.js';
import { registerHash } from '../../src/jobs/registers.js';
import { Directory } from '../../src/people/directory.js';
import type { Lease } from '../../src/people/leases/lease.js';
import { LeaseLookup } from '../../src/people/leases/lookup.js';
import { packLeases } from '../../src/people/leases/pack.js';
import type { Person } from '../../src/people/person.js';
import { readPeople } from '../../src/people/read-people.js';
import { keyBesideActor, shareTables } from '../../src/store/actor-moves.js';
import { saveLeases } from '../../src/store/address-leases.js';
import { loadAudit } from '../../src/store/audit.js';
import { saveChunk } from '../../src/store/chunks.js';
import { setHold } from '../../src/store/holds.js';
import { saveRegister } from '../../src/store/registers.js';
import type { Db } from '../../src/store/tables.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { candidate, chunk, evidence, usage } from '../store/helpers/results.js';
import { clear, noon, testService } from './helpers.js';

const hour = 3_600_000;
const csv = (rows: string): readonly Person[] =>
  readPeople(`id,email,name,group,aliases\n${rows}`, 'people.csv').people;
const staff = csv(`jane,jane@acme.example,Jane,Sales,ACME\\jdoe;device:lt-1;address:10.0.0.9
max,max@acme.example,Max,Legal,device:lt-2;user:svc-max
`);
const never = new AbortController().signal;

/** One event: what its record holds of who, and when. */
interface Seen {
  user?: string | undefined;
  device?: string | undefined;
  src_ip?: string | undefined;
  time: number | undefined;
  service: string;
}

const actorOf = (directory: Directory, { service: _, time, ...seen }: Seen): Actor =>
  directory.resolve({ ...seen, ...(time !== undefined && { time }) } as Parameters<Directory['resolve']>[0]);

/** What a scan of events gives as a chunk, with the roll-up that it makes. */
function chunkOf(name: string, events: readonly Seen[], directory: Directory) {
  const rows = new Map<string, ReturnType<typeof usage>>();
  for (const seen of events) {
    const actor = actorOf(directory, seen);
    const day = seen.time === undefined ? '' : dayOf(seen.time, 'UTC');
    const key = JSON.stringify([day, seen.service, actor]);
    const row =
      rows.get(key) ??
      usage({
        day,
        service: seen.service,
        actor,
        events: 0,
        attempts: 0,
        bytesOut: 0,
        bytesIn: 0,
        first: seen.time,
        last: seen.time,
        spend: new Map(),
      });
    row.events++;
    row.bytesOut += 10;
    if (seen.time !== undefined) {
      row.first = Math.min(row.first ?? seen.time, seen.time);
      row.last = Math.max(row.last ?? seen.time, seen.time);
    }
    row.spend = new Map([['EUR', (row.spend.get('EUR') ?? 0) + 5]]);
    rows.set(key, row);
  }
  return chunk(name, {
    usage: [...rows.values()],
    evidence: events.map((seen, line) =>
      evidence({ line: line + 1, service: seen.service, time: seen.time, actor: actorOf(directory, seen) }),
    ),
    candidates: [],
    uses: [],
  });
}

/** As `clear`, of what these tests fill: it is done many times. */
async function empty(db: Db): Promise<void> {
  for (const table of [
    'chunk',
    'usage',
    'usage_day',
    'usage_service_day',
    'address_lease',
    'actor_resolution',
    'register',
  ] as const)
    await db.deleteFrom(table).execute();
  await sql`alter sequence chunk_id_seq restart`.execute(db);
}

/** All tables that say who did what, the shares of a chunk added up by their key. */
async function tables(db: Db): Promise<Record<string, unknown[]>> {
  const read = async (query: string) =>
    (await sql.raw<{ row: string }>(query).execute(db)).rows.map(({ row }) => row).sort();
  return {
    usage: await read('select u::text as row from usage u'),
    shares: await read(
      `select jsonb_build_array(chunk_id, day, service, actor_kind, actor, actor_group, source, account_kind, strength, provenance, sum(events),
        sum(attempts), sum(bytes_out), min(first), max(last), sum_spend(spend))::text as row
       from chunk_usage group by chunk_id, day, service, actor_kind, actor, actor_group, source, account_kind, strength, provenance`,
    ),
    days: await read('select u::text as row from usage_day u'),
    serviceDays: await read('select u::text as row from usage_service_day u'),
    evidence: await read('select e::text as row from evidence e'),
    candidates: await read('select c::text as row from candidate c'),
  };
}

await describeOnDatabases('history when a mapping comes later', (server) => {
  let db: Db;
  let context: ResolvingContext;
  beforeAll(async () => {
    db = await server.database();
  }, 60_000);
  beforeEach(async () => {
    await clear(db);
    context = (await testService(db)).context;
  });

  const know = async (people: readonly Person[], leases: readonly Lease[] = []): Promise<void> => {
    await saveRegister(db, 'people', { hash: registerHash(people), body: people }, noon);
    await db.transaction().execute((trx) => saveLeases(trx, { leases, ends: [], dropped: 0 }));
  };
  const directoryOf = (people: readonly Person[], leases: readonly Lease[]): Directory =>
    new Directory(people, 'people.csv', new LeaseLookup(packLeases(leases)));
  const lease = (change: Partial<Lease>): Lease => ({
    address: '10.0.0.1',
    from: noon,
    seen: noon,
    to: noon + 8 * hour,
    ended: false,
    user: '',
    device: 'lt-1',
    mac: '',
    ...change,
  });
  const usageOf = async (): Promise<string[]> =>
    (
      await sql<{
        row: string;
      }>`select actor_kind || ' ' || actor || ' ' || events as row from usage order by 1`.execute(db)
    ).rows.map(({ row }) => row);

  it('is what it would be had the mapping been there first, whatever the events; and twice is once', async () => {
    const seen = fc.oneof(
      fc.record({ user: fc.constantFrom('ACME\\jdoe', 'jane@acme.example', 'svc-max', 'stranger', 'max') }),
      fc.record({ device: fc.constantFrom('LT-1', 'lt-2.acme.example', 'kiosk') }),
      fc.record({ src_ip: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.9', '10.0.0.77') }),
    );
    const event = fc
      .tuple(
        seen,
        fc.option(fc.integer({ min: -30, max: 30 }), { nil: undefined, freq: 8 }),
        fc.constantFrom('chat', 'draw'),
      )
      .map(
        ([who, hours, service]): Seen => ({
          ...who,
          service,
          time: hours === undefined ? undefined : noon + hours * hour,
        }),
      );
    // An address once in a chunk: what a row of several holders is stays as it is, and is tried below.
    const events = fc.uniqueArray(event, { maxLength: 5, selector: (one) => one.src_ip ?? JSON.stringify(one) });
    const leases = fc.array(
      fc
        .record({
          address: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.9'),
          from: fc.integer({ min: -40, max: 30 }),
          run: fc.integer({ min: 1, max: 20 }),
          holder: fc.constantFrom<Partial<Lease>>(
            { device: 'lt-1' },
            { device: 'lt-2' },
            { device: 'kiosk' },
            { device: '', user: 'acme\\jdoe' },
          ),
        })
        .map(({ address, from, run, holder }) =>
          lease({
            address,
            from: noon + from * hour,
            seen: noon + from * hour,
            to: noon + (from + run) * hour,
            ...holder,
          }),
        ),
      { maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(events, { minLength: 1, maxLength: 4 }),
        leases,
        fc.boolean(),
        async (chunks, given, interrupted) => {
          await empty(db);
          const before = directoryOf(staff, given);
          for (const [i, own] of chunks.entries()) await saveChunk(db, chunkOf(`c${i}`, own, before));
          const wanted = await tables(db);

          await empty(db);
          const ignorant = new Directory();
          for (const [i, own] of chunks.entries()) await saveChunk(db, chunkOf(`c${i}`, own, ignorant));
          await know(staff, given);
          if (interrupted) {
            const stop = new AbortController();
            await reResolve({ ...context, ring: () => stop.abort() }, stop.signal, {
              atOnce: { actors: 1, addresses: 1 },
            });
          }
          await reResolve(context, never, { atOnce: { actors: 2, addresses: 2 } });
          expect(await tables(db)).toEqual(wanted);
          expect(await isHistoryStale(context)).toBe(false);
          expect(await reResolve(context, never, { whole: true })).toMatch(/^0 of/);
          expect(await tables(db)).toEqual(wanted);
        },
      ),
      { seed: 20261126, numRuns: 15 },
    );
  }, 60_000);

  it('stays with an address that several had between the first and the last event of a row, and is counted', async () => {
    const at = (hours: number): Seen => ({ src_ip: '10.0.0.1', service: 'chat', time: noon + hours * hour });
    await saveChunk(db, chunkOf('two holders', [at(1), at(5)], new Directory()));
    await saveChunk(db, chunkOf('one holder', [at(1), at(2)], new Directory()));
    await know(staff, [
      lease({ to: noon + 3 * hour, ended: true }),
      lease({ device: 'lt-2', from: noon + 4 * hour, seen: noon + 4 * hour }),
    ]);
    await reResolve(context, never);
    expect(await usageOf()).toEqual(['address 10.0.0.1 2', 'person jane 2']);
    const [entry] = (await loadAudit(db)).filter(({ action }) => action === 'history.resolved');
    expect(JSON.parse(entry?.details ?? '')).toMatchObject({ actors: 1, moved: 1, ambiguous: 1, services: 1 });
  });

  it('whose shares are gone moves as a whole or not at all', async () => {
    await saveChunk(db, chunkOf('a', [{ src_ip: '10.0.0.1', service: 'chat', time: noon + hour }], new Directory()));
    await saveChunk(
      db,
      chunkOf(
        'b',
        [
          { src_ip: '10.0.0.1', service: 'draw', time: noon + hour },
          { src_ip: '10.0.0.1', service: 'draw', time: noon + 9 * hour },
        ],
        new Directory(),
      ),
    );
    await sql`delete from chunk_usage`.execute(db);
    await know(staff, [lease({})]);
    await reResolve(context, never);
    expect(await usageOf()).toEqual(['address 10.0.0.1 2', 'person jane 1']);
  });

  it('can be replaced by a replay afterwards, which leaves nothing of before', async () => {
    const events: Seen[] = [
      { user: 'ACME\\jdoe', service: 'chat', time: noon },
      { device: 'lt-1', service: 'chat', time: noon },
      { src_ip: '10.0.0.1', service: 'chat', time: noon + hour },
    ];
    await saveChunk(db, chunkOf('a', events, new Directory()));
    await saveChunk(db, chunkOf('b', events, new Directory()));
    await know(staff, [lease({})]);
    await reResolve(context, never);
    expect(await usageOf()).toEqual(['person jane 6']);
    await saveChunk(db, { ...chunkOf('a', events.slice(0, 1), new Directory(staff)), catalogHash: 'catalog-2' });
    expect(await usageOf()).toEqual(['person jane 4']);
    await saveChunk(db, { ...chunkOf('b', [], new Directory(staff)), catalogHash: 'catalog-2' });
    expect(await usageOf()).toEqual(['person jane 1']);
  });

  it('of people who turn out to be one goes to the id that stays', async () => {
    const two = csv('a,a@acme.example,A,Sales,\nb,b@acme.example,B,Sales,\n');
    await saveChunk(
      db,
      chunkOf(
        'a',
        [
          { user: 'a', service: 'chat', time: noon },
          { user: 'b', service: 'chat', time: noon },
        ],
        new Directory(two),
      ),
    );
    const one: Person[] = [{ ...(two[0] as Person), former: ['b'] }];
    await know(one);
    await reResolve(context, never);
    expect(await usageOf()).toEqual(['person a 2']);
  });

  it('names people in candidates, has findings looked at again, and leaves alone what a legal hold names', async () => {
    await saveChunk(db, {
      ...chunkOf(
        'a',
        [
          { user: 'acme\\jdoe', service: 'chat', time: noon },
          { user: 'max', service: 'draw', time: noon },
        ],
        new Directory(),
      ),
      candidates: [
        candidate({
          actors: 9,
          who: [
            { kind: 'user', id: 'acme\\jdoe', events: 3 },
            { kind: 'device', id: 'lt-1', events: 2 },
            { kind: 'user', id: 'bob', events: 4 },
          ],
        }),
      ],
    });
    await setHold(db, { scope: { actor: 'max' }, reason: 'case 7', who: 'cli:ada', at: noon });
    await sql`delete from reconcile_due`.execute(db);
    await know(staff);
    await reResolve(context, never);
    expect(await usageOf()).toEqual(['person jane 1', 'user max 1']);
    expect((await db.selectFrom('candidate').select(['who', 'actors']).execute())[0]).toEqual({
      actors: 8,
      who: [
        ['person', 'jane', 5],
        ['user', 'bob', 4],
      ],
    });
    expect(await db.selectFrom('reconcile_due').select('service').execute()).toEqual([{ service: 'chat' }]);
  });

  it('stays with a person whose alias is withdrawn', async () => {
    await saveChunk(db, chunkOf('a', [{ user: 'acme\\jdoe', service: 'chat', time: noon }], new Directory()));
    await know(staff);
    await reResolve(context, never);
    await know(csv('jane,jane@acme.example,Jane,Sales,\n'));
    expect(await isHistoryStale(context)).toBe(true);
    await reResolve(context, never);
    expect(await usageOf()).toEqual(['person jane 1']);
  });

  it('is looked at again only for addresses whose leases are new', async () => {
    await saveChunk(
      db,
      chunkOf(
        'a',
        [
          { src_ip: '10.0.0.1', service: 'chat', time: noon + hour },
          { src_ip: '10.0.0.2', service: 'chat', time: noon + hour },
        ],
        new Directory(),
      ),
    );
    await know(staff);
    await reResolve(context, never);
    await know(staff, [lease({ address: '10.0.0.2' })]);
    expect(await isHistoryStale(context)).toBe(true);
    expect(await reResolve(context, never)).toBe('1 of 1 actors were resolved');
    expect(await usageOf()).toEqual(['address 10.0.0.1 1', 'person jane 1']);
  });

  it('the lists of columns and tables are those of the schema', async () => {
    const { rows: key } = await sql<{ name: string }>`
      select a.attname as name from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
      where i.indrelid = 'usage'::regclass and i.indisprimary order by 1`.execute(db);
    expect(key.map(({ name }) => name)).toEqual([...keyBesideActor, 'actor', 'actor_group', 'actor_kind'].sort());
    const { rows: withActor } = await sql<{ name: string }>`
      select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
      where a.attname = 'actor_kind' and c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
      order by 1`.execute(db);
    expect(withActor.map(({ name }) => name)).toEqual([...shareTables, 'evidence', 'usage'].sort());
  });
});
