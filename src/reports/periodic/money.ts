import type { Catalog } from '../../catalog/compile.js';
import { addDays } from '../../inventory/days.js';
import { recurring } from '../../inventory/subscriptions.js';
import { loadPayments } from '../../store/reads/payments.js';
import { loadSpendIn } from '../../store/reads/period-use.js';
import type { Db } from '../../store/tables.js';
import type { Labels } from '../people.js';
import type { PeriodFacts } from './facts.js';
import type { ReportPeriod } from './period.js';

/** Payments are looked at over two years: yearly ones need two. */
const paymentDays = 800;

/** What was paid in the period, and what is paid again and again. */
export async function moneyOf(
  db: Db,
  period: ReportPeriod,
  before: ReportPeriod,
  { labels, catalog }: { labels: Labels; catalog: Catalog },
): Promise<Pick<PeriodFacts, 'spend' | 'subscriptions'>> {
  const name = (service: string): string => catalog.services.get(service)?.name ?? service;
  const earlier = new Map(
    (await loadSpendIn(db, before)).map((row) => [`${row.service}\0${row.currency}`, row.amount]),
  );
  const { payments } = await loadPayments(db, addDays(period.to, -paymentDays));
  const known = payments.filter(({ day }) => day <= period.to);
  return {
    spend: (await loadSpendIn(db, period)).map((row) => ({
      ...row,
      currency: row.currency || 'unknown',
      name: name(row.service),
      before: earlier.get(`${row.service}\0${row.currency}`) ?? 0,
    })),
    subscriptions: recurring(
      known.map(({ kind, payer, ...row }) => ({ ...row, actor: { kind, id: payer, group: '' } })),
      period.to,
    ).map(({ service, actor, cadence, amount, currency, next, stopped }) => ({
      service,
      name: name(service),
      payer: labels.actor(actor),
      cadence,
      amount,
      currency: currency || 'unknown',
      next,
      stopped,
    })),
  };
}
