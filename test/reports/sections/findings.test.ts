import { expect, it } from 'vitest';
import { section } from '../../../src/reports/sections/findings.js';
import { sectionContract, tablesIn, textsIn } from '../../contracts/section.js';
import { facts, finding, used } from './facts.js';

sectionContract('findings');

const rows = (of: Parameters<typeof section.blocks>[0], id: string): string[][] | undefined =>
  tablesIn(section.blocks(of))
    .find((table) => table.id === id)
    ?.rows.map((row) => row.map(({ text }) => text));

it('lists what calls for action with what to do, those of the period first, and counts all by verdict', () => {
  const all = facts('admin', {
    findings: [
      finding('old', { now: used(0) }),
      finding('dns', { contactOnly: true, alternatives: ['Chat', 'Draw'] }),
      finding('fine', { verdict: 'sanctioned' }),
      finding('said', { claimedOnly: true }),
    ],
  });
  expect(
    rows(all, 'findings')?.map(([name, account, verdict, risk, people]) => [name, account, verdict, risk, people]),
  ).toEqual([
    ['dns AI', 'personal', 'Unregistered', '40 medium', '6'],
    ['old AI', 'personal', 'Unregistered', '40 medium', '0'],
  ]);
  expect(rows(all, 'findings')?.[0]?.at(-1)).toMatch(/Approved instead: Chat, Draw\. Rests on DNS alone/);
  expect(rows(all, 'verdicts')?.map(([verdict, count]) => [verdict, count])).toEqual([
    ['Unregistered', '2'],
    ['Sanctioned', '1'],
  ]);
  expect(textsIn(section.blocks(all)).join()).toContain('1 more rests on claims alone');
});

it('tells a manager no risk, and of fewer than five neither how many nor since when', () => {
  const all = facts('manager', { findings: [finding('a', { now: used(4) })] });
  expect(rows(all, 'findings')?.[0]?.slice(0, 5)).toEqual(['a AI', 'personal', 'Unregistered', 'fewer than 5', '']);
});
