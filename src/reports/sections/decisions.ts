import { count, listed } from '../../inventory/words.js';
import type { Block } from '../blocks/block.js';
import type { PeriodFacts, WaitingFacts } from '../periodic/facts.js';
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
      ...waiting(facts),
      ...(isManager(facts) ? [] : decided(facts)),
    ];
  },
};

/** What waits for an answer, and until when one is promised. */
function waiting(facts: PeriodFacts): Block[] {
  const named = !isManager(facts);
  const rows = facts.waiting.filter(({ entry }) => named || concerns(facts, entry));
  if (rows.length === 0) return [];
  return [
    table(
      'waiting',
      `Waiting for an answer, ${count(rows.filter(({ overdue }) => overdue).length, 'request')} past the promised time`,
      [
        column('entry', 'Entry', 'start', 2),
        column('tier', 'Tier', 'end', 0.6),
        column('since', 'Since', 'start', 1),
        column('days', 'Days', 'end', 0.6),
        column('by', 'Promised by', 'start', 1),
        ...(named ? [column('decides', 'Who decides', 'start', 1.6)] : []),
        column('state', 'State', 'start', 2),
      ],
      rows.map((row) => [
        text(row.name),
        row.tier === undefined ? { text: '\u2013', value: '' } : counted(row.tier),
        text(row.since || 'not known'),
        row.since === '' ? { text: '\u2013', value: '' } : counted(row.days),
        text(row.by || '\u2013'),
        ...(named ? [row.approvers.length > 0 ? text(listed(row.approvers)) : text('nobody is named', 'warning')] : []),
        row.overdue ? text(stateOf(row), 'bad') : text(stateOf(row)),
      ]),
      { most: 50, empty: '' },
    ),
  ];
}

function stateOf({ by, left, overdue, used }: WaitingFacts): string {
  const use = used ? ', and used already' : '';
  if (overdue) return `${left < 0 ? `late by ${count(-left, 'day')}` : 'late since today'}${use}`;
  if (by === '') return `waited before the history of the register begins${use}`;
  return `${left === 0 ? 'to be answered today' : `${count(left, 'day')} left`}${use}`;
}

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
