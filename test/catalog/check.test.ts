import { describe, expect, it } from 'vitest';
import { checkCatalog } from '../../src/catalog/check.js';
import { compileCatalog } from '../../src/catalog/compile.js';
import { type Problem, readService } from '../../src/catalog/load.js';
import type { Service, ServiceSource } from '../../src/catalog/schema.js';
import { exampleMatcher, loadCatalog, readPopularHosts, readSignatures } from '../../src/cli/common/catalog.js';
import { service } from '../helpers/service.js';

async function check(services: Service[], popularHosts: string[] = []): Promise<string[]> {
  const matchExample = await exampleMatcher(compileCatalog(services));
  return checkCatalog({
    services,
    files: new Map(services.map(({ id }) => [id, `${id}.yaml`])),
    added: [],
    popularHosts,
    matchExample,
  }).map((problem) => `${problem.file} ${problem.field}: ${problem.message}`);
}

const alpha = (more: Partial<ServiceSource> = {}): Service =>
  service({ id: 'alpha', hosts: ['alpha.example'], ...more });

describe('catalog check', () => {
  it('is silent on a sound entry', async () => {
    expect(await check([alpha()])).toEqual([]);
  });

  it.each<[what: string, services: Service[], says: string]>([
    [
      'a hit example that names nothing',
      [alpha({ examples: { hit: ['beta.example'], miss: ['x.example'] } })],
      'beta.example must name this service',
    ],
    [
      'a miss example that hits',
      [alpha({ examples: { hit: ['alpha.example'], miss: ['www.alpha.example'] } })],
      'must not name this service',
    ],
    [
      'an app example that names nothing',
      [alpha({ examples: { hit: ['app:Alpha'], miss: ['x.example'] } })],
      'app:Alpha must name this service',
    ],
    [
      'a merchant example that names nothing',
      [alpha({ examples: { hit: ['merchant:ALPHA INC'], miss: ['x.example'] } })],
      'must name this service',
    ],
    [
      'one host claimed twice',
      [
        alpha(),
        service({ id: 'beta', hosts: ['alpha.example'], examples: { hit: ['alpha.example'], miss: ['x.example'] } }),
      ],
      'is claimed by alpha already',
    ],
    ['one host listed twice', [alpha({ hosts: ['alpha.example', 'alpha.example'] })], 'is listed twice'],
    [
      'one path claimed twice',
      [
        service({
          id: 'alpha',
          paths: [{ host: 'shared.example', path: '/ai' }],
          examples: { hit: ['https://shared.example/ai'], miss: ['shared.example'] },
        }),
        service({
          id: 'beta',
          paths: [{ host: 'shared.example', path: '/AI' }],
          examples: { hit: ['https://shared.example/ai'], miss: ['shared.example'] },
        }),
      ],
      'is claimed by alpha already',
    ],
    [
      'one extension claimed twice',
      [
        alpha({
          extensions: [
            { store: 'chrome', id: 'abc' },
            { store: 'edge', id: 'ABC' },
          ],
        }),
      ],
      'is listed twice',
    ],
    [
      'one application id claimed twice',
      [
        alpha({ oauth_apps: [{ id: 'x-1' }] }),
        service({ id: 'beta', hosts: ['beta.example'], oauth_apps: [{ id: 'X-1' }] }),
      ],
      'is claimed by alpha already',
    ],
    ['a public suffix', [alpha({ hosts: ['alpha.example', 'co.uk'] })], 'co.uk is a public suffix'],
    [
      'a private suffix where anybody may register',
      [alpha({ hosts: ['alpha.example', 'github.io'] })],
      'github.io is a public suffix',
    ],
    ['all tenants of a registry', [alpha({ hosts: ['alpha.example', '*.co.uk'] })], '*.co.uk is a public suffix'],
    ['a top-level zone', [alpha({ hosts: ['alpha.example', '*.ai'] })], '*.ai reaches too far'],
    ['a wildcard in the last labels', [alpha({ hosts: ['alpha.example', 'api.*.com'] })], 'reaches too far'],
    ['a shared host', [alpha({ hosts: ['alpha.example', 'googleapis.com'] })], 'googleapis.com'],
    ['a user agent that browsers have', [alpha({ user_agents: [{ token: 'Safari/' }] })], 'hits the common user agent'],
    ['a user agent of a letter', [alpha({ user_agents: [{ token: 'Q/' }] })], 'too short'],
    [
      'an app name that everybody has',
      [alpha({ oauth_apps: [{ name: 'Office' }] })],
      'the name of an app that everybody has',
    ],
    ['a merchant of a letter', [alpha({ merchants: [{ descriptor: 'X' }] })], 'too short'],
    ['a lower-case merchant', [alpha({ merchants: [{ descriptor: 'Alpha' }] })], 'must be upper case'],
  ])('reports %s', async (_what, services, says) => {
    const problems = await check(services);
    expect(problems.join('\n')).toContain(says);
  });

  it('reports a signature that hits a popular host, and not a weak one', async () => {
    expect((await check([alpha({ hosts: ['alpha.example'] })], ['www.alpha.example'])).join()).toContain(
      'hits the popular host www.alpha.example',
    );
    const weak = alpha({
      hosts: [{ host: 'alpha.example', weak: true }, 'ai.alpha.example'],
      examples: { hit: ['ai.alpha.example'], miss: ['alpha.example'] },
    });
    expect(await check([weak], ['www.alpha.example'])).toEqual([]);
  });
});

