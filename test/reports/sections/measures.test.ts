import { expect, it } from 'vitest';
import { section } from '../../../src/reports/sections/measures.js';
import { sectionContract, tablesIn } from '../../contracts/section.js';
import { facts } from './facts.js';

sectionContract('measures');

const rows = (of: Parameters<typeof section.blocks>[0], id: string): string[][] | undefined =>
  tablesIn(section.blocks(of))
    .find((table) => table.id === id)
    ?.rows.map((row) => row.map(({ text }) => text));

it('shows both numbers of a share, and none of nothing', () => {
  const measure = (numerator: number, denominator: number) => ({
    name: 'm',
    numerator,
    denominator,
    sentence: `${numerator} of ${denominator}.`,
  });
  const all = facts('auditor', {
    measures: [
      { now: measure(1, 3), before: measure(2, 3) },
      { now: measure(0, 0), before: undefined },
    ],
  });
  expect(rows(all, 'measures')).toEqual([
    ['1 of 3.', '33 % (1/3)', '67 % (2/3)'],
    ['0 of 0.', '\u2013', '\u2013'],
  ]);
});
