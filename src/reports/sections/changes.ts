import { number } from '../../inventory/words.js';
import type { Cell } from '../blocks/block.js';
import type { PeriodFacts, ServiceFacts } from '../periodic/facts.js';
import { beforeWords } from '../periodic/period.js';
import { column, dayCell, heading, isManager, people, table, text } from './common/cells.js';
import { grownServices, newServices, stoppedServices } from './common/lists.js';
import type { Section } from './common/section.js';

/** What is new, grown or stopped. */
export const section: Section = {
  order: 20,
  roles: ['admin', 'security', 'auditor', 'manager'],
  blocks(facts) {
    const before = beforeWords(facts.period);
    return [
      heading('changes', 'New, grown, stopped'),
      table(
        'new-services',
        `Used for the first time${isManager(facts) ? ' in the group' : ''}`,
        [
          ...named,
          column('first_day', 'First day', 'start', 1),
          column('people', 'People', 'end', 1),
          column('verdict', 'Verdict', 'start', 1),
        ],
        newServices(facts).map((row) => [
          ...names(row),
          dayCell(facts.audience, row.firstDay, row.now),
          people(facts.audience, row.now),
          text(verdictsOf(facts, row)),
        ]),
        { most: 30, empty: 'No service was used for the first time.' },
      ),
      table(
        'grown-services',
        'Used by clearly more people',
        [
          ...named,
          column('people', 'People', 'end'),
          column('people_before', `In ${before}`, 'end'),
          column('verdict', 'Verdict'),
        ],
        grownServices(facts).map((row) => [
          ...names(row),
          people(facts.audience, row.now),
          people(facts.audience, row.before),
          text(verdictsOf(facts, row)),
        ]),
        { most: 30, empty: 'No service grew by half.' },
      ),
      table(
        'stopped-services',
        `Used in ${before}, not in this one`,
        [
          ...named,
          column('last_day', 'Last day'),
          column('people_before', `In ${before}`, 'end'),
          column('note', 'Note', 'start', 2),
        ],
        stoppedServices(facts).map((row) => [
          ...names(row),
          dayCell(facts.audience, row.lastDay, row.before),
          people(facts.audience, row.before),
          text(noteOf(row, isManager(facts)), row.silentSources.length > 0 ? 'warning' : undefined),
        ]),
        { most: 30, empty: 'No use ended.' },
      ),
    ];
  },
};

const named = [column('service', 'Service', 'start', 2), column('vendor', 'Vendor', 'start', 1.5)];
const names = ({ name, vendor }: ServiceFacts): Cell[] => [text(name), text(vendor)];

const verdictsOf = ({ findings }: PeriodFacts, { id }: ServiceFacts): string =>
  [...new Set(findings.filter(({ service }) => service === id).map(({ verdict }) => verdict))].join(', ');

/** Silence of a source is no end of use. */
function noteOf({ silentSources, now }: ServiceFacts, manager: boolean): string {
  if (silentSources.length > 0)
    return manager
      ? 'Not known: nothing came from where it was seen.'
      : `Not known: nothing came from ${silentSources.slice(0, 3).join(', ')}, where it was seen.`;
  if (now.attempts > 0)
    return manager ? 'Only blocked or failed attempts.' : `${number(now.attempts)} blocked or failed attempts.`;
  return '';
}