describe('a signature file', () => {
  const sound =
    'id: alpha\nname: Alpha\nsummary: s\ncategory: chat\nvendor: { name: A }\nchecked: 2026-11-22\nsources: [{ name: n, read: 2026-11-22 }]\nhosts: [alpha.example]\nexamples: { hit: [alpha.example], miss: [b.example] }\n';
  const problemsOf = (text: string, file = 'alpha.yaml'): Problem[] => {
    const problems: Problem[] = [];
    readService(file, text, problems);
    return problems;
  };
  it('without faults has no problem', () => expect(problemsOf(sound)).toEqual([]));
  it.each([
    ['broken YAML', sound.replace('name: Alpha', 'name: [Alpha'), 'is no YAML'],
    ['an unknown category', sound.replace('category: chat', 'category: gossip'), 'Invalid option'],
    ['an unknown field', `${sound}colour: red\n`, 'Unrecognized key'],
    ['an upper-case host', sound.replace('hosts: [alpha.example]', 'hosts: [Alpha.example]'), 'lower-case'],
    ['no example', sound.replace('hit: [alpha.example]', 'hit: []'), 'Too small'],
    ['a fact without a source', `${sound}risk: { soc2: [{ value: "yes", read: 2026-11-22 }] }\n`, 'is missing'],
  ])('with %s is reported', (_what, text, says) =>
    expect(
      problemsOf(text)
        .map(({ message }) => message)
        .join(),
    ).toContain(says),
  );
  it('is reported with the line of the field', () =>
    expect(problemsOf(sound.replace('category: chat', 'category: gossip'))[0]).toMatchObject({
      line: 4,
      field: 'category',
    }));
  it('whose id is not its file name is reported', () =>
    expect(problemsOf(sound, 'beta.yaml')[0]?.message).toContain('must equal the file name'));
});

describe('the catalog that comes with Halflight', () => {
  it('passes every check', async () => {
    const loaded = readSignatures();
    expect(loaded.problems).toEqual([]);
    const matchExample = await exampleMatcher(compileCatalog(loaded.services));
    expect(checkCatalog({ ...loaded, popularHosts: readPopularHosts(), matchExample })).toEqual([]);
  });
  it('has the same hash however its files were read', () => {
    const { services, lowConfidence } = readSignatures();
    expect(compileCatalog(services.toReversed(), lowConfidence).hash).toBe(loadCatalog().hash);
  });
});
