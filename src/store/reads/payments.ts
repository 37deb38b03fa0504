import { sql } from 'kysely';
import type { ActorKind } from '../../core/usage.js';
import type { Db } from '../tables.js';
import { undated } from '../values.js';

/** What one payer paid to one service on one day in one currency, minor units; below zero where more was given back. */
export interface PaymentOfDay {
  service: string;
  kind: ActorKind;
  payer: string;
  currency: string;
  day: string;
  amount: number;
}

/** Days of payers that are read; more are left out, and `complete` says so. */
const mostRows = 200_000;

/**
 * Payments that count (of what stands in two exports one) and that somebody vouches for, since a day, of payers who paid to the service
 * on two days at least. In the order of service, payer, currency and day.
 */
export async function loadPayments(db: Db, from: string): Promise<{ payments: PaymentOfDay[]; complete: boolean }> {
  const { rows } = await sql<PaymentOfDay>`
    with paid as (
      select e.service, e.actor_kind as kind, e.actor as payer, s.key as currency, e.day, sum(s.value::numeric) as amount
      from expense e cross join lateral jsonb_each_text(e.spend) s
      where e.counted and e.strength = 'payment' and e.provenance in ('reported', 'observed')
        and e.day >= ${from}::date and e.day > ${undated}
      group by 1, 2, 3, 4, 5
    ),
    often as (select *, count(*) over (partition by service, kind, payer, currency) as days from paid)
    select service, kind, payer, currency, day,
      greatest(least(amount, ${Number.MAX_SAFE_INTEGER}), ${-Number.MAX_SAFE_INTEGER})::bigint as amount
    from often where days > 1 order by service, kind, payer, currency, day limit ${mostRows + 1}`.execute(db);
  return { payments: rows.slice(0, mostRows), complete: rows.length <= mostRows };
}
