import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileCatalog } from '../../src/catalog/compile.js';
import type { Event } from '../../src/core/event.js';
import { loadPlugins } from '../../src/core/plugins.js';
import type { CandidateDetector } from '../../src/detectors/common/detector.js';
import { loadDetection } from '../../src/detectors/common/registry.js';
import { service } from '../helpers/service.js';

const catalog = compileCatalog([
  service({
    id: 'assistant',
    hosts: [
      'assistant.example',
      { host: 'api.assistant.example', role: 'api' },
      { host: 'personal.assistant.example', account: 'personal' },
      { host: 'stats.assistant.example', role: 'telemetry' },
      { host: 'files.assistant.example', role: 'data' },
    ],
    paths: [
      { host: 'assistant.example', path: '/anonymous/', account: 'personal' },
      { host: 'api.assistant.example', path: '/v1/files', role: 'data', capability: 'upload' },
    ],
    oauth_apps: [{ platform: 'entra', id: 'E0000000-0000-4000-8000-000000000001', name: 'Assistant' }],
    saml_apps: ['Assistant Enterprise'],
    extensions: [{ store: 'chrome', id: 'abcdefghijklmnopabcdefghijklmnop' }],
    user_agents: [{ token: 'assistant-cli/' }],
    merchants: [
      { descriptor: 'ASSISTANT INC', account: 'personal' },
      { descriptor: 'ASSIST', ambiguous: true },
    ],
  }),
  service({
    id: 'wide-ai',
    embedded: true,
    hosts: [{ host: 'wide.example', weak: true }],
    saml_apps: ['Wide'],
    examples: { hit: ['x'], miss: ['y'] },
  }),
]);
const candidates = await loadPlugins<CandidateDetector>(
  join(import.meta.dirname, '../../src/detectors/candidates'),
  'candidate',
);
const detection = await loadDetection(catalog);
/** Detectors that some case made hit, and candidate detectors by what they say. */
const proved = new Set<string>();
const suggested = new Set<string>();
const event = (fields: Partial<Event>): Event => ({
  kind: 'web',
  action: 'allowed',
  line: 1,
  vendor_format: 'test',
  ...fields,
});
const hit = (fields: Partial<Event>) =>
  detection.detect(event(fields)).map(({ service: id, detector, strength, accountKind, attempt, confidence }) => {
    proved.add(detector);
    return [id, detector, strength, accountKind, attempt, confidence].join(' ');
  });

