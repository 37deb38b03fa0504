import { describe, expect, it } from 'vitest';
import { unresolvedText } from '../../src/cli/common/unresolved-text.js';
import { type ActorSum, listUnresolved } from '../../src/people/unresolved.js';
import { createLabels } from '../../src/reports/people.js';

const sum = (kind: ActorSum['kind'], id: string, events: number): ActorSum => ({
  kind,
  id,
  events,
  bytesOut: 2_500_000,
  bytesIn: 0,
  services: 2,
  findings: 1,
});
const sums = [
  sum('address', '10.20.0.7', 10),
  sum('address', '10.20.0.8', 20),
  sum('address', '10.20.1.8', 5),
  sum('address', '2001:db8:0:1::7', 4),
  sum('address', '2001:db8:0:1:a::8', 4),
  sum('user', 'acme\\jdoe', 25),
  sum('user', 'acme\\max', 1),
  sum('user', 'jo@partner.example', 3),
  sum('user', 'jo', 2),
  sum('device', 'kiosk', 6),
  sum('workload', 'svc-build', 7),
  sum('unknown', '', 9),
];
const list = listUnresolved(sums, 200);

describe('who is nobody known', () => {
  it('is listed by how much one mapping would explain', () => {
    expect(list.groups.map(({ group, actors, events, share }) => [group, actors, events, share])).toEqual([
      ['10.20.0.0/24', 2, 30, 0.15],
      ['acme', 2, 26, 0.13],
      ['nobody named', 1, 9, 0.045],
      ['2001:db8:0:1::/64', 2, 8, 0.04],
      ['programs', 1, 7, 0.035],
      ['devices', 1, 6, 0.03],
      ['10.20.1.0/24', 1, 5, 0.025],
      ['partner.example', 1, 3, 0.015],
      ['names without a domain', 1, 2, 0.01],
    ]);
    expect(list).toMatchObject({ events: 200, unresolved: 96, actors: 12 });
    expect(list.byActor[0]).toMatchObject({
      id: 'acme\\jdoe',
      share: 0.125,
      hint: 'a directory with accounts of acme, or aliases (2 such actors)',
    });
    expect(list.groups.reduce((total, { events }) => total + events, 0)).toBe(list.unresolved);
  });

  it('is printed in 80 columns, by pseudonym unless names are asked for, and safe for a terminal', () => {
    const hostile = listUnresolved([...sums, sum('user', 'acme\\\u001b[31mred', 50)], 300);
    const masked = unresolvedText(hostile, createLabels(false, new Map(), 'k'.repeat(32)), 20);
    const named = unresolvedText(hostile, createLabels(true, new Map(), 'k'.repeat(32)), 20);
    for (const text of [masked, named]) {
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
      expect(text).not.toContain('\u001b');
    }
    expect(masked).not.toMatch(/jdoe|10\.20\.0\.7\b|kiosk/);
    expect(named).toMatch(/9 %\s+25\s+2\s+1\s+2\.5 {2}user acme\\jdoe|8 %\s+25\s+2\s+1\s+2\.5 {2}user acme\\jdoe/);
    expect(masked).toMatch(/^13 actors are nobody known: 49 % of 300 events\./);
  });

  it('says so where everybody is known, or nothing was found', () => {
    const labels = createLabels(false, new Map(), 'k'.repeat(32));
    expect(unresolvedText(listUnresolved([], 10), labels, 5)).toBe('Every event is of a person of the directory.\n');
    expect(unresolvedText(listUnresolved([], 0), labels, 5)).toMatch(/^Nothing was found yet/);
  });
});
