import { expect, it } from 'vitest';
import { section } from '../../../src/reports/sections/services.js';
import { sectionContract, tablesIn } from '../../contracts/section.js';
import { facts, finding, service, used } from './facts.js';

sectionContract('services');

const rows = (of: Parameters<typeof section.blocks>[0], id: string): string[][] | undefined =>
  tablesIn(section.blocks(of))
    .find((table) => table.id === id)
    ?.rows.map((row) => row.map(({ text }) => text));

it('lists what was used by name, and to a manager without what adds up', () => {
  const services = [service('b'), service('a', { contactOnly: true, now: used(2) }), service('c', { now: used(0) })];
  const findings = [finding('a')];
  expect(rows(facts('admin', { services, findings }), 'services')).toEqual([
    ['a AI (DNS only)', 'a Inc.', 'chat', 'unregistered', '2', '6', '20'],
    ['b AI', 'b Inc.', 'chat', '', '6', '6', '60'],
  ]);
  expect(rows(facts('manager', { services, findings }), 'services')?.[0]).toEqual([
    'a AI (DNS only)',
    'a Inc.',
    'chat',
    'unregistered',
    'fewer than 5',
    '6',
  ]);
});
