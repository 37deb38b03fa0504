import type { Block } from '../blocks/block.js';
import { money } from '../html/text.js';
import type { PeriodFacts } from '../periodic/facts.js';
import { beforeWords } from '../periodic/period.js';
import { column, heading, table, text } from './common/cells.js';
import type { Section } from './common/section.js';

/** What was paid in the period, and what is paid again and again. */
export const section: Section = {
  order: 75,
  roles: ['admin'],
  blocks(facts) {
    const { spend, subscriptions, period } = facts;
    if (spend.length === 0 && subscriptions.length === 0) return [];
    const paid = table(
      'spend',
      'Paid in the period, as far as expenses show it',
      [
        column('service', 'Service', 'start', 3),
        column('amount', 'Amount', 'end'),
        column('amount_before', `In ${beforeWords(period)}`, 'end'),
      ],
      spend.map((row) => [
        text(row.name),
        { text: money(row.currency, row.amount), value: `${row.currency} ${row.amount}` },
        row.before === 0
          ? { text: '\u2013', value: '' }
          : { text: money(row.currency, row.before), value: `${row.currency} ${row.before}` },
      ]),
      { most: 40, empty: 'Nothing was paid in the period.' },
    );
    return [heading('spend', 'Spend'), paid, ...recurring(facts)];
  },
};

const recurring = ({ subscriptions }: PeriodFacts): Block[] => {
  const running = subscriptions.filter(({ stopped }) => !stopped);
  if (running.length === 0) return [];
  return [
    table(
      'subscriptions',
      'Subscriptions that run',
      [
        column('service', 'Service', 'start', 2),
        column('payer', 'Payer', 'start', 2),
        column('cadence', 'How often'),
        column('amount', 'Amount', 'end'),
        column('next', 'Next'),
      ],
      running.map((row) => [
        text(row.name),
        text(row.payer),
        text(row.cadence),
        { text: money(row.currency, row.amount), value: `${row.currency} ${row.amount}` },
        text(row.next),
      ]),
      { most: 40, empty: '' },
    ),
  ];
};
