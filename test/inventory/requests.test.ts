import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordedDecision } from '../../src/core/decision.js';
import type { InventoryEntry } from '../../src/core/register.js';
import { entryHash, resultHash, withDecisions } from '../../src/inventory/overlay.js';
import { answeredInTime, promisedBy, type RegisterStep, type Request, Requests } from '../../src/inventory/requests.js';
import { approved } from '../reports/periodic/planted.js';

const day = 86_400_000;
const within = { 1: 5 * day, 2: 14 * day, 3: 30 * day };
const entry = (id: string, change: Partial<InventoryEntry> = {}): InventoryEntry => {
  const { approval_date: _, review_date: __, ...rest } = approved;
  return { ...rest, id, status: 'in-review', ...change };
};
let last = 0;
const decision = (base: InventoryEntry, set: RecordedDecision['body']['set'], at: number): RegisterStep => ({
  at,
  decision: {
    id: ++last,
    subject: base.id,
    entry: base.id,
    action: 'approve',
    until: undefined,
    conditions: [],
    why: 'x',
    who: 'cli:ada',
    recordedBy: 'cli:ada',
    at,
    baseHash: entryHash(base),
    body: { set, result: resultHash({ ...base, ...(set as object) }) },
    secondedBy: undefined,
    secondedAt: undefined,
  },
});
const follow = (...steps: RegisterStep[]): Request[] => {
  const requests = new Requests();
  for (const step of steps) requests.add(step);
  return requests.all();
};

describe('the clock of a request', () => {
  it('runs from the day on which the register says that it waits, to its answer', () => {
    const asked = entry('a', { status: 'requested', risk_tier: 1 });
    const all = follow(
      { at: 1 * day, base: [asked, entry('draft', { status: 'draft' }), approved] },
      { at: 2 * day, base: [asked, entry('b'), approved] },
      decision(asked, { status: 'approved' }, 4 * day),
      { at: 5 * day, base: [asked, entry('b', { risk_tier: 3 }), approved] },
    );
    expect(all).toEqual([
      { entry: 'a', since: 1 * day, answered: 4 * day, withdrawn: false, tier: 1 },
      { entry: 'b', since: 2 * day, answered: undefined, withdrawn: false, tier: 3 },
    ]);
    expect(all.map((request) => promisedBy(request, within) / day)).toEqual([6, 32]);
    expect(promisedBy({ since: 0, tier: undefined }, within)).toBe(14 * day);
  });

  it('an exception and a refusal are answers; being taken out, put off or retired is none; a review starts it anew', () => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => entry(id)) as [
      InventoryEntry,
      InventoryEntry,
      InventoryEntry,
      InventoryEntry,
    ];
    const all = follow(
      { at: 0, base: [a, b, c, d] },
      decision(a, { exception: { until: '2027-01-01', controls: [] } }, 1),
      { at: 2, base: [a, { ...b, status: 'denied' }, { ...c, status: 'retired' }] },
      { at: 3, base: [a, b, { ...c, status: 'draft' }] },
    );
    expect(all.map(({ entry: id, since, answered, withdrawn }) => [id, since, answered, withdrawn])).toEqual([
      ['a', 0, 1, false],
      ['b', 0, 2, false],
      ['c', 0, undefined, true],
      ['d', 0, undefined, true],
      ['b', 3, undefined, false],
    ]);
  });

  it('is what looking at the whole register after each step gives', () => {
    const statuses = ['draft', 'requested', 'in-review', 'approved', 'denied', 'retired'] as const;
    const someEntry = fc.record({ id: fc.constantFrom('a', 'b', 'c'), status: fc.constantFrom(...statuses) });
    const step = fc.oneof(
      fc.uniqueArray(someEntry, { selector: ({ id }) => id, maxLength: 3 }),
      fc.record({ about: fc.nat(2), status: fc.constantFrom(...statuses) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (drawn) => {
        let base: InventoryEntry[] = [];
        const decisions: RecordedDecision[] = [];
        const steps: RegisterStep[] = [];
        const since = new Map<string, number>();
        for (const [at, one] of drawn.entries()) {
          if (Array.isArray(one)) {
            base = one.map(({ id, status }) => entry(id, { status }));
            steps.push({ at, base });
          } else {
            const about = base[one.about];
            if (about === undefined) continue;
            const made = decision(about, { status: one.status }, at) as Extract<RegisterStep, { decision: unknown }>;
            decisions.push(made.decision);
            steps.push(made);
          }
          const waiting = withDecisions(base, decisions).filter(({ status }) => /requested|in-review/.test(status));
          for (const id of [...since.keys()]) if (!waiting.some((now) => now.id === id)) since.delete(id);
          for (const { id } of waiting) if (!since.has(id)) since.set(id, at);
        }
        const open = follow(...steps).filter(({ answered, withdrawn }) => answered === undefined && !withdrawn);
        expect(open.map((request) => [request.entry, request.since])).toEqual([...since].sort());
      }),
      { seed: 641, numRuns: 1000 },
    );
  });
});

describe('the share that is answered in time', () => {
  const request = (since: number, answered: number | undefined, withdrawn = false): Request => ({
    entry: 'x',
    since: since * day,
    answered: answered === undefined ? undefined : answered * day,
    withdrawn,
    tier: 1,
  });
  const week = { start: 10 * day, end: 17 * day };

  it('counts what was answered or ran out of time in the period, and nothing twice', () => {
    const share = (...requests: Request[]): [number, number] => {
      const { numerator, denominator } = answeredInTime(requests, week, within);
      return [numerator, denominator];
    };
    expect(share()).toEqual([0, 0]);
    expect(share(request(8, 12))).toEqual([1, 1]);
    // To the day of the promise is in time.
    expect(share(request(8, 13))).toEqual([1, 1]);
    expect(share(request(8, 14))).toEqual([0, 1]);
    expect(share(request(8, undefined))).toEqual([0, 1]);
    // Its time ran out before: it was told then, and is not told again, whenever the answer comes.
    expect(share(request(1, undefined), request(1, 12), request(1, 30))).toEqual([0, 0]);
    // Time is left, or nobody asks any more, or the answer was before.
    expect(share(request(15, undefined), request(8, undefined, true), request(6, 9))).toEqual([0, 0]);
    expect(answeredInTime([request(8, 12), request(8, undefined)], week, within).sentence).toBe(
      '1 of 2 requests was answered within the promised time.',
    );
  });
});
