import { expect, it } from 'vitest';
import { section } from '../../../src/reports/sections/candidates.js';
import { sectionContract, tablesIn } from '../../contracts/section.js';
import { facts } from './facts.js';

sectionContract('candidates');

const rows = (of: Parameters<typeof section.blocks>[0], id: string): string[][] | undefined =>
  tablesIn(section.blocks(of))
    .find((table) => table.id === id)
    ?.rows.map((row) => row.map(({ text }) => text));

it('shows candidates, and counts those that were not loaded', () => {
  const list = [
    { kind: 'host' as const, subject: 'new-ai.example', score: 50, events: 1200, firstDay: '2026-11-17', isNew: true },
  ];
  const all = facts('security', { candidates: { list, all: 4 } });
  expect(rows(all, 'candidates')).toEqual([['new-ai.example', 'host', '50', '1,200', '2026-11-17', 'new']]);
  expect(tablesIn(section.blocks(all))[0]?.more).toBe(3);
});
