import { sql } from 'kysely';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { listenToFaults } from '../../src/core/fault.js';
import type { Usage } from '../../src/core/usage.js';
import { resolveActors } from '../../src/jobs/people/batch.js';
import { Directory } from '../../src/people/directory.js';
import { readPeople } from '../../src/people/read-people.js';
import { moveActors } from '../../src/store/actor-moves.js';
import { saveLeases } from '../../src/store/address-leases.js';
import { saveChunk } from '../../src/store/chunks.js';
import { releaseHold, setHold } from '../../src/store/holds.js';
import { numberRows } from '../../src/store/reads/bundle.js';
import { applyRetention, type RetentionCutoffs } from '../../src/store/retention.js';
import type { Db } from '../../src/store/tables.js';
import { foldShares, lockShares } from '../../src/store/traces.js';
import { lockUsageAlone } from '../../src/store/usage.js';
import { random } from '../helpers/random.js';
import { clear } from '../jobs/helpers.js';
import { describeOnDatabases } from './helpers/databases.js';
import { chunk, noon, usage } from './helpers/results.js';

const hour = 3_600_000;
const nothing: RetentionCutoffs = {
  input: undefined,
  usage: undefined,
  evidence: undefined,
  quarantine: undefined,
  history: undefined,
  pushKeys: 0,
};
const whole = { from: '0001-01-01', until: '3000-01-01', start: 0, end: Number.MAX_SAFE_INTEGER, only: undefined };
const counts = ['events', 'attempts', 'bytes_out', 'bytes_in'] as const;
type Counts = Record<(typeof counts)[number], number> & { eur: number };
const staff = readPeople(
  'id,email,name,group,aliases\njane,jane@acme.example,Jane,Sales,device:lt-1\nmax,max@acme.example,Max,Legal,device:lt-2\n',
  'people.csv',
).people;

/** A chunk and what it gave, by the hand of the test; without payments and addresses. */
interface Known {
  received: number;
  folded: boolean;
  rows: Usage[];
}

const keyOf = (row: Usage): string =>
  JSON.stringify([row.day || '-infinity', row.service, row.actor.kind, row.actor.id, row.actor.group, row.source]);
const add = (to: Counts | undefined, more: Counts): Counts =>
  to === undefined
    ? more
    : {
        events: to.events + more.events,
        attempts: to.attempts + more.attempts,
        bytes_out: to.bytes_out + more.bytes_out,
        bytes_in: to.bytes_in + more.bytes_in,
        eur: to.eur + more.eur,
      };
const byKey = (rows: Iterable<[string, Counts]>): Record<string, Counts> => {
  const sums = new Map<string, Counts>();
  for (const [key, more] of rows) sums.set(key, add(sums.get(key), more));
  return Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
};

