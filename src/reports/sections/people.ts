import type { Cell } from '../blocks/block.js';
import { column, counted, heading, paragraph, table, text } from './common/cells.js';
import { actingFindings } from './common/lists.js';
import type { Section } from './common/section.js';

/** Who uses what calls for action: whom to talk to. */
export const section: Section = {
  order: 35,
  roles: ['admin', 'security'],
  blocks(facts) {
    const rows = actingFindings(facts).flatMap((finding) =>
      finding.who.map((who): Cell[] => [
        text(finding.name),
        text(who.actor),
        text(who.group),
        counted(who.events),
        counted(who.attempts),
      ]),
    );
    if (rows.length === 0) return [];
    return [
      heading('people', 'Whom to talk to'),
      ...(facts.audience.names
        ? []
        : [
            paragraph(
              'People appear by pseudonym: the same person has the same one in every report of this installation.',
            ),
          ]),
      table(
        'people',
        'The most active on each finding, five at most',
        [
          column('service', 'Service', 'start', 2),
          column('actor', facts.audience.names ? 'Who' : 'Who (pseudonym)', 'start', 2),
          column('group', 'Group', 'start', 1.5),
          column('events', 'Events', 'end'),
          column('attempts', 'Attempts', 'end'),
        ],
        rows,
        { most: 60, empty: '' },
      ),
    ];
  },
};
