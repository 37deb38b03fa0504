import { describe, expect, it } from 'vitest';
import { checkCatalog } from '../../src/catalog/check.js';
import { checkLowConfidence } from '../../src/catalog/check-code.js';
import type { Service, ServiceSource } from '../../src/catalog/schema.js';
import { readPopularHosts, readSignatures } from '../../src/cli/common/catalog.js';
import { ownSignatures } from '../../src/cli/common/version.js';
import { service } from '../helpers/service.js';

const check = (services: Service[]): string =>
  checkCatalog({ services, files: new Map(), added: [], popularHosts: [], matchExample: () => [] })
    .map(({ field, message }) => `${field}: ${message}`)
    .join('\n');
const named = (id: string, more: Partial<ServiceSource>): Service => service({ id, hosts: [`${id}.example`], ...more });
const control = { effect: 'e', source: 's', read: '2026-11-22' };

describe('catalog check', () => {
  it('has nothing to say of sound packages, keys, tenant controls and ports', () =>
    expect(
      check([
        named('alpha', {
          packages: [
            { ecosystem: 'npm', name: '@alpha/sdk' },
            { ecosystem: 'pypi', name: 'alpha-ai' },
            { ecosystem: 'go', name: 'github.com/alpha/sdk' },
            { ecosystem: 'maven', name: 'com.alpha:alpha' },
            { ecosystem: 'packagist', name: 'alpha/alpha' },
          ],
          // One vendor's own prefixes may lie within each other.
          keys: [{ prefix: 'al-' }, { prefix: 'al-admin-' }],
          tenant_controls: [
            { header: 'X-Alpha-Tenant', ...control },
            { host: '*.alpha.example', ...control },
          ],
          ports: [{ port: 4321 }, { port: 8080, path: '/alpha' }],
        }),
        named('beta', { ports: [{ port: 4321 }] }),
      ]),
    ).toBe(''));

  it.each<[string, Service[], string]>([
    [
      'one package of two services, however it is written',
      [
        named('alpha', { packages: [{ ecosystem: 'pypi', name: 'the_sdk' }] }),
        named('beta', { packages: [{ ecosystem: 'pypi', name: 'The.SDK' }] }),
      ],
      'packages.0: package pypi/the-sdk is claimed by alpha already',
    ],
    [
      'a package listed twice',
      [
        named('alpha', {
          packages: [
            { ecosystem: 'npm', name: 'sdk' },
            { ecosystem: 'npm', name: 'SDK' },
          ],
        }),
      ],
      'package npm/sdk is listed twice',
    ],
    [
      'a Maven name without its group',
      [named('alpha', { packages: [{ ecosystem: 'maven', name: 'alpha-java' }] })],
      'packages.0.name: alpha-java is no name of maven: write group:artifact',
    ],
    [
      'a Go name that is no module path',
      [named('alpha', { packages: [{ ecosystem: 'go', name: 'alpha' }] })],
      'write a module path',
    ],
    [
      "a key prefix that begins another vendor's",
      [named('alpha', { keys: [{ prefix: 'sk-' }] }), named('beta', { keys: [{ prefix: 'sk-beta-' }] })],
      'keys.0.prefix: sk- also begins keys of beta (sk-beta-): use more of the prefix',
    ],
    [
      "a key prefix that is another vendor's",
      [named('alpha', { keys: [{ prefix: 'sk-' }] }), named('beta', { keys: [{ prefix: 'sk-' }] })],
      'key prefix sk- is claimed by alpha already',
    ],
    [
      'a header of every request',
      [named('alpha', { tenant_controls: [{ header: 'Authorization', ...control }] })],
      'tenant_controls.0.header: Authorization is a header of every request',
    ],
    [
      'a tenant control listed twice',
      [
        named('alpha', {
          tenant_controls: [
            { header: 'X-Alpha', ...control },
            { header: 'x-alpha', ...control },
          ],
        }),
      ],
      'tenant_controls.1: x-alpha is listed twice',
    ],
    [
      'a tenant control on a host of nobody',
      [named('alpha', { tenant_controls: [{ host: 'beta.example', ...control }] })],
      'tenant_controls.0.host: beta.example is no host of this service',
    ],
    [
      'a port on which anything may listen',
      [named('alpha', { ports: [{ port: 8080 }] })],
      'ports.0: anything may listen on port 8080: name the path',
    ],
    [
      'a port listed twice',
      [
        named('alpha', {
          ports: [
            { port: 4321, path: '/v1' },
            { port: 4321, path: '/v1' },
          ],
        }),
      ],
      'is listed twice',
    ],
  ])('reports %s', (_what, services, says) => expect(check(services)).toContain(says));
});

describe('a signature file with the newer kinds', () => {
  it.each<[string, Partial<ServiceSource>]>([
    ['an unknown family', { hosts: [{ host: 'alpha.example', protocol: 'smtp' as 'openai' }] }],
    ['an unknown ecosystem', { packages: [{ ecosystem: 'cpan' as 'npm', name: 'alpha' }] }],
    ['a key prefix of two characters', { keys: [{ prefix: 'sk' }] }],
    ['a header with a colon', { tenant_controls: [{ header: 'X-Alpha:', ...control }] }],
    ['neither header nor host', { tenant_controls: [{ ...control }] }],
    ['both header and host', { tenant_controls: [{ header: 'X-A', host: 'alpha.example', ...control }] }],
    ['no such port', { ports: [{ port: 65_536 }] }],
    ['port 0', { ports: [{ port: 0 }] }],
  ])('is refused for %s', (_what, more) => expect(() => named('alpha', more)).toThrow());
});

describe('the low-confidence list', () => {
  const messages = (text: string): string =>
    checkLowConfidence('low.tsv', text, ['www.popular.example'])
      .map(({ line, message }) => `${line}: ${message}`)
      .join('\n');
  it('without faults has no problem', () =>
    expect(messages('# note\nhost\tname\tcategory\tsource\na.example\tA\tchat\tlist\nb.example\tB\tgame\tlist\n')).toBe(
      '',
    ));
  it.each([
    ['a row too short', 'a.example\tA\tchat\n', '1: is no row'],
    ['an unknown category', 'a.example\tA\tgossip\tlist\n', '1: is no row'],
    ['a name that is no host', 'https://a.example\tA\tchat\tlist\n', '1: is no lower-case host name'],
    ['a host twice', 'a.example\tA\tchat\tlist\na.example\tA\tchat\tlist\n', '2: is listed twice'],
    ['rows out of order', 'b.example\tB\tchat\tlist\na.example\tA\tchat\tlist\n', '2: must stand before b.example'],
    ['a shared host', 'github.com\tGitHub\tcoding\tlist\n', '1: covers a popular host'],
    ['a parent of a popular host', 'popular.example\tP\tchat\tlist\n', '1: covers a popular host'],
    ['a row without a source', 'a.example\tA\tchat\t \n', '1: has no name or no source'],
  ])('reports %s', (_what, text, says) => expect(messages(text)).toContain(says));

  it('that comes with Halflight holds', () =>
    expect(checkLowConfidence(ownSignatures, readSignatures().lowConfidence, readPopularHosts())).toEqual([]));
});
