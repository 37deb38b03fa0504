import { number } from '../../inventory/words.js';
import { limits, more, none, table } from './lists.js';
import { html, type Markup } from './markup.js';
import { money, short } from './text.js';
import type { View } from './view.js';

/** Payments that come again and again, those that go on first. */
export function subscriptions({ report: { subscriptions: rows } }: View): Markup {
  return html`<section id="subscriptions" aria-labelledby="subscriptions-title">
<h2 id="subscriptions-title">Subscriptions</h2>
${
  rows.length === 0
    ? none('No payments that recur were seen. Exports of expenses show them, over three months or more.')
    : html`${table(
        'Payments that recur',
        [
          { title: 'Service', kind: 'wide' },
          { title: 'Paid by' },
          { title: 'Amount', kind: 'number' },
          { title: 'How often' },
          { title: 'Since' },
          { title: 'Payments', kind: 'number' },
          { title: 'Next' },
        ],
        rows.slice(0, limits.rows),
        (row) => [
          short(row.name, 60),
          short(row.actor, 60),
          short(money(row.currency, row.amount), 40),
          row.cadence,
          row.since,
          number(row.payments),
          row.state === 'stopped' ? `stopped, last ${row.last}` : row.next,
        ],
      )}${more(rows.length - limits.rows, 'subscriptions')}`
}
</section>`;
}