await describeOnDatabases('numbers and the chunks that made them', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
  }, 60_000);
  beforeEach(() => clear(db));

  interface Row extends Omit<Counts, 'eur'> {
    day: string;
    service: string;
    actor_kind: string;
    actor: string;
    actor_group: string;
    source: string;
    spend: Record<string, number>;
  }
  const key = 'day, service, actor_kind, actor, actor_group, source';
  const keyIn = (r: Row): string => JSON.stringify([r.day, r.service, r.actor_kind, r.actor, r.actor_group, r.source]);
  const countsIn = (r: Row): Counts => ({
    events: r.events,
    attempts: r.attempts,
    bytes_out: r.bytes_out,
    bytes_in: r.bytes_in,
    eur: r.spend.EUR ?? 0,
  });

  /** Every number, and what each chunk gave to it in whichever form it is kept; read by the hand of the test. */
  async function stored() {
    const read = async (text: string) =>
      (await sql.raw<Row & { chunk: string; chunk_id: number }>(text).execute(db)).rows;
    const rows = await read(`select ${key}, events, attempts, bytes_out, bytes_in, spend from usage`);
    const plain = [
      ...(await read(`select k.sha256 as chunk, s.* from chunk_usage s join chunk k on k.id = s.chunk_id`)),
      ...(await read(`select k.sha256 as chunk, s.* from expense s join chunk k on k.id = s.chunk_id where counted`)),
    ];
    const chunks = new Map(
      (await db.selectFrom('chunk').select(['id', 'sha256', 'traced']).execute()).map((row) => [row.id, row]),
    );
    const named = new Map<number, number>();
    const folded: [string, string, Counts][] = [];
    for (const trace of await db.selectFrom('usage_trace').selectAll().execute())
      for (const piece of trace.shares.split(';')) {
        const [id, ...numbers] = piece.split(',').map(Number) as [number, number, number, number, number];
        named.set(id, (named.get(id) ?? 0) + 1);
        const [events, attempts, bytes_out, bytes_in] = numbers;
        const spend = trace.spends?.[id] ?? {};
        const row = { ...trace, events, attempts, bytes_out, bytes_in, spend };
        folded.push([keyIn(row), chunks.get(id)?.sha256 ?? 'gone', countsIn(row)]);
      }
    const parts: [string, string, Counts][] = [
      ...plain.map((row): [string, string, Counts] => [keyIn(row), row.chunk, countsIn(row)]),
      ...folded,
    ];
    return { rows, parts, chunks: [...chunks.values()], named };
  }

  /** Whatever was done: the parts are the numbers, and every chunk that one names is there. */
  async function expectTraced(model: ReadonlyMap<string, Known>, step: string): Promise<void> {
    const { rows, parts, chunks, named } = await stored();
    const numbers = byKey(rows.map((row) => [keyIn(row), countsIn(row)]));
    expect(byKey(parts.map(([of, , gave]) => [of, gave])), step).toEqual(numbers);
    for (const { id, traced } of chunks) expect(traced, step).toBe(named.get(id) ?? 0);
    // Of what is neither paid nor of an address each part is known.
    const plain = parts.filter(([of]) => !/"(pay|leased)"/.test(of));
    const wanted = [...model].flatMap(([name, { rows: own }]) =>
      own.map((row): [string, Counts] => [
        `${keyOf(row)} ${name}`,
        {
          events: row.events,
          attempts: row.attempts,
          bytes_out: row.bytesOut,
          bytes_in: row.bytesIn,
          eur: row.spend.get('EUR') ?? 0,
        },
      ]),
    );
    expect(byKey(plain.map(([of, name, gave]) => [`${of} ${name}`, gave])), step).toEqual(byKey(wanted));
    // And so a bundle says.
    const rest = new Map<string, Counts>();
    await db.transaction().execute(async (trx) => {
      for await (const page of numberRows(trx, whole)())
        for (const row of page) {
          const of = keyIn(row);
          const gave = countsIn({ ...row, ...row.share });
          const less = {
            events: -gave.events,
            attempts: -gave.attempts,
            bytes_out: -gave.bytes_out,
            bytes_in: -gave.bytes_in,
            eur: -gave.eur,
          };
          rest.set(of, add(rest.get(of) ?? countsIn(row), less));
          expect(row.chunk, step).not.toBeNull();
        }
    });
    for (const [of, left] of rest)
      expect(left, `${step} ${of}`).toEqual({ events: 0, attempts: 0, bytes_out: 0, bytes_in: 0, eur: 0 });
  }

  it('stay together, whatever is saved, replayed, moved, put together, held and deleted, in whatever order', async () => {
    const roll = random(30);
    const any = (below: number): number => Math.floor(roll() * below);
    const pick = <T>(of: readonly T[]): T => of[any(of.length)] as T;
    const done = new Map<string, number>();
    for (let run = 0; run < 8; run++) {
      await clear(db);
      const model = new Map<string, Known>();
      const holds: { id: number; covers: (row: Row) => boolean; chunks: boolean }[] = [];
      let now = noon;
      const rowsOf = (): Usage[] => {
        const rows = new Map<string, Usage>();
        for (let n = 1 + any(5); n > 0; n--) {
          const leased = roll() < 0.2;
          const first = now + any(3) * hour;
          const row = usage({
            day: roll() < 0.1 ? '' : pick(['2026-10-04', '2026-10-05']),
            service: leased ? 'leased' : pick(['chat', 'draw']),
            source: pick(['s1', 's2']),
            actor: {
              kind: leased ? 'address' : 'user',
              id: leased ? pick(['10.0.0.1', '10.0.0.2']) : `u${any(4)}`,
              group: '',
            },
            events: any(3),
            attempts: 1 + any(2),
            bytesOut: any(2) * any(1e9),
            bytesIn: any(2) * any(1e9),
            spend: new Map(roll() < 0.3 ? [['EUR', 1 + any(500)]] : []),
            first,
            last: first + any(2) * hour,
          });
          rows.set(keyOf(row), row);
        }
        return [...rows.values()];
      };
      const save = async (bytes: string, catalogHash: string): Promise<string> => {
        const rows = rowsOf();
        const paid = usage({ service: 'pay', strength: 'payment', spend: new Map([['EUR', any(900)]]) });
        const result = chunk(bytes, {
          catalogHash,
          scannedAt: now,
          usage: rows,
          evidence: [],
          candidates: [],
          expenses: roll() < 0.2 ? [{ identity: `payment ${any(3)}`, use: 'account', usage: paid }] : [],
        });
        const before = model.get(result.sha256);
        const outcome = before === undefined ? 'saved' : before.folded ? 'known' : 'replaced';
        expect(await saveChunk(db, result)).toBe(outcome);
        const own = rows.filter(({ service }) => service !== 'leased');
        if (outcome !== 'known')
          model.set(result.sha256, { received: before?.received ?? now, folded: false, rows: own });
        return outcome;
      };
      const move = async (): Promise<string> => {
        const from = pick([
          ...[0, 1, 2, 3].map((n) => ({ kind: 'user' as const, id: `u${n}` })),
          { kind: 'person' as const, id: 'jane' },
        ]);
        const to = {
          kind: 'person' as const,
          id: from.id === 'jane' ? 'max' : pick(['jane', 'max']),
          group: pick(['', 'Sales']),
        };
        await db.transaction().execute(async (trx) => {
          await lockShares(trx);
          await lockUsageAlone(trx);
          await moveActors(trx, [{ from, to }]);
        });
        for (const { rows } of model.values())
          for (const row of rows) if (row.actor.kind === from.kind && row.actor.id === from.id) row.actor = { ...to };
        return `moved ${from.kind}`;
      };
      const lease = async (): Promise<string> => {
        const address = pick(['10.0.0.1', '10.0.0.2']);
        const from = now - any(20) * hour;
        const leases = [
          {
            address,
            from,
            seen: from,
            to: from + (1 + any(20)) * hour,
            ended: true,
            user: '',
            device: pick(['lt-1', 'lt-2']),
            mac: '',
          },
        ];
        return db.transaction().execute(async (trx) => {
          await saveLeases(trx, { leases, ends: [], dropped: 0 });
          const resolved = await resolveActors(
            trx,
            [{ kind: 'address', id: address }],
            new Directory(staff),
            new Set(),
          );
          return resolved.rows > 0 ? 'leased' : 'leased for nothing';
        });
      };
      // Each chunk is in one form or the other; after a kill it is looked at in which.
      const seeFolded = async (): Promise<void> => {
        const { rows } = await sql<{ chunk: string }>`
          select distinct k.sha256 as chunk from chunk_usage s join chunk k on k.id = s.chunk_id`.execute(db);
        const plain = new Set(rows.map((row) => row.chunk));
        for (const [name, known] of model) known.folded = !plain.has(name);
      };
      const foldAndDie = async (): Promise<string> => {
        let left = any(4);
        listenToFaults((point) => {
          if (point === 'shares.folded' && left-- === 0) throw new Error('killed');
        });
        const outcome = await foldShares(db, sql`k.received_at < ${now - any(8) * hour}`, 1 + any(6)).then(
          () => 'put together',
          (error: Error) => error.message,
        );
        listenToFaults(undefined);
        await seeFolded();
        return outcome;
      };
      const hold = async (): Promise<string> => {
        const [scope, covers, chunks] = pick<[object, (row: Row) => boolean, boolean]>([
          [{}, () => true, true],
          [{ service: 'chat' }, (row) => row.service === 'chat', true],
          [{ actor: 'u1' }, (row) => row.actor === 'u1', true],
          [{ source: 's1' }, (row) => row.source === 's1', false],
        ]);
        const id = await setHold(db, { scope, reason: 'r', who: 'cli:t', at: now });
        holds.push({ id, covers, chunks });
        return 'held';
      };
      const release = async (): Promise<string> => {
        const [one] = holds.splice(any(holds.length), 1);
        if (one !== undefined) await releaseHold(db, one.id, 'cli:t', now);
        return 'released';
      };
      const expireInput = async (): Promise<string> => {
        const input = now - any(8) * hour;
        await applyRetention(db, { ...nothing, input });
        const free = !holds.some(({ chunks }) => chunks);
        for (const known of model.values()) known.folded ||= free && known.received < input;
        return free ? 'input expired' : 'input held';
      };
      const expireUsage = async (): Promise<string> => {
        const before = now - any(12) * hour;
        const { rows } = await sql<
          Row & { received_at: number }
        >`select * from usage where received_at < ${before}`.execute(db);
        const gone = new Set(rows.filter((row) => !holds.some(({ covers }) => covers(row))).map(keyIn));
        await applyRetention(db, { ...nothing, usage: before, ...(roll() < 0.5 && { history: before }) });
        for (const known of model.values()) {
          known.folded ||= known.received < before;
          known.rows = known.rows.filter((row) => !gone.has(keyOf(row)));
        }
        const { rows: left } = await sql<{ sha256: string }>`select sha256 from chunk`.execute(db);
        for (const name of model.keys()) if (!left.some(({ sha256 }) => sha256 === name)) model.delete(name);
        return gone.size > 0 ? 'usage expired' : 'nothing expired';
      };
      for (let step = 0; step < 30; step++) {
        now += hour;
        const again = (): Promise<string> => save(`bytes ${any(step)}`, `catalog ${step}`);
        const deeds = [
          () => save(`bytes ${step}`, 'catalog'),
          () => save(`bytes ${step}`, 'catalog'),
          again,
          again,
          move,
          lease,
          foldAndDie,
        ];
        const outcome = await pick([...deeds, hold, release, release, expireInput, expireUsage])();
        done.set(outcome, (done.get(outcome) ?? 0) + 1);
        await expectTraced(model, `run ${run}, step ${step}: ${outcome}`);
      }
    }
    const seldom = [
      'saved',
      'replaced',
      'known',
      'moved user',
      'moved person',
      'leased',
      'put together',
      'killed',
      'input expired',
      'input held',
      'usage expired',
    ];
    for (const outcome of seldom) expect(done.get(outcome), outcome).toBeGreaterThan(1);
  }, 300_000);
});
