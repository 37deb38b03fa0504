import { expect, it } from 'vitest';
import type { Usage } from '../../src/core/usage.js';
import { createLabels } from '../../src/reports/people.js';
import { describeUnresolved } from '../../src/reports/unresolved.js';
import { usage } from '../store/helpers/results.js';

const row = (kind: Usage['actor']['kind'], id: string, change: Partial<Usage> = {}): Usage =>
  usage({ actor: { kind, id, group: '' }, events: 4, attempts: 1, ...change });
const rows = [
  row('person', 'jane', { events: 20, attempts: 0 }),
  row('user', 'acme\\jdoe'),
  row('user', 'acme\\jdoe', { service: 'claude' }),
  ...[1, 2, 3, 4, 5].map((n) => row('address', `10.0.0.${n}`)),
  row('address', '10.0.7.1'),
  row('user', 'forged', { provenance: 'unauthenticated', events: 1000 }),
];
const findings = [{ service: 'chatgpt' }, { service: 'chatgpt' }, { service: 'claude' }];

it('a report says who is nobody known by how much that would explain; what nobody vouches for does not count', () => {
  const shown = describeUnresolved(rows, findings, createLabels(true, new Map(), 'k'.repeat(32)));
  expect(shown).toMatchObject({ actors: 7, events: 40, share: 0.6667 });
  expect(shown.groups.map(({ group, actors, share }) => [group, actors, share])).toEqual([
    ['10.0.0.0/24', 5, 0.4167],
    ['acme', 1, 0.1667],
    ['10.0.7.0/24', 1, 0.0833],
  ]);
  expect(shown.by_actor[0]).toEqual({
    kind: 'user',
    actor: 'acme\\jdoe',
    events: 10,
    services: 2,
    findings: 3,
    bytes_out: 200,
    bytes_in: 4000,
    share: 0.1667,
  });
});

it('without names there is no actor by name, and no subnet of one', () => {
  const masked = describeUnresolved(rows, findings, createLabels(false, new Map(), 'k'.repeat(32)));
  expect(masked).toMatchObject({ actors: 7, events: 40 });
  expect(JSON.stringify(masked)).not.toMatch(/jdoe|10\.0\.7/);
  expect(masked.groups.reduce((sum, { events }) => sum + events, 0)).toBe(40);
});
