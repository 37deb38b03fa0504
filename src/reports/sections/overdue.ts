import type { InventoryEntry } from '../../core/register.js';
import { daysBetween } from '../../inventory/days.js';
import { stateOf } from '../../inventory/decide.js';
import { count } from '../../inventory/words.js';
import type { Cell } from '../blocks/block.js';
import type { PeriodFacts } from '../periodic/facts.js';
import { column, heading, table, text } from './common/cells.js';
import type { Section } from './common/section.js';

/** Reviews and exceptions that are past their date, and requests that wait for an answer. */
export const section: Section = {
  order: 40,
  roles: ['admin', 'security', 'auditor'],
  blocks(facts) {
    const rows = facts.entries
      .flatMap((entry) => overdueOf(entry, facts))
      .sort((a, b) => b.days - a.days || (a.entry.id < b.entry.id ? -1 : 1));
    if (facts.entries.length === 0) return [];
    return [
      heading('overdue', 'Overdue'),
      table(
        'overdue',
        'Reviews, exceptions and requests past their time',
        [
          column('entry', 'Entry', 'start', 2),
          column('what', 'What', 'start', 1),
          column('date', 'Since', 'start', 1),
          column('owner', 'Owner', 'start', 1),
          column('next', 'What to do', 'start', 3),
        ],
        rows.map(({ entry, what, date, days, next }): Cell[] => [
          text(entry.name),
          text(what),
          { text: days > 0 ? `${date} (${count(days, 'day')})` : date, value: date },
          text(entry.business_owner ?? entry.technical_owner ?? 'nobody', hasOwner(entry) ? undefined : 'warning'),
          text(next),
        ]),
        { most: 50, empty: 'Nothing is overdue.' },
      ),
    ];
  },
};

const hasOwner = (entry: InventoryEntry): boolean =>
  entry.business_owner !== undefined || entry.technical_owner !== undefined;

interface Overdue {
  entry: InventoryEntry;
  what: string;
  date: string;
  days: number;
  next: string;
}

function overdueOf(entry: InventoryEntry, { period, services, waiting }: PeriodFacts): Overdue[] {
  const { rule } = stateOf(entry, period.to);
  const used = entry.services.some((id) => services.some((row) => row.id === id && row.now.events > 0));
  const still = used ? ' It was used in this period.' : '';
  const late = (what: string, date: string | undefined, next: string): Overdue[] => [
    { entry, what, date: date ?? '', days: daysBetween(date ?? '', period.to), next: `${next}${still}` },
  ];
  if (rule === 'review-overdue')
    return late('review', entry.review_date, 'Review it and set the next date, or end the use.');
  if (rule === 'exception-ended')
    return late('exception', entry.exception?.until, 'Renew it with a reason, or end the use.');
  const request = waiting.find((row) => row.entry === entry.id);
  if (rule === 'pending' && request?.overdue === true)
    return late('request', request.by, `Decide: it has waited since ${request.since}.`);
  // Since when it waits nobody knows, and it is used.
  if (rule === 'pending' && used && (request === undefined || request.since === ''))
    return late('request', undefined, 'Decide: it waits for an answer.');
  return [];
}
