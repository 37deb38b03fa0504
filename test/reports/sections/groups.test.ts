import { expect, it } from 'vitest';
import { section } from '../../../src/reports/sections/groups.js';
import { sectionContract, tablesIn, textsIn } from '../../contracts/section.js';
import { facts } from './facts.js';

sectionContract('groups');

const rows = (of: Parameters<typeof section.blocks>[0], id: string): string[][] | undefined =>
  tablesIn(section.blocks(of))
    .find((table) => table.id === id)
    ?.rows.map((row) => row.map(({ text }) => text));

it('shows groups with what they were, and says why some are together', () => {
  const all = facts('admin', {
    groups: [
      { group: 'Sales', people: 6, services: 2, before: 5 },
      { group: 'other', people: 7, services: 3, before: undefined },
    ],
  });
  expect(rows(all, 'groups')).toEqual([
    ['Sales', '6', '5', '2'],
    ['other', '7', '\u2013', '3'],
  ]);
  expect(textsIn(section.blocks(all)).join()).toContain('fewer than five people are together');
});