describe('detectors say which service, by what proof, how strong', () => {
  it.each<[what: string, Partial<Event>, string[]]>([
    ['a visit', { host: 'www.assistant.example' }, ['assistant host visit unknown false high']],
    ['a DNS look-up', { kind: 'dns', host: 'assistant.example' }, ['assistant host contact unknown false high']],
    ['an API call', { host: 'api.assistant.example' }, ['assistant host transfer unknown false high']],
    ['an upload', { host: 'assistant.example', bytes_out: 5_000_000 }, ['assistant host transfer unknown false high']],
    [
      'an upload to the path of files, whatever its size',
      { host: 'api.assistant.example', path: '/v1/files', method: 'POST' },
      ['assistant path transfer unknown false high'],
    ],
    [
      'a download from the host of files',
      { host: 'files.assistant.example', method: 'GET' },
      ['assistant host visit unknown false high'],
    ],
    ['a blocked request', { host: 'assistant.example', action: 'blocked' }, ['assistant host visit unknown true high']],
    ['a personal host', { host: 'personal.assistant.example' }, ['assistant host visit personal false high']],
    [
      'a personal path',
      { host: 'assistant.example', path: '/anonymous/chat' },
      ['assistant path visit personal false high'],
    ],
    ['telemetry', { host: 'stats.assistant.example' }, []],
    ['a wider product', { host: 'wide.example' }, []],
    ['a look-alike', { host: 'assistant.example.net' }, []],
    [
      'a tool on any host',
      { host: 'proxy.internal', user_agent: 'assistant-cli/1.2 (linux)' },
      ['assistant user-agent visit unknown false high'],
    ],
    ['a tool whose name ends alike', { host: 'x.example', user_agent: 'myassistant-cli/1.2' }, []],
    [
      'a tool on its own host is one hit',
      { host: 'api.assistant.example', user_agent: 'assistant-cli/1.2' },
      ['assistant host transfer unknown false high'],
    ],
    [
      'a grant by id',
      { kind: 'grant', app_id: 'e0000000-0000-4000-8000-000000000001' },
      ['assistant oauth-app permission unknown false high'],
    ],
    ['a grant by name', { kind: 'grant', app: ' assistant ' }, ['assistant oauth-app permission unknown false medium']],
    [
      'a sign-in by gallery name',
      { kind: 'signin', app: 'ASSISTANT  Enterprise' },
      ['assistant saml-app account enterprise false medium'],
    ],
    [
      'a failed sign-in',
      { kind: 'signin', app: 'Assistant Enterprise', action: 'blocked' },
      ['assistant saml-app account enterprise true medium'],
    ],
    ['a sign-in to a wider product', { kind: 'signin', app: 'Wide' }, []],
    [
      'an extension',
      { kind: 'extension', extension_id: 'abcdefghijklmnopabcdefghijklmnop' },
      ['assistant extension visit unknown false high'],
    ],
    [
      'a payment',
      { kind: 'expense', merchant: 'ASSISTANT INC SAN JOSE', amount: 2000 },
      ['assistant merchant payment personal false high'],
    ],
    ['an ambiguous payment', { kind: 'expense', merchant: 'ASSIST 123', amount: 2000 }, []],
    ['an app name in a web log', { app: 'Assistant', host: 'x.example' }, []],
    ['nothing', {}, []],
  ])('%s', (_what, fields, expected) => expect(hit(fields)).toEqual(expected));

  it('gives every hit a sentence', () => {
    for (const fields of [{ host: 'assistant.example' }, { kind: 'expense', merchant: 'ASSISTANT INC' }] as const)
      expect(detection.detect(event(fields))[0]?.reason).toMatch(/assistant/i);
  });
});

describe('candidates are suggested where nothing is known', () => {
  it.each<[what: string, Partial<Event>, string | undefined]>([
    ['the .ai zone', { host: 'app.newtool.ai' }, 'newtool.ai'],
    ['an AI word in the name', { host: 'my-gpt.example.org' }, undefined],
    ['an AI word in the registrable name', { host: 'www.my-gpt.com' }, 'my-gpt.com'],
    ['a word that only begins alike', { host: 'www.aircraft.com' }, undefined],
    ['ordinary hosts', { host: 'www.wikipedia.org' }, undefined],
    ['a model API path', { host: 'llm.corp.internal', path: '/v1/chat/completions' }, 'corp.internal'],
    ['a model API on an address', { host: '10.1.2.3', port: 11434, path: '/api/generate' }, '10.1.2.3'],
    ['a mail API with a common path', { host: 'mail.example.org', path: '/v1/messages' }, undefined],
    ['a consented app', { kind: 'grant', app: 'Super GPT Helper' }, 'Super GPT Helper'],
    ['an ambiguous merchant', { kind: 'expense', merchant: 'ASSIST 12345' }, 'ASSIST 12345'],
    ['known weak hosts', { host: 'wide.example' }, undefined],
    ['known telemetry', { host: 'stats.assistant.example' }, undefined],
  ])('%s', (_what, fields, subject) => {
    for (const [id, candidate] of candidates)
      if (candidate.suggest(event(fields), catalog) !== undefined) suggested.add(id);
    expect(detection.suggest(event(fields))?.subject).toBe(subject);
  });
});

it('every detector is proved by a case above', () => {
  const folder = join(import.meta.dirname, '../../src/detectors');
  const ids = readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replace('.ts', ''));
  expect([...proved].sort()).toEqual(ids.sort());
  const suggesting = readdirSync(join(folder, 'candidates')).map((file) => file.replace('.ts', ''));
  expect([...suggested].sort()).toEqual(suggesting.sort());
});
