import { isUnverified } from '../core/provenance.js';
import type { Actor, Usage } from '../core/usage.js';

export const cadences = ['weekly', 'monthly', 'yearly'] as const;
export type Cadence = (typeof cadences)[number];

/** A payment of one payer to one service that comes again and again. */
export interface Subscription {
  service: string;
  actor: Actor;
  cadence: Cadence;
  /** Of the last payment, minor units of `currency`; the currency is empty where none is known. */
  amount: number;
  currency: string;
  payments: number;
  /** First and last payment seen, `YYYY-MM-DD`. */
  since: string;
  last: string;
  /** When the next one is expected; of a stopped one when it was. */
  next: string;
  /** The next one is long overdue. */
  stopped: boolean;
}

/** Days between payments, how late one may be before it counts as stopped, and payments that make a series. */
const rules: Readonly<Record<Cadence, { from: number; to: number; late: number; payments: number }>> = {
  weekly: { from: 5, to: 9, late: 7, payments: 3 },
  monthly: { from: 26, to: 35, late: 14, payments: 3 },
  yearly: { from: 345, to: 385, late: 30, payments: 2 },
};
/** Amounts of one series: each at most so much above the next smaller one. Rates of exchange and small rises are within. */
const tolerance = 1.15;
/** Of the gaps of a series at least this share must fit: a month may be missing. */
const enough = 0.75;

/** What one payer paid to one service on one day in one currency. */
export interface Payment {
  service: string;
  actor: Actor;
  /** Empty where none is known. */
  currency: string;
  /** `YYYY-MM-DD`. */
  day: string;
  /** Minor units; below zero: a refund. */
  amount: number;
}

interface Paid {
  /** Days since 1970. */
  at: number;
  amount: number;
}

/** Recurring payments, told from the roll-up. What is only claimed is left out: it would be about a person, and nobody vouches for it. */
export const subscriptionsOf = (usage: readonly Usage[], asOf: string): Subscription[] =>
  recurring(
    usage.flatMap(({ service, actor, strength, day, spend, provenance }) =>
      strength === 'payment' && day !== '' && !isUnverified(provenance)
        ? [...spend].map(([currency, amount]) => ({ service, actor, currency, day, amount }))
        : [],
    ),
    asOf,
  );

/**
 * Recurring payments of one payer to one service in one currency, in like amounts, weekly, monthly (three at least) or yearly (two).
 * Payments of one day count as one; refunds are no payments. `asOf`: the day that tells which have stopped; empty: none has. In the
 * order of service, payer and amount.
 */
export function recurring(all: Iterable<Payment>, asOf: string): Subscription[] {
  const series = new Map<string, { service: string; actor: Actor; currency: string; days: Map<number, number> }>();
  for (const { service, actor, currency, day, amount } of all) {
    const key = [service, actor.kind, actor.id, currency].join('\0');
    const one = series.get(key) ?? { service, actor, currency, days: new Map<number, number>() };
    const at = daysOf(day);
    one.days.set(at, (one.days.get(at) ?? 0) + amount);
    series.set(key, one);
  }
  const found: Subscription[] = [];
  for (const [, { service, actor, currency, days }] of [...series].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const payments = [...days].flatMap(([at, amount]) => (amount > 0 ? [{ at, amount }] : []));
    for (const alike of byAmount(payments)) {
      const cadence = cadences.find((name) => isSeries(alike, name));
      const [first, last] = [alike[0], alike.at(-1)];
      if (cadence === undefined || first === undefined || last === undefined) continue;
      const next = nextOf(last.at, cadence);
      found.push({
        service,
        actor,
        cadence,
        amount: last.amount,
        currency,
        payments: alike.length,
        since: dayAt(first.at),
        last: dayAt(last.at),
        next: dayAt(next),
        stopped: asOf !== '' && daysOf(asOf) > next + rules[cadence].late,
      });
    }
  }
  return found;
}

const dayMs = 86_400_000;
const daysOf = (day: string): number => Math.round(Date.parse(`${day}T00:00:00Z`) / dayMs);
const dayAt = (days: number): string => new Date(days * dayMs).toISOString().slice(0, 10);

/** Groups of like amounts, each in the order of time. */
function byAmount(payments: readonly Paid[]): Paid[][] {
  const groups: Paid[][] = [];
  let before: Paid | undefined;
  for (const payment of payments.toSorted((a, b) => a.amount - b.amount)) {
    const group = groups.at(-1);
    if (group !== undefined && before !== undefined && payment.amount <= before.amount * tolerance) group.push(payment);
    else groups.push([payment]);
    before = payment;
  }
  return groups.map((group) => group.sort((a, b) => a.at - b.at));
}

function isSeries(payments: readonly Paid[], cadence: Cadence): boolean {
  const { from, to, payments: least } = rules[cadence];
  const gaps = payments.slice(1).map(({ at }, index) => at - (payments[index]?.at ?? 0));
  const fitting = gaps.filter((gap) => gap >= from && gap <= to).length;
  return fitting >= least - 1 && fitting / gaps.length >= enough;
}

/** A week, or the same day of the next month or year, or the last one where it has none. */
function nextOf(at: number, cadence: Cadence): number {
  if (cadence === 'weekly') return at + 7;
  const day = new Date(at * dayMs);
  const months = cadence === 'monthly' ? 1 : 12;
  const [year, month] = [day.getUTCFullYear(), day.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Math.round(Date.UTC(year, month, Math.min(day.getUTCDate(), lastDay)) / dayMs);
}
