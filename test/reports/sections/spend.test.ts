import { expect, it } from 'vitest';
import { section } from '../../../src/reports/sections/spend.js';
import { sectionContract, tablesIn } from '../../contracts/section.js';
import { facts } from './facts.js';

sectionContract('spend');

const rows = (of: Parameters<typeof section.blocks>[0], id: string): string[][] | undefined =>
  tablesIn(section.blocks(of))
    .find((table) => table.id === id)
    ?.rows.map((row) => row.map(({ text }) => text));

it('shows payments with what they were, and subscriptions that run', () => {
  const item = {
    service: 'a',
    name: 'A',
    payer: 'person-abc',
    cadence: 'monthly',
    amount: 2000,
    currency: 'EUR',
    next: '2026-12-01',
  };
  const all = facts('admin', {
    spend: [
      { service: 'a', name: 'A', currency: 'EUR', amount: 2050, before: 0 },
      { service: 'b', name: 'B', currency: 'JPY', amount: 300, before: -100 },
    ],
    subscriptions: [
      { ...item, stopped: false },
      { ...item, stopped: true },
    ],
  });
  expect(
    rows(all, 'spend')?.map(([name, now, before]) => [name, now?.replace(/\s/g, ' '), before === '\u2013']),
  ).toEqual([
    ['A', expect.stringContaining('20.50'), true],
    ['B', expect.stringContaining('300'), false],
  ]);
  expect(rows(all, 'subscriptions')?.map(([name, payer]) => [name, payer])).toEqual([['A', 'person-abc']]);
});
