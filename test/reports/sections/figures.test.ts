import { expect, it } from 'vitest';
import { section } from '../../../src/reports/sections/figures.js';
import { sectionContract } from '../../contracts/section.js';
import { facts, finding, service, used } from './facts.js';

sectionContract('figures');

const itemsOf = (of: Parameters<typeof section.blocks>[0]): string[] =>
  section
    .blocks(of)
    .flatMap((block) =>
      block.kind === 'figures' ? block.items.map(({ label, value, note }) => `${value} ${label}, ${note}`) : [],
    );

it('tells what was used, new, to act on, and by how many, against the week before', () => {
  const all = facts('admin', {
    services: [service('a'), service('b', { firstDay: '2026-11-18', before: used(0) }), service('c', { now: used(0) })],
    findings: [finding('a'), finding('b', { verdict: 'sanctioned' }), finding('c', { claimedOnly: true })],
    totals: { now: { people: 12, actors: 13 }, before: { people: 15, actors: 15 } },
  });
  expect(itemsOf(all)).toEqual([
    '2 services in use, 2 the week before',
    '1 new services, used for the first time',
    '1 finding to act on, of 3',
    '12 + 1 other people using AI, \u22123 against the week before',
  ]);
});

it('tells a manager the people of the group only where nobody could be reckoned from it', () => {
  const of = (people: number): string[] =>
    itemsOf(
      facts('manager', {
        services: [service('a', { now: used(9) }), service('b', { now: used(people) })],
        totals: { now: { people: 9, actors: 9 }, before: { people: 5, actors: 5 } },
      }),
    );
  expect(of(5)).toContain('9 people using AI, in Own');
  expect(of(4).join()).not.toContain('people using AI');
});
