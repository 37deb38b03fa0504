import { column, counted, heading, table, text } from './common/cells.js';
import type { Section } from './common/section.js';

/** What looks like AI and is in no catalog: somebody has to look. */
export const section: Section = {
  order: 55,
  roles: ['admin', 'security'],
  blocks({ candidates: { list, all } }) {
    if (list.length === 0) return [];
    const found = table(
      'candidates',
      'Looks like AI, and is in no catalog',
      [
        column('subject', 'What', 'start', 3),
        column('kind', 'Kind'),
        column('score', 'Score', 'end', 0.7),
        column('events', 'Events', 'end'),
        column('first_day', 'First seen'),
        column('new', 'New', 'start', 0.6),
      ],
      list.map((row) => [
        text(row.subject),
        text(row.kind),
        counted(row.score),
        counted(row.events),
        text(row.firstDay),
        text(row.isNew ? 'new' : ''),
      ]),
      { most: 20, empty: '' },
    );
    const more = found.kind === 'table' ? { ...found, more: Math.max(0, all - found.rows.length) } : found;
    return [heading('candidates', 'Candidates'), more];
  },
};
