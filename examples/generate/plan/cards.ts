import { makeRec } from '../ordinary/ordinary.js';
import { usualMerchants } from '../ordinary/others.js';
import { everybody, members } from '../people.js';
import { rng } from '../rng.js';
import { dayMs } from '../time.js';
import type { Actor, Rec } from '../types.js';

/** A payment that comes every month, and what has to be said of it on the last day of the logs. */
export interface Subscription {
  service: string;
  who: readonly Actor[];
  merchant: string;
  amount: number;
  currency: string;
  /** Days of payment; those from the first day of the logs on stand in the expense tool as well. */
  days: readonly string[];
  next: string;
  state: 'running' | 'stopped';
  why: string;
}

export const subscriptions: readonly Subscription[] = [
  {
    service: 'chatgpt',
    who: members('Operations', 2, 2),
    merchant: 'OPENAI *CHATGPT SUBSCR SAN FRANCISCO CA',
    amount: 2000,
    currency: 'USD',
    days: ['2026-07-21', '2026-08-21', '2026-09-21', '2026-10-21'],
    next: '2026-11-21',
    state: 'running',
    why: 'A personal plan, month by month, beside the enterprise plan.',
  },
  {
    service: 'midjourney',
    who: members('Sales', 30, 30),
    merchant: 'MIDJOURNEY INC SAN FRANCISCO',
    amount: 3000,
    currency: 'USD',
    days: ['2026-05-05', '2026-06-05', '2026-07-05'],
    next: '2026-08-05',
    state: 'stopped',
    why: 'Given up in summer.',
  },
];

/** A year of card payments: the subscriptions among ordinary ones. `october`: what the expense tool knows of October, which is here again. */
export function cardRecords(october: readonly Rec[]): Rec[] {
  const random = rng('cards');
  const before = subscriptions.flatMap(({ who, merchant, amount, currency, days }) =>
    days
      .map((day) => Date.parse(day))
      .filter((at) => at < Date.UTC(2026, 9, 1))
      .flatMap((at) => who.map((one) => makeRec(random, at, one, false, { merchant, amount, currency }))),
  );
  const ordinary = Array.from({ length: 60 }, () => {
    const [merchant, low, high] = random.pick(usualMerchants);
    const at = Date.UTC(2026, 4, 1) + random.int(0, 150) * dayMs;
    return makeRec(random, at, random.pick(everybody), false, { merchant, amount: random.int(low, high) });
  });
  return [...before, ...ordinary, ...october].sort((a, b) => a.at - b.at);
}
