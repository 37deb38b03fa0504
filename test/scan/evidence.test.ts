import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUnverified, type Provenance, provenances } from '../../src/core/provenance.js';
import type { Actor } from '../../src/core/usage.js';
import { EvidenceRule } from '../../src/scan/evidence.js';
import { ActorNumbers } from '../../src/scan/usage-table.js';

interface Item {
  time: number | undefined;
  order: number;
  line: number;
  service: string;
  actor: Actor;
  day: string;
  signature: string;
  provenance: Provenance;
}

const actors: Actor[] = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ kind: 'user', id, group: '' }));
const item = fc.record({
  time: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
  service: fc.constantFrom('x', 'y', 'z'),
  actor: fc.constantFrom(...actors),
  day: fc.constantFrom('2026-10-01', '2026-10-02'),
  provenance: fc.constantFrom(...provenances),
});

/** Each on a line of its own. */
const items = fc
  .array(item, { maxLength: 60 })
  .map((list): Item[] => list.map((one, line) => ({ ...one, order: 0, line, signature: 's' })));

function offer(rule: EvidenceRule<Item>, list: readonly Item[]): EvidenceRule<Item> {
  for (const one of list) rule.offer(one, one.service, one.actor, one.day, () => one);
  return rule;
}

/** The rule as its sentence says it. */
function plainly(list: readonly Item[], maxFirsts: number): number[] {
  const sorted = list.toSorted(
    (a, b) =>
      Number(isUnverified(a.provenance)) - Number(isUnverified(b.provenance)) ||
      (a.time ?? Number.POSITIVE_INFINITY) - (b.time ?? Number.POSITIVE_INFINITY) ||
      0 ||
      a.line - b.line,
  );
  const kept = new Set<number>();
  const seen = new Set<string>();
  const ofDay = new Map<string, number>();
  for (const { service, actor, day, line } of sorted) {
    const who = `${service} ${actor.id}`;
    if (!seen.has(who) && seen.size < maxFirsts) kept.add(line);
    seen.add(who);
    const count = ofDay.get(`${service} ${day}`) ?? 0;
    if (count < 3) kept.add(line);
    ofDay.set(`${service} ${day}`, count + 1);
  }
  return [...kept].sort((a, b) => a - b);
}

const linesOf = (rule: EvidenceRule<Item>): number[] =>
  rule
    .kept()
    .map(({ line }) => line)
    .sort((a, b) => a - b);

describe('evidence that is kept', () => {
  it('is the first of each actor on a service, of these the earliest, and three of a service and day', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 20 }), (list, most) => {
        expect(linesOf(offer(new EvidenceRule<Item>(new ActorNumbers(), most), list))).toEqual(plainly(list, most));
      }),
      { seed: 20261126, numRuns: 1000 },
    );
  });

  it('is the same in any order, and when parts are put together', () => {
    const shuffled = items.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray(list, { minLength: list.length }),
        fc.array(fc.nat({ max: 2 }), { minLength: list.length, maxLength: list.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, fc.integer({ min: 1, max: 8 }), ([list, other, part], most) => {
        const parts = [0, 1, 2].map((wanted) =>
          offer(
            new EvidenceRule<Item>(new ActorNumbers(), most),
            other.filter((_, at) => part[at] === wanted),
          ).kept(),
        );
        const merged = offer(new EvidenceRule<Item>(new ActorNumbers(), most), parts.flat());
        expect(linesOf(merged)).toEqual(plainly(list, most));
      }),
      { seed: 20261126, numRuns: 1000 },
    );
  });
});
