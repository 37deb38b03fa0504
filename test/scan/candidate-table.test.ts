import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CandidateHit } from '../../src/core/hit.js';
import { type Candidate, CandidateTable, candidatesOfInput } from '../../src/scan/candidate-table.js';

const seed = 20261126;
const hit = (subject: string, points = 50): CandidateHit => ({
  kind: 'host',
  subject,
  score: points,
  reasons: [{ rule: points === 50 ? 'zone' : 'api-path', points, why: 'a reason' }],
});
const place = (): { file: string; line: number; sample: string } => ({ file: 'log', line: 1, sample: '' });
const offer = (table: CandidateTable, candidate: CandidateHit, who = 'user ada', bytes = 0): void =>
  table.offer(candidate, candidate.subject, who, { bytes_out: bytes }, place);
const junk = (table: CandidateTable, from: number, count: number): void => {
  for (let i = from; i < from + count; i++) offer(table, hit(`junk-${i}.ai`));
};
const find = (table: CandidateTable, subject: string): Candidate | undefined =>
  table.sorted().find((row) => row.subject === subject);

describe('a table of candidates', () => {
  const events = fc.array(
    fc.record({
      subject: fc.constantFrom('a.ai', 'b.ai', 'c.example', 'd.example'),
      points: fc.constantFrom(50, 60),
      who: fc.constantFrom('user ada', 'user bob', 'address 10.0.0.1'),
      bytes: fc.nat(1000),
    }),
    { maxLength: 60 },
  );

  it('adds up who and how much, whatever the order and however it is divided', () => {
    fc.assert(
      fc.property(events, fc.nat(60), fc.boolean(), (list, at, backwards) => {
        const whole = new CandidateTable();
        const parts = [new CandidateTable(), new CandidateTable()] as const;
        for (const { subject, points, who, bytes } of list) offer(whole, hit(subject, points), who, bytes);
        const other = backwards ? list.toReversed() : list;
        for (const [i, { subject, points, who, bytes }] of other.entries())
          offer(parts[i < at ? 0 : 1], hit(subject, points), who, bytes);
        const merged = new CandidateTable();
        for (const part of parts) for (const row of part.sorted()) merged.add(row);
        expect(merged.sorted()).toEqual(whole.sorted());
        for (const subject of new Set(list.map((item) => item.subject))) {
          const own = list.filter((item) => item.subject === subject);
          const row = find(whole, subject);
          expect(row?.events).toBe(own.length);
          expect(row?.bytesOut).toBe(own.reduce((sum, item) => sum + item.bytes, 0));
          expect([...(row?.who.keys() ?? [])].sort()).toEqual([...new Set(own.map((item) => item.who))].sort());
          // Each kind of reason once.
          const rules = new Map(own.map((item) => [item.points === 50 ? 'zone' : 'api-path', item.points]));
          expect(row?.score).toBe(
            Math.min(
              100,
              [...rules.values()].reduce((sum, points) => sum + points, 0),
            ),
          );
        }
      }),
      { seed, numRuns: 200 },
    );
  });

  it('never holds more than its bound, and counts the rest', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.tuple(fc.nat(60), fc.constantFrom(50, 60)), { maxLength: 300 }),
        (max, list) => {
          const table = new CandidateTable(max);
          for (const [name, points] of list) offer(table, hit(`h-${name}.ai`, points));
          const rows = table.sorted();
          expect(rows.length).toBeLessThanOrEqual(max);
          expect(rows.reduce((sum, row) => sum + row.events, 0) + table.other).toBe(list.length);
          expect(table.overflowed).toBe(new Set(list.map(([name]) => name)).size > max);
        },
      ),
      { seed, numRuns: 200 },
    );
  });

  it('never gives up a strong candidate for weak ones, come they first or last', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 }), (before, after) => {
        const table = new CandidateTable(50);
        junk(table, 0, before);
        for (let i = 0; i < 5; i++) offer(table, hit(`strong-${i}.example`, 60));
        junk(table, before, after);
        for (let i = 0; i < 5; i++) offer(table, hit(`strong-${i}.example`, 60));
        const strong = table.sorted().filter(({ score }) => score === 60);
        expect(strong.map(({ events: count }) => count)).toEqual([2, 2, 2, 2, 2]);
      }),
      { seed, numRuns: 50 },
    );
  });

  it('loses no strong candidate and no event when inputs with smaller tables are merged, however many', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 5, max: 40 }),
        fc.array(fc.tuple(fc.nat(11), fc.nat(80)), { maxLength: 400 }),
        (inputs, small, flood) => {
          const tables = Array.from({ length: inputs }, () => new CandidateTable(small));
          const strong = (at: number): void => {
            for (let i = 0; i < 5; i++) offer(tables[at % inputs] as CandidateTable, hit(`strong-${i}.example`, 60));
          };
          strong(0);
          for (const [at, name] of flood) offer(tables[at % inputs] as CandidateTable, hit(`junk-${name}.ai`));
          strong(inputs - 1);
          const merged = new CandidateTable(40);
          for (const table of tables) {
            for (const row of table.sorted()) merged.add(row);
            merged.other += table.other;
          }
          const rows = merged.sorted();
          expect(rows.filter(({ score }) => score === 60).map(({ events: count }) => count)).toEqual([2, 2, 2, 2, 2]);
          expect(rows.reduce((sum, row) => sum + row.events, 0) + merged.other).toBe(flood.length + 10);
          expect(Math.max(...tables.map((table) => table.sorted().length))).toBeLessThanOrEqual(small);
          // Where nothing had to give way, the sums are those of one table.
          if (tables.some((table) => table.overflowed) || merged.overflowed) return;
          const whole = new CandidateTable(40);
          for (const name of [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]) offer(whole, hit(`strong-${name}.example`, 60));
          for (const [, name] of flood) offer(whole, hit(`junk-${name}.ai`));
          expect(rows).toEqual(whole.sorted());
        },
      ),
      { seed, numRuns: 200 },
    );
  });

  it('is smaller where a scan has many inputs, so that all together stay bounded', () => {
    expect([1, 10, 11, 365, 1000, 100_000].map(candidatesOfInput)).toEqual([10_000, 10_000, 9090, 273, 100, 100]);
  });

  it('finds what is used in a flood of names that are seen once', () => {
    const table = new CandidateTable(1000);
    junk(table, 0, 20_000);
    for (let i = 0; i < 200; i++) {
      offer(table, hit('used.ai'));
      junk(table, 20_000 + i * 500, 500);
    }
    expect(find(table, 'used.ai')?.events).toBeGreaterThan(150);
    expect(table.sorted()).toHaveLength(1000);
  });

  it('keeps a few traces, the same whatever the order', () => {
    const names = Array.from({ length: 30 }, (_, i) => `h${i}.tool.ai`);
    const [one, other] = [new CandidateTable(), new CandidateTable()];
    for (const name of names) one.offer(hit('tool.ai'), name, 'user ada', {}, place);
    for (const name of names.toReversed()) other.offer(hit('tool.ai'), name, 'user ada', {}, place);
    expect(find(one, 'tool.ai')?.traces).toHaveLength(8);
    expect(find(one, 'tool.ai')).toEqual(find(other, 'tool.ai'));
  });

  it('drops what speaks against a candidate where some of it is not so', () => {
    const table = new CandidateTable();
    const against = { rule: 'against', points: -35, why: 'a pixel' };
    const plain = hit('tool.ai', 60);
    offer(table, { ...plain, score: 65, reasons: [...plain.reasons, ...hit('tool.ai').reasons, against] });
    expect(find(table, 'tool.ai')?.score).toBe(65);
    offer(table, plain);
    expect(find(table, 'tool.ai')?.reasons.map(({ rule }) => rule)).toEqual(['api-path', 'zone']);
    expect(find(table, 'tool.ai')?.score).toBe(100);
  });
});
