import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { saveChunk } from '../../src/store/chunks.js';
import { fileOf } from '../../src/store/expenses.js';
import type { Db } from '../../src/store/tables.js';
import { describeOnDatabases } from './helpers/databases.js';
import { chunk, usage } from './helpers/results.js';

it.each([
  ['card/stream-7:0-120', 'card/stream-7'],
  ['card/stream-7:120-180#3-4', 'card/stream-7'],
  ['expense-csv:0aef', 'expense-csv:0aef'],
])('the chunk %s is of the file %s', (key, file) => expect(fileOf(key)).toBe(file));

await describeOnDatabases('payments', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
  });

  /** Two of one day and actor, others of another service, actor or day. */
  const pool = [
    { service: 'chat', day: '2026-10-05', id: 'ada', cents: 2000 },
    { service: 'chat', day: '2026-10-05', id: 'ada', cents: -2000 },
    { service: 'draw', day: '2026-10-05', id: 'ada', cents: 450 },
    { service: 'draw', day: '2026-11-05', id: 'bob', cents: 450 },
  ];
  /** A chunk with payments of the pool; another catalog does not know `draw`. */
  const piece = (key: string, items: readonly number[], catalog: string) =>
    chunk('', {
      source: 'card',
      sha256: key,
      catalogHash: catalog,
      evidence: [],
      candidates: [],
      uses: [],
      usage: [usage({ service: 'chat', day: '2026-10-05', source: 'card', events: 1, attempts: 0 })],
      expenses: items
        .map((item) => [item, pool[item] ?? pool[0]] as const)
        .flatMap(([item, payment]) =>
          payment === undefined || (payment.service === 'draw' && catalog === 'catalog-2')
            ? []
            : {
                identity: `payment ${item}`,
                use: 'account' as const,
                usage: usage({
                  ...payment,
                  actor: { kind: 'user', id: payment.id, group: '' },
                  source: 'card',
                  strength: 'payment',
                  events: 1,
                  attempts: 0,
                  spend: new Map([['USD', payment.cents]]),
                }),
              },
        ),
    });

  it('count as often as the file that has most of them, whatever the order, repetitions and replays', async () => {
    const file = fc.array(fc.nat(pool.length - 1), { minLength: 1, maxLength: 5 });
    const sums = async (): Promise<string[]> => {
      const { rows } = await sql<{ row: string }>`
        select (day, service, actor_kind, actor, source, account_kind, strength, confidence, events, attempts, spend, first,
          last)::text as row
        from usage order by 1`.execute(db);
      return rows.map(({ row }) => row);
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { minLength: 2, maxLength: 3 }),
        fc.infiniteStream(fc.nat(999)),
        async (files, chance) => {
          const random = (): number => (chance.next().value ?? 0) / 1000;
          const results: string[][] = [];
          for (let round = 0; round < 2; round++) {
            await sql`truncate chunk, usage, usage_day, usage_service_day cascade`.execute(db);
            // A file comes in one piece or two.
            const pieces = files.flatMap((items, number) => {
              const cut = Math.floor(random() * (items.length + 1));
              return [items.slice(0, cut), items.slice(cut)].map((part, at) => ({
                key: `f${number}:${at}-${at + 1}`,
                part,
              }));
            });
            pieces.sort(() => random() - 0.5);
            for (const { key, part } of pieces) {
              const again = random();
              if (again < 0.3) await saveChunk(db, piece(key, part, 'catalog-2'));
              await saveChunk(db, piece(key, part, 'catalog-1'));
              if (again > 0.8) expect(await saveChunk(db, piece(key, part, 'catalog-1'))).toBe('known');
            }
            results.push(await sums());
          }
          expect(results[1]).toEqual(results[0]);
          const most = pool.map((_, index) =>
            Math.max(...files.map((items) => items.filter((item) => item === index).length)),
          );
          const expected = most.reduce((sum, count) => sum + count, 0) + 2 * files.length;
          for (const table of ['usage', 'usage_day', 'usage_service_day'] as const) {
            const { rows } = await sql<{ n: number }>`select sum(events)::int as n from ${sql.table(table)}`.execute(
              db,
            );
            expect(rows[0]?.n, table).toBe(expected);
          }
          const { rows } = await sql<{ cents: number }>`
          select coalesce(sum((spend->>'USD')::int), 0)::int as cents from usage where strength = 'payment'`.execute(
            db,
          );
          expect(rows[0]?.cents).toBe(most.reduce((sum, count, index) => sum + count * (pool[index]?.cents ?? 0), 0));
        },
      ),
      { numRuns: 5, seed: 17 },
    );
  }, 60_000);
});
