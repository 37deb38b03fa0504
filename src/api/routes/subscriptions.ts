import { z } from 'zod';
import { dayOf } from '../../core/time.js';
import { cadences, recurring, type Subscription } from '../../inventory/subscriptions.js';
import { loadPayments } from '../../store/reads/payments.js';
import { none, route } from '../route.js';
import { count, day } from '../shapes.js';

/** Reads all payments of some years: once a minute is enough. */
const freshFor = 60_000;
/** A yearly subscription takes two payments; one that has stopped is told for some time. */
const years = 3;

const row = z.object({
  service: z.string(),
  cadence: z.enum(cadences),
  currency: z.string().describe('Empty where none is known'),
  running: count,
  stopped: count.describe('The next payment is long overdue'),
  amount: count.describe('Of one payment of each that runs, together; minor units of the currency'),
  since: day.describe('First payment of the oldest'),
  last: day.describe('The latest payment'),
  next: day.nullable().describe('When the next payment is expected; null where all have stopped'),
});
type Row = z.output<typeof row>;

const subscriptions = route({
  method: 'GET',
  path: '/v1/subscriptions',
  policy: 'read',
  summary: 'Payments that recur, by service, how often, and currency. Who pays is not told.',
  schema: {
    params: none,
    query: none,
    answer: z.object({
      as_of: day,
      complete: z.boolean().describe('False: there are more payments than were read'),
      subscriptions: z.array(row).describe('By service'),
    }),
  },
  limits: { bodyBytes: 0, perMinute: 600 },
  handler: (_call, { read, recent, now, config }) => {
    const today = dayOf(now(), config.timezone);
    return recent(`subscriptions ${today}`, freshFor, async () => {
      const from = `${String(Number(today.slice(0, 4)) - years).padStart(4, '0')}-01-01`;
      const { payments, complete } = await read((db) => loadPayments(db, from));
      const all = payments.map(({ kind, payer, ...payment }) => ({
        ...payment,
        actor: { kind, id: payer, group: '' },
      }));
      return { as_of: today, complete, subscriptions: summed(recurring(all, today)) };
    });
  },
});

/** By service, how often, and currency: nobody is named. */
function summed(all: readonly Subscription[]): Row[] {
  const rows = new Map<string, Row>();
  for (const { service, cadence, currency, amount, since, last, next, stopped } of all) {
    const key = [service, cadence, currency].join('\0');
    const sum = rows.get(key);
    const one: Row = {
      service,
      cadence,
      currency,
      running: (sum?.running ?? 0) + (stopped ? 0 : 1),
      stopped: (sum?.stopped ?? 0) + (stopped ? 1 : 0),
      amount: Math.min(Number.MAX_SAFE_INTEGER, (sum?.amount ?? 0) + (stopped ? 0 : amount)),
      since: earlier(sum?.since, since),
      last: sum === undefined || last > sum.last ? last : sum.last,
      next: stopped ? (sum?.next ?? null) : earlier(sum?.next ?? undefined, next),
    };
    rows.set(key, one);
  }
  return [...rows.values()];
}

const earlier = (a: string | undefined, b: string): string => (a === undefined || b < a ? b : a);

export const subscriptionRoutes = [subscriptions];
