import { expect, it } from 'vitest';
import { section } from '../../../src/reports/sections/changes.js';
import { sectionContract, tablesIn } from '../../contracts/section.js';
import { facts, finding, service, used } from './facts.js';

sectionContract('changes');

const rows = (of: Parameters<typeof section.blocks>[0], id: string): string[][] | undefined =>
  tablesIn(section.blocks(of))
    .find((table) => table.id === id)
    ?.rows.map((row) => row.map(({ text }) => text));

it('tells apart what is new, grown and stopped, and takes a silent source for no end', () => {
  const all = facts('admin', {
    services: [
      service('new', { firstDay: '2026-11-16', now: used(1), before: used(0) }),
      service('grown', { now: used(6), before: used(3) }),
      service('little', { now: used(3), before: used(1) }),
      service('slow', { now: used(13), before: used(10) }),
      service('stopped', { now: used(0, { attempts: 4 }), before: used(2) }),
      service('silent', { now: used(0), before: used(2), silentSources: ['proxy'] }),
      service('tried', { now: used(0, { attempts: 4 }), before: used(0), firstDay: undefined }),
    ],
    findings: [finding('new'), finding('new', { verdict: 'denied' })],
  });
  expect(rows(all, 'new-services')).toEqual([['new AI', 'new Inc.', '2026-11-16', '1', 'unregistered, denied']]);
  expect(rows(all, 'grown-services')?.map(([name, , now, before]) => [name, now, before])).toEqual([
    ['grown AI', '6', '3'],
  ]);
  expect(rows(all, 'stopped-services')?.map(([name, , , people, note]) => [name, people, note])).toEqual([
    ['stopped AI', '2', '4 blocked or failed attempts.'],
    ['silent AI', '2', 'Not known: nothing came from proxy, where it was seen.'],
  ]);
});

it('tells a manager no day and no count of fewer than five', () => {
  const all = facts('manager', {
    services: [
      service('new', { firstDay: '2026-11-16', now: used(4), before: used(0) }),
      service('grown', { now: used(20), before: used(4) }),
    ],
  });
  expect(rows(all, 'new-services')).toEqual([['new AI', 'new Inc.', '', 'fewer than 5', '']]);
  expect(rows(all, 'grown-services')).toEqual([]);
});
