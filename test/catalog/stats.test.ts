import { describe, expect, it } from 'vitest';
import { compileCatalog } from '../../src/catalog/compile.js';
import { catalogStats, isStale, statsLines } from '../../src/catalog/stats.js';
import { service } from '../helpers/service.js';

const catalog = compileCatalog(
  [
    service({
      id: 'alpha',
      vendor: { name: 'Acme' },
      checked: '2026-11-22',
      agent: true,
      hosts: ['alpha.example', { host: 'api.alpha.example', role: 'api', protocol: 'openai' }],
      paths: [{ host: 'alpha.example', path: '/mcp', role: 'api', protocol: 'mcp' }],
      oauth_apps: [{ platform: 'entra', id: 'x-1' }, { platform: 'google', id: 'x-2' }, { name: 'Alpha' }],
      extensions: [
        { store: 'chrome', id: 'a' },
        { store: 'chrome', id: 'b' },
        { store: 'vscode', id: 'c' },
      ],
      packages: [
        { ecosystem: 'npm', name: 'alpha' },
        { ecosystem: 'pypi', name: 'alpha' },
      ],
      keys: [{ prefix: 'al-' }],
    }),
    service({
      id: 'beta',
      vendor: { name: 'Acme' },
      checked: '2025-06-01',
      confidence: 'low',
      embedded: true,
      mcp: true,
      ports: [{ port: 4321 }],
      tenant_controls: [{ header: 'X-Beta', effect: 'e', source: 's', read: '2025-06-01' }],
    }),
    service({ id: 'gamma', checked: '2025-01-01' }),
  ],
  'maybe.example\tMaybe\tchat\ta list\n',
);

describe('the depth of a catalog', () => {
  const stats = catalogStats(catalog, '2026-12-01');
  it('is counted by kind', () =>
    expect(stats).toMatchObject({
      services: 3,
      vendors: 2,
      embedded: 1,
      agents: 1,
      mcp_services: 1,
      confidence: { high: 2, medium: 0, low: 1 },
      hosts: 2,
      paths: 1,
      api_endpoints: 2,
      api_endpoints_by_protocol: { openai: 1, mcp: 1 },
      oauth_apps: 3,
      oauth_ids: 2,
      entra_ids: 1,
      extensions: 3,
      extensions_by_store: { chrome: 2, vscode: 1 },
      packages: 2,
      packages_by_ecosystem: { npm: 1, pypi: 1 },
      tenant_controls: 1,
      keys: 1,
      ports: 1,
      low_confidence_rows: 1,
    }));

  it('names what nobody has looked at for a year, oldest first', () => {
    expect(stats.stale).toEqual([
      { id: 'gamma', checked: '2025-01-01' },
      { id: 'beta', checked: '2025-06-01' },
    ]);
    expect(stats.checked).toEqual({ within_90_days: 1, within_180_days: 0, within_a_year: 0, older: 2 });
    expect(stats.oldest_check).toBe('2025-01-01');
    const lines = statsLines(stats);
    expect(lines.slice(-2)).toEqual(['  2025-01-01  gamma', '  2025-06-01  beta']);
    expect(lines.every((line) => line.length <= 80 || line.startsWith('hash'))).toBe(true);
  });

  it.each([
    ['2026-12-01', '2026-11-22', false],
    ['2027-11-22', '2026-11-22', false],
    ['2027-11-23', '2026-11-22', true],
    ['2025-03-01', '2024-02-29', true],
    ['2025-02-28', '2024-02-29', false],
    ['2020-01-01', '2026-11-22', false],
  ])('on %s what was checked on %s is stale: %s', (asOf, checked, stale) => expect(isStale(checked, asOf)).toBe(stale));

  it('of an empty catalog is none', () =>
    expect(catalogStats(compileCatalog([]), '2026-12-01')).toMatchObject({
      services: 0,
      oldest_check: null,
      stale: [],
      api_endpoints_by_protocol: {},
    }));
});
