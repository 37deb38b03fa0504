import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/register.js';
import { affected, changedServices } from '../../src/inventory/affected.js';
import { reconcile } from '../../src/inventory/reconcile.js';
import { anyDecidingEntry, anyRow, entry, service, services } from './helpers.js';

const used = new Set(['chatgpt', 'claude', 'otter']);
const touched = (...args: Parameters<typeof affected>) => [...affected(...args)].sort((a, b) => (a < b ? -1 : 1));

describe('a change of the inventory', () => {
  const chat = entry({ id: 'e1', services: ['chatgpt'] });
  const notes = entry({ id: 'e2', services: ['otter', 'fireflies'] });

  it('touches the services of entries that are added or removed, where they are used', () => {
    expect(touched([], [chat], used)).toEqual(['chatgpt']);
    expect(touched([chat, notes], [chat], used)).toEqual(['otter']);
    expect(touched([], [notes], new Set())).toEqual([]);
  });

  it('touches what a changed entry names and what it named', () => {
    expect(touched([chat], [{ ...chat, services: ['claude'] }], used)).toEqual(['chatgpt', 'claude']);
    expect(touched([chat, notes], [{ ...chat, review_date: '2026-01-01' }, notes], used)).toEqual(['chatgpt']);
    expect(touched([chat], [{ ...chat, id: 'e9' }], used)).toEqual(['chatgpt']);
  });

  it('touches nothing when only the order differs, or equal entries are read anew', () => {
    expect(touched([chat, notes], [structuredClone(notes), structuredClone(chat)], used)).toEqual([]);
  });

  it('touches the neighbours too when the catalog is given: bypass and the reason of unregistered services name them', () => {
    const catalog = services(service('chatgpt'), service('claude'), service('otter', { category: 'meeting' }));
    expect(touched([], [chat], used, catalog)).toEqual(['chatgpt', 'claude']);
    const vendor = entry({ id: 'e3', services: [], vendor: 'vendor of OTTER' });
    expect(touched([], [vendor], used, catalog)).toEqual(['otter']);
  });

  it('touches every service whose findings really differ', () => {
    const catalog = services(service('chatgpt'), service('claude'), service('otter', { category: 'meeting' }));
    const inventory = fc.tuple(anyDecidingEntry('a'), anyDecidingEntry('b')).chain((all) => fc.subarray(all));
    fc.assert(
      fc.property(inventory, inventory, fc.array(anyRow, { maxLength: 12 }), (before, after, usage) => {
        const findings = (entries: typeof before): Map<string, Finding> => {
          const period = { from: '2026-03-01', to: '2026-03-11' };
          const all = reconcile({ usage, entries, services: catalog, period, asOf: '2026-03-11' }).findings;
          return new Map(all.map((finding) => [finding.id, finding]));
        };
        const [then, now] = [findings(before), findings(after)];
        const told = affected(before, after, new Set(usage.map((row) => row.service)), catalog);
        for (const [id, finding] of now) if (!told.has(finding.service)) expect(finding).toEqual(then.get(id));
      }),
      { numRuns: 500, seed: 4 },
    );
  });
});

describe('a change of the catalog', () => {
  it('touches the services that are added, removed or defined otherwise', () => {
    const before = services(service('chatgpt'), service('claude'), service('otter'));
    const after = services(
      service('chatgpt'),
      service('claude', { hosts: ['claude.example', 'x.example'] }),
      service('new'),
    );
    expect([...changedServices(before, after)]).toEqual(['claude', 'otter', 'new']);
    expect(changedServices(before, before).size).toBe(0);
  });
});
