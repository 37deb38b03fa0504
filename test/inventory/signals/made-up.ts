import type { DayUse } from '../../../src/inventory/signals/signals.js';
import { ago, binomial, isWeekend, normal, random, use } from './helpers.js';

/** How a made-up service is used. Everything else is drawn from the seed. */
export interface Plan {
  /** Days of history. */
  days: number;
  groups: readonly { name: string; members: number; chance: number; from?: number }[];
  /** Factor on the members of each group, by days since the beginning. */
  growth?: (since: number) => number;
  /** Bytes of a usual event, and the spread of its logarithm from day to day. */
  bytes: number;
  spread: number;
  uploads?: (daysAgo: number) => number;
  /** Stretches of days without work: days ago, both inclusive. */
  holidays?: readonly (readonly [from: number, to: number])[];
  /** Days with a thousand times the bytes and ten times the events. */
  spikes?: readonly number[];
  transfers?: boolean;
}

/** Daily rows of a made-up service with people who come and go by chance. */
export function madeUp(plan: Plan, seed: number): DayUse[] {
  const next = random(seed);
  const rows: DayUse[] = [];
  for (let daysAgo = plan.days; daysAgo >= 0; daysAgo--) {
    const day = ago(daysAgo);
    const off = isWeekend(day) || (plan.holidays ?? []).some(([from, to]) => daysAgo <= from && daysAgo >= to);
    const mood = Math.exp(normal(next) * plan.spread) * (plan.uploads?.(daysAgo) ?? 1);
    const spike = plan.spikes?.includes(daysAgo) === true;
    for (const { name, members, chance, from } of plan.groups) {
      if (from !== undefined && daysAgo > from) continue;
      const size = Math.round(members * (plan.growth?.(plan.days - daysAgo) ?? 1));
      const people = binomial(next, size, off ? chance / 30 : chance);
      if (people === 0) continue;
      const events = people * (1 + Math.floor(next() * 20)) * (spike ? 10 : 1);
      const bytesOut = Math.round(events * plan.bytes * mood * (spike ? 1000 : 1));
      rows.push(use(daysAgo, { group: name, people, events, bytesOut, attempts: next() < 0.1 ? 1 : 0 }));
      if (plan.transfers === true && next() < 0.6)
        rows.push(use(daysAgo, { group: name, people, events, bytesOut, strength: 'transfer' }));
    }
  }
  return rows;
}

/** A steady service: any number of groups, holidays, spikes and kind of noise, and nothing that grows. */
export function steady(seed: number): DayUse[] {
  const next = random(seed ^ 0x5bd1e995);
  const between = (low: number, high: number): number => low + next() * (high - low);
  const whole = (low: number, high: number): number => Math.floor(between(low, high + 1));
  const days = whole(30, 180);
  return madeUp(
    {
      days,
      groups: Array.from({ length: whole(1, 4) }, (_, i) => ({
        name: next() < 0.1 ? '' : `G${i}`,
        members: Math.round(Math.exp(between(0, 3.5))),
        chance: between(0.3, 0.95),
      })),
      bytes: Math.exp(between(5, 14)),
      spread: between(0, 1),
      holidays: Array.from({ length: whole(0, 3) }, () => {
        const from = whole(0, days);
        return [from, from - whole(0, 14)] as const;
      }),
      spikes: Array.from({ length: whole(0, 3) }, () => whole(0, days)),
      transfers: next() < 0.5,
    },
    seed,
  );
}
