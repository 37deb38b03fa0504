import { expect, it } from 'vitest';
import { section } from '../../../src/reports/sections/signals.js';
import { sectionContract, tablesIn } from '../../contracts/section.js';
import { facts, finding } from './facts.js';

sectionContract('signals');

const rows = (of: Parameters<typeof section.blocks>[0], id: string): string[][] | undefined =>
  tablesIn(section.blocks(of))
    .find((table) => table.id === id)
    ?.rows.map((row) => row.map(({ text }) => text));

it('tells signals with their numbers, and none that rests on claims alone', () => {
  const signals = [{ name: 'bypass', why: '3 people of Sales', numbers: {} }];
  expect(
    rows(
      facts('admin', { findings: [finding('a', { signals }), finding('b', { signals, claimedOnly: true })] }),
      'signals',
    ),
  ).toEqual([['a AI', 'personal', 'bypass', '3 people of Sales']]);
});
