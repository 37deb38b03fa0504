import { describe, expect, it } from 'vitest';
import { codeIndex, foldPackage, matchCodeExample } from '../../src/catalog/code-index.js';
import { compileCatalog } from '../../src/catalog/compile.js';
import { service } from '../helpers/service.js';

const catalog = compileCatalog([
  service({
    id: 'alpha',
    hosts: [{ host: 'api.alpha.example', role: 'api', protocol: 'openai' }],
    paths: [{ host: 'alpha.example', path: '/anthropic', role: 'api', protocol: 'anthropic' }],
    packages: [
      { ecosystem: 'npm', name: '@alpha/sdk', kind: 'sdk' },
      { ecosystem: 'pypi', name: 'alpha-ai' },
      { ecosystem: 'maven', name: 'com.alpha:alpha-java' },
      { ecosystem: 'cli', name: 'alpha' },
    ],
    keys: [{ prefix: 'al-', name: 'API key' }, { prefix: 'al-admin-' }],
  }),
  service({ id: 'local', ports: [{ port: 4321 }, { port: 4321, path: '/api', protocol: 'ollama' }] }),
]);
const index = codeIndex(catalog);

describe('the index of packages, keys and ports', () => {
  it.each([
    ['npm', '@Alpha/SDK', '@alpha/sdk'],
    ['pypi', 'Alpha_AI', 'alpha-ai'],
    ['pypi', 'alpha.ai', 'alpha-ai'],
    ['maven', 'com.alpha:alpha-java', 'com.alpha:alpha-java'],
    ['cli', 'alpha', 'alpha'],
  ] as const)('finds %s %s', (ecosystem, name, value) =>
    expect(index.package(ecosystem, name)).toMatchObject({ value, service: { id: 'alpha' } }),
  );
  it.each([
    ['npm', 'alpha-ai'],
    ['pypi', 'alphaai'],
    ['maven', 'COM.alpha:alpha-java'],
    ['cli', 'Alpha'],
  ] as const)('finds no %s %s', (ecosystem, name) => expect(index.package(ecosystem, name)).toBeUndefined());
  it('does not mix ecosystems that fold alike', () =>
    expect(foldPackage('npm', 'x')).not.toBe(foldPackage('pypi', 'x')));

  it('takes the longest prefix of a key', () => {
    expect(index.key('al-admin-0123')).toMatchObject({ value: 'al-admin-' });
    expect(index.key('al-0123')).toMatchObject({ value: 'al-', name: 'API key' });
    expect(index.key('AL-0123')).toBeUndefined();
  });
  it('lists the runtimes of a port, those with a path in front', () => {
    expect(index.port(4321).map(({ path, protocol }) => [path, protocol])).toEqual([
      ['/api', 'ollama'],
      [undefined, undefined],
    ]);
    expect(index.port(80)).toEqual([]);
  });
  it('is built once for a catalog', () => expect(codeIndex(catalog)).toBe(index));
});

describe('the confidence of a signature', () => {
  it("is its own where it has one, and the service's otherwise", () => {
    const { appIds, extensions, userAgents } = compileCatalog([
      service({
        id: 'alpha',
        hosts: ['alpha.example'],
        oauth_apps: [{ id: 'app-1', confidence: 'low' }, { id: 'app-2' }],
        extensions: [{ store: 'chrome', id: 'Ext-1', confidence: 'medium' }],
        user_agents: [{ token: 'AlphaApp/', confidence: 'low' }, { token: 'AlphaTool/' }],
      }),
    ]);
    expect([appIds.get('app-1'), appIds.get('app-2'), extensions.get('ext-1')].map((rule) => rule?.confidence)).toEqual(
      ['low', 'high', 'medium'],
    );
    expect(userAgents.map(({ value, confidence }) => [value, confidence])).toEqual([
      ['AlphaApp/', 'low'],
      ['AlphaTool/', 'high'],
    ]);
  });
});

describe('an example', () => {
  it.each([
    ['package:npm/@alpha/sdk', ['alpha']],
    ['package:npm/other', []],
    ['package:nonsense', []],
    ['key:al-123', ['alpha']],
    ['key:', []],
    ['port:4321/api/chat', ['local', 'local']],
    ['port:4321', ['local']],
    ['port:many', []],
    ['chat.example', undefined],
    ['ua:alpha', undefined],
  ])('%s names %j', (example, services) => expect(matchCodeExample(catalog, example)).toEqual(services));
});

describe('a rule of a host or path', () => {
  it('carries the family of its API', () => {
    expect(catalog.targets.find('api.alpha.example', '/v1')?.protocol).toBe('openai');
    expect(catalog.targets.find('alpha.example', '/anthropic/v1/messages')?.protocol).toBe('anthropic');
  });
});
