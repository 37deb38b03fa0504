import { expect, it } from 'vitest';
import { section } from '../../../src/reports/sections/people.js';
import { sectionContract, tablesIn, textsIn } from '../../contracts/section.js';
import { facts, finding } from './facts.js';

sectionContract('people');

const rows = (of: Parameters<typeof section.blocks>[0], id: string): string[][] | undefined =>
  tablesIn(section.blocks(of))
    .find((table) => table.id === id)
    ?.rows.map((row) => row.map(({ text }) => text));

it('lists the most active on what calls for action, and says whether they are named', () => {
  const who = [{ actor: 'person-abc', group: 'Sales', events: 3, attempts: 1 }];
  const of = (names: boolean) =>
    facts('security', {
      audience: { role: 'security', group: undefined, names },
      findings: [finding('a', { who }), finding('fine', { verdict: 'sanctioned', who })],
    });
  expect(rows(of(false), 'people')).toEqual([['a AI', 'person-abc', 'Sales', '3', '1']]);
  expect(textsIn(section.blocks(of(false))).join()).toContain('by pseudonym');
  expect(textsIn(section.blocks(of(true))).join()).not.toContain('pseudonym');
});
