import { describe, expect, it } from 'vitest';
import { compileCatalog } from '../../src/catalog/compile.js';
import { type CatalogDiff, diffCatalogs, isEmptyDiff } from '../../src/catalog/diff.js';
import type { ServiceSource } from '../../src/catalog/schema.js';
import { diffToText, effectsOf } from '../../src/cli/common/release/diff-text.js';
import { service } from '../helpers/service.js';

type Source = Partial<ServiceSource> & { id: string };
const diff = (before: Source[], after: Source[]): CatalogDiff =>
  diffCatalogs(compileCatalog(before.map(service)), compileCatalog(after.map(service)));

const alpha: Source = { id: 'alpha', hosts: ['alpha.example'] };
const fact = (value: string) => ({ value, source: 'trust page', read: '2026-11-22' });

describe('the difference of two catalogs', () => {
  it('is empty between a catalog and itself, in whatever order', () => {
    const beta: Source = { id: 'beta', hosts: ['beta.example'], packages: [{ ecosystem: 'npm', name: 'beta' }] };
    const result = diff([alpha, beta], [beta, alpha]);
    expect(isEmptyDiff(result)).toBe(true);
    expect(diffToText(result, 'A', 'B')).toEqual(['From A', 'to B', '', 'Both say the same.']);
  });

  it('names services that come and go', () => {
    const { services, uncounted } = diff([alpha], [{ id: 'gamma', hosts: ['gamma.example'] }]);
    expect(services.added).toEqual([{ id: 'gamma', name: 'gamma', vendor: 'gamma Inc.' }]);
    expect(services.dropped.map(({ id }) => id)).toEqual(['alpha']);
    expect(uncounted).toEqual([{ value: 'alpha.example', service: 'alpha' }]);
  });

  it('tells a new id from a service that went and another that came', () => {
    const { services } = diff([alpha], [{ ...alpha, id: 'alpha-two', name: 'Alpha Two' }]);
    expect(services).toMatchObject({
      added: [],
      dropped: [],
      renamed: [{ from: 'alpha', to: 'alpha-two', name: 'Alpha Two' }],
    });
  });

  it('names hosts, apps, extensions, packages and keys that name another service now', () => {
    const traces: Partial<ServiceSource> = {
      hosts: ['shared.example'],
      oauth_apps: [{ id: 'app-1' }],
      extensions: [{ store: 'chrome', id: 'abc' }],
      user_agents: [{ token: 'Thing/' }],
      merchants: [{ descriptor: 'THING INC' }],
      packages: [{ ecosystem: 'npm', name: 'thing' }],
      keys: [{ prefix: 'thing-' }],
    };
    const keep = { id: 'beta', hosts: ['beta.example'] };
    const { reattributed, services } = diff(
      [{ id: 'alpha', ...traces, hosts: ['shared.example', 'alpha.example'] }, keep],
      [alpha, { ...traces, id: 'beta', hosts: ['shared.example', 'beta.example'] }],
    );
    expect(services.renamed).toEqual([]);
    expect(reattributed.map(({ kind, value, from, to }) => `${kind} ${value} ${from} ${to}`)).toEqual([
      'hosts shared.example alpha beta',
      'oauth_apps app-1 alpha beta',
      'extensions chrome: abc alpha beta',
      'merchants THING INC alpha beta',
      'user_agents Thing/ alpha beta',
      'packages npm/thing alpha beta',
      'keys thing- alpha beta',
    ]);
  });

  it('sees a narrower signature take a part of a wider one', () => {
    const wide: Source = { id: 'alpha', hosts: ['alpha.example'] };
    const { reattributed } = diff(
      [wide, { id: 'beta', hosts: ['beta.example'] }],
      [wide, { id: 'beta', hosts: ['beta.example', 'labs.alpha.example'] }],
    );
    expect(reattributed).toEqual([{ kind: 'hosts', value: 'labs.alpha.example', from: 'alpha', to: 'beta' }]);
  });

  it('names what counts no more, also where the host stays', () => {
    const { uncounted, signatures } = diff([alpha], [{ id: 'alpha', hosts: [{ host: 'alpha.example', weak: true }] }]);
    expect(uncounted).toEqual([{ value: 'alpha.example', service: 'alpha' }]);
    expect(signatures.changed).toMatchObject([{ kind: 'hosts', value: 'alpha.example', field: 'weak', after: 'true' }]);
  });

  it('names signatures that come, go and change, and what sources say of risk', () => {
    const result = diff(
      [
        {
          id: 'alpha',
          hosts: ['alpha.example', 'old.example'],
          risk: { soc2: [fact('Type I')], dpa: [fact('yes')] },
        },
      ],
      [
        {
          id: 'alpha',
          category: 'coding',
          hosts: [{ host: 'alpha.example', role: 'api', account: 'enterprise' }, 'new.example'],
          risk: { soc2: [fact('Type II')], sso: [fact('SAML')], dpa: [{ ...fact('yes'), read: '2026-11-23' }] },
        },
      ],
    );
    expect(result.signatures.added).toEqual([{ kind: 'hosts', value: 'new.example', service: 'alpha' }]);
    expect(result.signatures.dropped).toEqual([{ kind: 'hosts', value: 'old.example', service: 'alpha' }]);
    expect(result.signatures.changed.map(({ field, before, after }) => `${field} ${before}>${after}`)).toEqual([
      'role web>api',
      'account >enterprise',
    ]);
    expect(result.services.changed).toEqual([{ service: 'alpha', field: 'category', before: 'chat', after: 'coding' }]);
    expect(result.risk).toEqual([
      { service: 'alpha', field: 'soc2', before: 'Type I', after: 'Type II' },
      { service: 'alpha', field: 'sso', before: '', after: 'SAML' },
    ]);
    const effects = effectsOf(result).join('\n');
    expect(effects).toContain('1 signature tells another account kind: a verdict may become wrong-account');
    expect(effects).toContain('1 service is rated by other facts');
  });

  it('is told in 80 columns, with nothing that a terminal obeys', () => {
    const long = `https${'x'.repeat(60)}`;
    const result = diff(
      [alpha],
      [alpha, { id: 'beta', name: `Beta \u001b[31m${'long name '.repeat(12)}`, hosts: [`${long}.example`] }],
    );
    const lines = diffToText(result, 'A', 'B');
    expect(lines.join('\n')).not.toContain('\u001b');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines).toContain('What it changes for findings');
  });
});
