import { describe, expect, it } from 'vitest';
import { checkCatalog } from '../../src/catalog/check.js';
import { compileCatalog, matchInput } from '../../src/catalog/compile.js';
import { type Loaded, readSignatureFiles } from '../../src/catalog/load.js';
import { exampleMatcher } from '../../src/cli/common/catalog.js';

const base = `id: alpha
name: Alpha
summary: s
category: chat
vendor: { name: A }
checked: 2026-11-22
sources: [{ name: n, read: 2026-11-22 }]
hosts: [alpha.example]
user_agents: [{ token: AlphaClient/ }]
examples: { hit: [alpha.example], miss: [b.example] }
`;
const beta = base.replaceAll('alpha', 'beta').replaceAll('Alpha', 'Beta').replace('b.example', 'c.example');
const more = `extends: alpha
hosts: [alpha.intranet.example, { host: up.alpha.example, role: data }]
paths: [{ host: portal.example, path: /alpha }]
merchants: [{ descriptor: ALPHA AI GMBH }]
examples:
  hit: [alpha.intranet.example, https://portal.example/alpha/1, merchant:ALPHA AI GMBH]
  miss: [intranet.example]
`;
const shipped = [
  { file: 'catalog/alpha.yaml', text: base },
  { file: 'catalog/beta.yaml', text: beta },
];
const read = (...own: [name: string, text: string][]): Loaded =>
  readSignatureFiles([...shipped, ...own.map(([name, text]) => ({ file: `own/${name}`, text }))]);

async function problems(loaded: Loaded): Promise<string[]> {
  const matchExample = await exampleMatcher(compileCatalog(loaded.services));
  const isOwn = (file: string): boolean => file.startsWith('own/');
  return [
    ...loaded.problems,
    ...checkCatalog({ ...loaded, isOwn, popularHosts: ['www.popular.example'], matchExample }),
  ].map(({ file, field, message }) => `${file} ${field}: ${message}`);
}

describe('a file with extends', () => {
  it('adds hosts, paths and merchants to a service, which keeps all that it had', async () => {
    const loaded = read(['our-alpha.yaml', more]);
    expect(await problems(loaded)).toEqual([]);
    const catalog = compileCatalog(loaded.services);
    for (const input of ['alpha.example', 'x.alpha.intranet.example', 'https://portal.example/alpha'])
      expect(matchInput(catalog, input)).toMatchObject({ service: 'alpha' });
    expect(matchInput(catalog, 'portal.example')).toMatchObject({ service: null });
    expect(catalog.merchants.map(({ value }) => value)).toEqual(['ALPHA AI GMBH']);
    expect(catalog.services.get('alpha')?.name).toBe('Alpha');
    expect(catalog.services.size).toBe(2);
  });

  it('still lets an update of the service arrive', () => {
    const updated = base.replace('hosts: [alpha.example]', 'hosts: [alpha.example, new.example]');
    const { services } = readSignatureFiles([
      { file: 'catalog/alpha.yaml', text: updated },
      { file: 'own/our-alpha.yaml', text: more },
    ]);
    const catalog = compileCatalog(services);
    expect(matchInput(catalog, 'new.example')).toMatchObject({ service: 'alpha' });
    expect(matchInput(catalog, 'alpha.intranet.example')).toMatchObject({ service: 'alpha' });
  });

  it('may be one of several, and may add to a service of the same folder', async () => {
    const own = base.replaceAll('alpha', 'own');
    const first = 'extends: own\nhosts: [one.example]\nexamples: { hit: [one.example] }\n';
    const loaded = read(
      ['a.yaml', first],
      ['b.yaml', first.replaceAll('one', 'two')],
      ['own.yaml', own.replace('AlphaClient', 'OwnClient')],
    );
    expect(await problems(loaded)).toEqual([]);
    const catalog = compileCatalog(loaded.services);
    for (const host of ['own.example', 'one.example', 'two.example'])
      expect(matchInput(catalog, host)).toMatchObject({ service: 'own' });
  });

  it.each<[what: string, file: [string, string], says: string]>([
    [
      'a service that is not there',
      ['x.yaml', more.replace('alpha', 'alpa')],
      'own/x.yaml extends: the catalog has no service alpa; did you mean alpha?',
    ],
    ['an unknown field', ['x.yaml', `${more}colour: red\n`], 'Unrecognized key'],
    ['a field that only a service has', ['x.yaml', `${more}name: Other\n`], 'Unrecognized key'],
    ['no example', ['x.yaml', more.slice(0, more.indexOf('examples:'))], 'own/x.yaml examples: is missing'],
    [
      'an example that names nothing',
      ['x.yaml', more.replace('hit: [', 'hit: [elsewhere.example, ')],
      'own/x.yaml examples.hit.0: elsewhere.example must name this service',
    ],
    [
      'a miss that hits',
      ['x.yaml', more.replace('miss: [', 'miss: [alpha.example, ')],
      'own/x.yaml examples.miss.0: alpha.example must not name',
    ],
    [
      'a host that the service has already',
      ['x.yaml', more.replace('hosts: [', 'hosts: [alpha.example, ')],
      'own/x.yaml hosts.0: alpha has host alpha.example already: take it out of your file',
    ],
    [
      'a host of another service',
      ['x.yaml', more.replace('hosts: [', 'hosts: [beta.example, ')],
      'own/x.yaml hosts.0: host beta.example of alpha is claimed by beta of the catalog already: take it out of your file, write "extends: beta"',
    ],
    [
      'a host that reaches too far',
      ['x.yaml', more.replace('hosts: [', "hosts: ['*.ai', ")],
      'own/x.yaml hosts.0: *.ai reaches too far',
    ],
    [
      'a host of everybody',
      ['x.yaml', more.replace('hosts: [', 'hosts: [popular.example, ')],
      'own/x.yaml hosts.0: popular.example hits the popular host',
    ],
    [
      'a service of its own that takes a host of the catalog',
      ['aaa.yaml', beta.replace('id: beta', 'id: aaa').replace('BetaClient', 'AaaClient')],
      'own/aaa.yaml hosts.0: host beta.example of aaa is claimed by beta of the catalog already',
    ],
  ])('is told of %s, in its own file', async (_what, file, says) => {
    expect((await problems(read(file))).join('\n')).toContain(says);
  });

  it('changes the hash of the catalog', () => {
    const hash = (loaded: Loaded): string => compileCatalog(loaded.services).hash;
    expect(hash(read(['x.yaml', more]))).not.toBe(hash(read()));
  });
});
