import { expect, it } from 'vitest';
import { section } from '../../../src/reports/sections/coverage.js';
import { sectionContract, tablesIn, textsIn } from '../../contracts/section.js';
import { facts, source } from './facts.js';

sectionContract('coverage');

const rows = (of: Parameters<typeof section.blocks>[0], id: string): string[][] | undefined =>
  tablesIn(section.blocks(of))
    .find((table) => table.id === id)
    ?.rows.map((row) => row.map(({ text }) => text));

it('says what was silent and what is missing; to a manager only what can be seen at all', () => {
  const change = {
    sources: [
      source('proxy', {
        rejected: 1,
        refused: 2,
        missing: 3,
        gaps: 1,
        gapWhy: 'the disk was full',
        hours: { all: 168, withData: 100 },
      }),
      source('dns', { days: { all: 7, covered: 0 }, records: 0, hours: undefined }),
    ],
    shows: [{ kind: 'web' as const, sources: 0, can: 'who', cannot: 'what' }],
  } as unknown as Parameters<typeof facts>[1];
  const all = facts('admin', change);
  expect(rows(all, 'sources')).toEqual([
    [
      'proxy',
      'folder',
      '100',
      '7 of 7',
      '68 of 168',
      '1 record could not be read; 2 pushes refused; 3 lines known to be missing; 1 gap: the disk was full',
    ],
    ['dns', 'folder', '0', '0 of 7', '\u2013', ''],
  ]);
  expect(textsIn(section.blocks(all))).toContain('Silent in the whole period: dns.');
  expect(rows(all, 'shows')).toEqual([['web', 'none', 'who', 'what']]);
  expect(tablesIn(section.blocks(facts('manager', change))).map(({ id }) => id)).toEqual(['shows']);
});
