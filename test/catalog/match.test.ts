import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCatalog, matchInput } from '../../src/catalog/compile.js';
import { service } from '../helpers/service.js';

const catalog = compileCatalog([
  service({ id: 'chat', hosts: ['chat.example', { host: 'stats.chat.example', role: 'telemetry' }] }),
  service({ id: 'api', hosts: [{ host: 'api.chat.example', match: 'exact', role: 'api' }] }),
  service({
    id: 'tenant',
    hosts: ['*.openai.cloud.example', 'bedrock-runtime.*.cloud.example', '*-platform.apis.example'],
  }),
  service({
    id: 'suite-ai',
    embedded: true,
    hosts: [{ host: 'suite.example', weak: true }],
    paths: [
      { host: 'suite.example', path: '/ai' },
      { host: 'suite.example', path: '/v1/*:generate' },
      { host: 'suite.example', path: '/copilot/' },
    ],
  }),
]);
const named = (input: string): string | null | undefined => {
  const match = matchInput(catalog, input);
  return 'service' in match ? match.service : undefined;
};

describe('match', () => {
  it.each<[string, string | null]>([
    ['chat.example', 'chat'],
    ['www.chat.example', 'chat'],
    ['CHAT.Example.', 'chat'],
    ['https://user@chat.example:8443/x?y#z', 'chat'],
    ['chat.example:443', 'chat'],
    ['ｃｈａｔ。example', 'chat'],
    ['chat%2Eexample', 'chat'],
    ['//chat.example/x', 'chat'],
    ['notchat.example', null],
    ['chat.example.net', null],
    ['chat-example', null],
    ['example', null],
    ['https://evil.example/?u=https://chat.example/', null],
    ['https://chat.example@evil.example/', null],
    ['api.chat.example', 'api'],
    ['x.api.chat.example', 'chat'],
    ['stats.chat.example', null],
    ['x.openai.cloud.example', 'tenant'],
    ['a.b.openai.cloud.example', 'tenant'],
    ['openai.cloud.example', null],
    ['bedrock-runtime.eu-west-1.cloud.example', 'tenant'],
    ['bedrock-runtime.a.b.cloud.example', null],
    ['bedrock-runtime.cloud.example', null],
    ['x.bedrock-runtime.eu-west-1.cloud.example', null],
    ['eu-west1-platform.apis.example', 'tenant'],
    ['suite.example', null],
    ['https://suite.example/ai', 'suite-ai'],
    ['https://www.suite.example/ai/chat?x=1', 'suite-ai'],
    ['https://suite.example/aircraft', null],
    ['https://suite.example/x/ai', null],
    ['https://suite.example/v1/models:generate', 'suite-ai'],
    ['https://suite.example/v1/a/b:generate', null],
    ['https://suite.example/copilot/x', 'suite-ai'],
    ['https://suite.example/copilot', null],
  ])('%s names %s', (input, expected) => expect(named(input)).toBe(expected));

  it('shows a host of a wider product as weak', () =>
    expect(matchInput(catalog, 'www.suite.example')).toMatchObject({ service: null, weak: 'suite-ai' }));
  it.each(['', '   ', 'a b', '/path/only', '-', 'https://', 'ht!tp'])('says that %j is no host', (input) =>
    expect(matchInput(catalog, input)).toHaveProperty('error'),
  );
  it('names the signature and how it matched', () =>
    expect(matchInput(catalog, 'https://suite.example/ai')).toEqual({
      input: 'https://suite.example/ai',
      host: 'suite.example',
      service: 'suite-ai',
      vendor: 'suite-ai Inc.',
      category: 'chat',
      signature: 'suite.example/ai',
      match: 'path',
      embedded: true,
      confidence: 'high',
    }));

  it('never throws, and never names a service whose host is no label-wise suffix', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.webUrl(), fc.domain(), fc.stringMatching(/^[a-z.]{0,8}chat\.example[a-z.]{0,8}$/)),
        (input) => {
          const match = matchInput(catalog, input);
          if ('service' in match && match.service === 'chat')
            expect(`.${match.host}`.endsWith('.chat.example')).toBe(true);
        },
      ),
      { seed: 20261122, numRuns: 5000 },
    );
  });
});
