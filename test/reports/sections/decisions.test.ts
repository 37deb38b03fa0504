import { expect, it } from 'vitest';
import { section } from '../../../src/reports/sections/decisions.js';
import { sectionContract, tablesIn } from '../../contracts/section.js';
import { entry, facts, service, waiting } from './facts.js';

sectionContract('decisions');

const rows = (of: Parameters<typeof section.blocks>[0], id: string): string[][] | undefined =>
  tablesIn(section.blocks(of))
    .find((table) => table.id === id)
    ?.rows.map((row) => row.map(({ text }) => text));

it('shows what waits, late first, with who decides', () => {
  const all = facts('admin', {
    waiting: [
      waiting('late', { overdue: true, by: '2026-11-20', left: -2, approvers: [], used: true }),
      waiting('now', { left: 0, tier: undefined }),
      waiting('one', { left: 1, approvers: ['ciso', 'dpo'] }),
      waiting('old', { since: '', by: '' }),
    ],
  });
  expect(rows(all, 'waiting')).toEqual([
    ['The late', '2', '2026-11-10', '12', '2026-11-20', 'nobody is named', 'late by 2 days, and used already'],
    ['The now', '\u2013', '2026-11-10', '12', '2026-11-24', 'ciso', 'to be answered today'],
    ['The one', '2', '2026-11-10', '12', '2026-11-24', 'ciso and dpo', '1 day left'],
    ['The old', '2', 'not known', '\u2013', '\u2013', 'ciso', 'waited before the history of the register begins'],
  ]);
  expect(tablesIn(section.blocks(all)).find(({ id }) => id === 'waiting')?.caption).toBe(
    'Waiting for an answer, 1 request past the promised time',
  );
});

it('shows a manager only what the group uses, and nobody who decides', () => {
  const due = { name: 'x', what: 'review' as const, date: '2026-12-01', daysLeft: 9, reason: '' };
  const all = facts('manager', {
    services: [service('used')],
    entries: [entry('used'), entry('other')],
    due: ['used', 'other'].map((id) => ({ ...due, entry: id, name: `The ${id}` })),
    waiting: [waiting('used'), waiting('other')],
    decisions: [{ day: '2026-11-18', who: 'cli:ada', action: 'entry.approved', subject: 'x' }],
  });
  expect(rows(all, 'decisions-due')?.map(([name]) => name)).toEqual(['The used']);
  expect(rows(all, 'waiting')).toEqual([['The used', '2', '2026-11-10', '12', '2026-11-24', '2 days left']]);
  expect(rows(all, 'decisions-made')).toBeUndefined();
});
