import { number } from '../../inventory/words.js';
import { beforeWords } from '../periodic/period.js';
import { column, counted, heading, paragraph, table, text } from './common/cells.js';
import type { Section } from './common/section.js';

/** Who uses AI, by group: none with fewer than five people, and none that could be reckoned from the others. */
export const section: Section = {
  order: 50,
  roles: ['admin', 'security', 'auditor'],
  blocks({ groups, period }) {
    if (groups.length === 0) return [];
    const merged = groups.some(({ group }) => group === 'other');
    return [
      heading('groups', 'Groups'),
      {
        kind: 'bars',
        caption: 'People who used AI, by group',
        unit: 'people',
        bars: groups.map(({ group, people, before }) => ({
          label: text(group).text,
          value: people,
          text: number(people),
          ...(before !== undefined && { before }),
        })),
      },
      table(
        'groups',
        'Groups with their services',
        [
          column('group', 'Group', 'start', 3),
          column('people', 'People', 'end'),
          column('people_before', `In ${beforeWords(period)}`, 'end'),
          column('services', 'Services', 'end'),
        ],
        groups.map((row) => [
          text(row.group),
          counted(row.people),
          row.before === undefined ? { text: '\u2013', value: '' } : counted(row.before),
          counted(row.services),
        ]),
        { most: 100, empty: '' },
      ),
      ...(merged
        ? [paragraph('Groups with fewer than five people are together in "other", so that nobody can be picked out.')]
        : []),
    ];
  },
};
