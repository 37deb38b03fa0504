import type { Cell } from '../blocks/block.js';
import { beforeWords } from '../periodic/period.js';
import { column, counted, heading, inUse, isManager, people, table, text } from './common/cells.js';
import type { Section } from './common/section.js';

/** Appendix: every service in use. */
export const section: Section = {
  order: 90,
  roles: ['admin', 'security', 'auditor', 'manager'],
  blocks(facts) {
    const { services, audience, findings, period } = facts;
    const manager = isManager(facts);
    const used = services
      .filter(({ now }) => inUse(now))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1));
    const verdicts = new Map<string, Set<string>>();
    for (const { service, verdict } of findings)
      verdicts.set(service, (verdicts.get(service) ?? new Set()).add(verdict));
    return [
      heading('services', 'Appendix: services in use'),
      table(
        'services',
        'All services that were used in the period',
        [
          column('service', 'Service', 'start', 2),
          column('vendor', 'Vendor', 'start', 1.5),
          column('category', 'Category', 'start', 1.2),
          column('verdict', 'Verdict', 'start', 1.5),
          column('people', 'People', 'end', 1.2),
          column('people_before', `In ${beforeWords(period)}`, 'end', 1.2),
          ...(manager ? [] : [column('events', 'Events', 'end')]),
        ],
        used.map((row): Cell[] => [
          text(row.contactOnly ? `${row.name} (DNS only)` : row.name),
          text(row.vendor),
          text(row.category),
          text([...(verdicts.get(row.id) ?? [])].join(', ')),
          people(audience, row.now),
          people(audience, row.before),
          ...(manager ? [] : [counted(row.now.events)]),
        ]),
        { most: 500, empty: 'No AI service was used.' },
      ),
    ];
  },
};
