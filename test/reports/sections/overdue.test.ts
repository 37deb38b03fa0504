import { expect, it } from 'vitest';
import { section } from '../../../src/reports/sections/overdue.js';
import { sectionContract, tablesIn } from '../../contracts/section.js';
import { entry, facts, service, waiting } from './facts.js';

sectionContract('overdue');

const rows = (of: Parameters<typeof section.blocks>[0], id: string): string[][] | undefined =>
  tablesIn(section.blocks(of))
    .find((table) => table.id === id)
    ?.rows.map((row) => row.map(({ text }) => text));

it('lists what is past its date, the longest first, with who owns it and whether it is used', () => {
  const { business_owner: _, ...ownerless } = entry('ended', {
    exception: { until: '2026-11-20', controls: [] },
    status: 'approved',
  });
  const all = facts('admin', {
    services: [service('review')],
    entries: [
      ownerless,
      entry('review', { review_date: '2026-11-01' }),
      entry('asked', { status: 'in-review' }),
      entry('asking', { status: 'requested' }),
      entry('good'),
    ],
    waiting: [waiting('asked', { overdue: true, by: '2026-11-15' }), waiting('asking')],
  });
  expect(rows(all, 'overdue')).toEqual([
    [
      'The review',
      'review',
      '2026-11-01 (21 days)',
      'ada',
      'Review it and set the next date, or end the use. It was used in this period.',
    ],
    ['The asked', 'request', '2026-11-15 (7 days)', 'ada', 'Decide: it has waited since 2026-11-10.'],
    ['The ended', 'exception', '2026-11-20 (2 days)', 'nobody', 'Renew it with a reason, or end the use.'],
  ]);
});

it('lists a request of which nobody knows since when it waits, where it is used', () => {
  const asked = {
    entries: [entry('a', { status: 'in-review' as const })],
    waiting: [waiting('a', { since: '', by: '' })],
  };
  expect(rows(facts('admin', asked), 'overdue')).toEqual([]);
  expect(rows(facts('admin', { ...asked, services: [service('a')] }), 'overdue')).toEqual([
    ['The a', 'request', '', 'ada', 'Decide: it waits for an answer. It was used in this period.'],
  ]);
});
