import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StoredFinding, TransitionKind } from '../../src/core/finding-state.js';
import { actionable, type Finding, verdicts } from '../../src/core/register.js';
import { advance } from '../../src/inventory/lifecycle.js';
import { at, finding } from './lifecycle-helpers.js';

const quietDays = 10;
const dayOf = (number: number): string => new Date(Date.UTC(2026, 0, 1 + number)).toISOString().slice(0, 10);

/** One look at the usage: how many days later, what it says, and how many days before the look the last use, attempt and first were. */
interface Look {
  days: number;
  seen: { verdict: Finding['verdict']; used: number; tried: number; first: number; events: number } | undefined;
}
const anyLook: fc.Arbitrary<Look> = fc.record({
  days: fc.oneof(fc.nat(3), fc.nat(25)),
  seen: fc.option(
    fc.record({
      verdict: fc.constantFrom<Finding['verdict']>(...verdicts, 'attempted', 'unregistered', 'sanctioned'),
      used: fc.oneof(fc.constant(0), fc.nat(40)),
      tried: fc.nat(40),
      first: fc.nat(90),
      events: fc.integer({ min: 1, max: 3 }),
    }),
    { nil: undefined },
  ),
});

/** What the state must be after these looks, told from all of them at once and not step by step. */
function expected(looks: readonly { today: number; now: Finding | undefined }[]): { open: boolean } {
  const last = looks.findLast((look) => look.now !== undefined)?.now;
  const today = looks.at(-1)?.today ?? 0;
  if (last === undefined) return { open: false };
  const uses = looks.flatMap(({ today: day, now }) =>
    now?.lastUsed === undefined ? [] : [{ used: Math.round((now.lastUsed - at(dayOf(0))) / 86_400_000), learned: day }],
  );
  const newest = Math.max(...uses.map(({ used }) => used));
  const learned = uses.find(({ used }) => used === newest)?.learned ?? 0;
  const quiet = today - Math.max(newest, learned) >= quietDays;
  return { open: last.verdict !== 'attempted' && actionable.has(last.verdict) && !quiet };
}

it('keeps every promise over any sequence of looks: opened once, honest state, times that only move apart, twice is once', () => {
  const kinds = new Set<TransitionKind>();
  fc.assert(
    fc.property(fc.array(anyLook, { minLength: 1, maxLength: 25 }), (plan) => {
      const looks: { today: number; now: Finding | undefined }[] = [];
      const story: TransitionKind[] = [];
      let stored: StoredFinding | undefined;
      let today = 0;
      for (const { days, seen } of plan) {
        today += days;
        const day = (before: number): number => at(dayOf(today - before));
        const now =
          seen === undefined
            ? undefined
            : finding({
                verdict: seen.verdict,
                events: seen.verdict === 'attempted' ? 0 : seen.events,
                first: day(Math.max(seen.first, seen.used, seen.tried)),
                last: day(seen.verdict === 'attempted' ? seen.tried : Math.min(seen.used, seen.tried)),
                lastUsed: seen.verdict === 'attempted' ? undefined : day(seen.used),
              });
        looks.push({ today, now });
        const context = {
          asOf: dayOf(today),
          at: at(dayOf(today)),
          quietDays,
          inventoryVersion: 'i',
          catalogHash: 'c',
        };
        const step = advance(stored, now, context);
        if (step === undefined) {
          expect(looks.every((look) => look.now === undefined)).toBe(true);
          continue;
        }
        const { next, transition } = step;
        expect(advance(next, now, context)).toEqual({ next });
        // As a database gives it back.
        const kept: StoredFinding = JSON.parse(JSON.stringify(next));
        expect(kept).toEqual(next);

        expect(next.state === 'open').toBe(expected(looks).open);
        if (next.state === 'watched')
          expect([next.openedAt, next.verdict !== 'attempted' && actionable.has(next.verdict)]).toEqual([null, false]);
        expect(next.resolvedAt !== null).toBe(next.state === 'resolved');
        if (stored !== undefined) {
          if (stored.openedAt !== null) expect(next.openedAt).toBe(stored.openedAt);
          expect(next.firstSeen ?? 0).toBeLessThanOrEqual(stored.firstSeen ?? Infinity);
          for (const key of ['lastSeen', 'lastUsed', 'learnedAt', 'changedAt'] as const)
            expect(next[key] ?? -Infinity).toBeGreaterThanOrEqual(stored[key] ?? -Infinity);
          if (transition === undefined) expect(next).toEqual(stored);
        }
        if (transition !== undefined) {
          expect(transition.from).toEqual(
            stored === undefined ? null : { state: stored.state, verdict: stored.verdict },
          );
          expect(transition.to).toEqual({ state: next.state, verdict: next.verdict });
          expect(transition.reason).toMatch(/\.$/);
          if (transition.kind === 'updated' && stored !== undefined) expect(transition.to).toEqual(transition.from);
          story.push(transition.kind);
          kinds.add(transition.kind);
        }
        stored = kept;
      }
      // Opened once and first, then resolved and reopened in turn.
      const turns = story.filter((kind) => kind !== 'changed' && kind !== 'updated');
      turns.forEach((kind, i) => {
        expect(kind).toBe(i === 0 ? 'opened' : i % 2 === 1 ? 'resolved' : 'reopened');
      });
    }),
    { numRuns: 3000, seed: 5 },
  );
  expect(kinds.size).toBe(5);
});
