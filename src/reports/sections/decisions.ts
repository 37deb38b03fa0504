import { count } from '../../inventory/words.js';
import type { Block } from '../blocks/block.js';
import type { PeriodFacts } from '../periodic/facts.js';
import { column, counted, heading, isManager, table, text } from './common/cells.js';
import type { Section } from './common/section.js';

/** What has to be decided in the next 30 days, and what was decided in the period. */
export const section: Section = {
  order: 60,
  roles: ['admin', 'auditor', 'manager'],
  blocks(facts) {
    const rows = facts.due.filter(({ entry }) => !isManager(facts) || concerns(facts, entry));
    return [
      heading('decisions', 'Decisions'),
      table(
        'decisions-due',
        'Due in the next 30 days',
        [
          column('entry', 'Entry', 'start', 2),
          column('what', 'What ends'),
          column('date', 'On'),
          column('days_left', 'In days', 'end', 0.6),
          column('next', 'What to do', 'start', 3),
        ],
        rows.map(({ name, what, date, daysLeft }) => [
          text(name),
          text(what),
          text(date),
          counted(daysLeft),
          text(what === 'exception' ? 'Renew it with a reason, or end the use.' : 'Review it and set the next date.'),
        ]),
        { most: 50, empty: 'Nothing ends in the next 30 days.' },
      ),
      ...(isManager(facts) ? [] : decided(facts)),
    ];
  },
};

/** To a manager: what the group uses. */
const concerns = ({ entries, services }: PeriodFacts, id: string): boolean =>
  entries.some(
    (entry) =>
      entry.id === id &&
      entry.services.some((service) => services.some((row) => row.id === service && row.now.events > 0)),
  );

const decided = ({ decisions }: PeriodFacts): Block[] =>
  decisions.length === 0
    ? []
    : [
        table(
          'decisions-made',
          `Decided in the period, ${count(decisions.length, 'record')} of the audit log`,
          [
            column('day', 'Day'),
            column('who', 'Who', 'start', 2),
            column('action', 'What', 'start', 2),
            column('subject', 'About', 'start', 3),
          ],
          decisions.map((row) => [text(row.day), text(row.who), text(row.action), text(row.subject)]),
          { most: 50, empty: '' },
        ),
      ];
