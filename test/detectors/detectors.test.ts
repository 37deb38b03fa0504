import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileCatalog } from '../../src/catalog/compile.js';
import { loadCatalog, readPopularHosts } from '../../src/cli/common/catalog.js';
import type { Event } from '../../src/core/event.js';
import { loadPlugins } from '../../src/core/plugins.js';
import type { CandidateDetector } from '../../src/detectors/common/detector.js';
import { loadDetection } from '../../src/detectors/common/registry.js';
import { service } from '../helpers/service.js';

const catalog = compileCatalog(
  [
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
  ],
  'host\tname\tcategory\tsource\nlisted.example\tListed\tchat\tsome list\n',
);
const candidates = await loadPlugins<CandidateDetector>(
  join(import.meta.dirname, '../../src/detectors/candidates'),
  'candidate',
);
const detection = await loadDetection(catalog);
const own = await loadDetection(loadCatalog());
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
    [
      'a sign-in on a page, seen by the browser',
      { kind: 'signin', host: 'assistant.example' },
      ['assistant host account unknown false high'],
    ],
    [
      'an app that a managed browser names',
      { kind: 'activity', app: 'ASSISTANT' },
      ['assistant activity-app visit unknown false medium'],
    ],
    [
      "a sign-in that an extension saw is to anybody's account",
      { kind: 'signin', app: 'ASSISTANT_ENTERPRISE', vendor_format: 'push-security' },
      ['assistant activity-app account unknown false medium'],
    ],
    [
      'a tool that somebody says they use, and that no app list is asked for',
      { kind: 'activity', app: 'Assistant', declared: true },
      ['assistant declared declared unknown false medium'],
    ],
    ['a wider product that somebody names', { kind: 'activity', app: 'Wide', declared: true }, []],
    ['a wider product that a managed browser names', { kind: 'activity', app: 'Wide' }, []],
    [
      'what another engine counted with the exported catalog',
      {
        rollup: {
          service: 'assistant',
          accountKind: 'personal',
          strength: 'transfer',
          confidence: 'low',
          count: 7,
          last: undefined,
        },
      },
      ['assistant rollup transfer personal false low'],
    ],
    ['an app name in a web log', { app: 'Assistant', host: 'x.example' }, []],
    ['nothing', {}, []],
  ])('%s', (_what, fields, expected) => expect(hit(fields)).toEqual(expected));

  it.each([
    ['openai-audit', 'openai-api'],
    ['anthropic-compliance', 'claude'],
    ['github-copilot', 'github-copilot'],
    ['o365-audit', 'microsoft-365-copilot'],
    ['google-workspace', 'gemini-workspace'],
  ])('a record of %s is an enterprise account of %s', (vendor_format, id) => {
    const hits = own.detect(event({ kind: 'activity', vendor_format, action: 'blocked' }));
    expect(hits).toMatchObject([
      { service: id, detector: 'vendor-log', strength: 'account', accountKind: 'enterprise', attempt: true },
    ]);
    proved.add('vendor-log');
    expect(own.detect(event({ kind: 'signin', vendor_format }))).toEqual([]);
    expect(own.detect(event({ kind: 'activity', vendor_format, host: 'www.acme.example' }))).toEqual([]);
  });

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
    ['a model API path', { host: 'llm.corp.internal', path: '/v1/chat/completions' }, 'llm.corp.internal'],
    ['a model API on an address', { host: '10.1.2.3', port: 11434, path: '/api/generate' }, '10.1.2.3'],
    ['a flow to a model server inside', { flow: true, dst_ip: '10.1.2.3', port: 11434 }, '10.1.2.3'],
    ['a flow to a named model server inside', { flow: true, host: 'gpu1.corp', port: 11434 }, 'gpu1.corp'],
    ['a flow to that port of somebody else', { flow: true, dst_ip: '203.0.113.9', port: 11434 }, undefined],
    ['a flow to another port inside', { flow: true, dst_ip: '10.1.2.3', port: 1234 }, undefined],
    ['a request without a path', { dst_ip: '10.1.2.3', port: 11434 }, undefined],
    ['a host of a shared cloud', { host: 'a.b.githubusercontent.com', path: '/mcp' }, 'b.githubusercontent.com'],
    ['a tenant of a builder platform', { host: 'www.quarter-notes.lovable.app' }, 'quarter-notes.lovable.app'],
    ['a host of the low-confidence list', { kind: 'dns', host: 'app.listed.example' }, 'listed.example'],
    ['the platform itself', { host: 'lovable.app' }, undefined],
    ['an SDK on an unknown host', { host: 'gw.corp.example', user_agent: 'OpenAI/Python 1.30' }, 'corp.example'],
    ['an agent that only holds such letters', { host: 'gw.corp.example', user_agent: 'xOpenAI/1' }, undefined],
    ['a name that advertises', { host: 'pixel.newtool.ai' }, undefined],
    ['a name of Anguilla', { host: 'www.bank.com.ai' }, undefined],
    ['a name that was looked at', { host: 'www.beacons.ai' }, undefined],
    ['hints alone, however many', { host: 'chat.agents-models.example' }, undefined],
    ['hints and a common path', { host: 'chat.models.example', path: '/v1/messages' }, 'models.example'],
    ['an MCP server', { host: 'tools.example.org', path: '/mcp', method: 'POST' }, 'example.org'],
    ['events from a server without more', { host: 'tools.example.org', path: '/sse' }, undefined],
    [
      'scopes of a model API',
      { kind: 'grant', app: 'Sheets Add-on', scopes: ['https://www.googleapis.com/auth/generative-language'] },
      'Sheets Add-on',
    ],
    ['a hint and a broad scope', { kind: 'grant', app: 'Meeting Recorder', scopes: ['Mail.Read'] }, 'Meeting Recorder'],
    ['a hint alone', { kind: 'grant', app: 'Meeting Room Display' }, undefined],
    ['a broad scope alone', { kind: 'grant', app: 'Backup', scopes: ['Files.Read.All'] }, undefined],
    ['an extension', { kind: 'extension', extension_id: 'ponmlkjihgfedcbaponmlkjihgfedcba', app: 'TabGPT' }, 'TabGPT'],
    ['a merchant that resembles one', { kind: 'expense', merchant: 'ASISTANTINC 0042' }, 'ASISTANTINC 0042'],
    ['the beginning of a merchant', { kind: 'expense', merchant: 'PAYPAL *ASSISTAN' }, 'ASSISTAN'],
    ['an app store', { kind: 'expense', merchant: 'APPLE.COM/BILL 866-712-7753' }, 'APPLE.COM/BILL'],
    ['another store', { kind: 'expense', merchant: 'GOOGLE *Services g.co/help' }, 'GOOGLE *SERVICES'],
    ['a payment service that says no more', { kind: 'expense', merchant: 'PAYPAL *' }, 'PAYPAL *'],
    ['a payment service with a merchant', { kind: 'expense', merchant: 'PAYPAL *SMITHJ' }, undefined],
    ['a shop of the same firm', { kind: 'expense', merchant: 'APPLE STORE R123' }, undefined],
    ['a merchant like no other', { kind: 'expense', merchant: 'ASSORTED GOODS 0042' }, undefined],
    ['a mail API with a common path', { host: 'mail.example.org', path: '/v1/messages' }, undefined],
    ['a consented app', { kind: 'grant', app: 'Super GPT Helper' }, 'Super GPT Helper'],
    ['an ambiguous merchant', { kind: 'expense', merchant: 'ASSIST 12345' }, 'ASSIST 12345'],
    ['known weak hosts', { host: 'wide.example' }, undefined],
    ['a tool that somebody names', { kind: 'activity', app: 'NoteWhiz', declared: true }, 'NoteWhiz'],
    [
      'a story that somebody tells',
      { kind: 'activity', app: 'a thing that my colleague once showed me', declared: true },
      undefined,
    ],
    ['known telemetry', { host: 'stats.assistant.example' }, undefined],
  ])('%s', (_what, fields, subject) => {
    for (const [id, candidate] of candidates)
      if (candidate.reasons(event(fields), catalog).length > 0) suggested.add(id);
    expect(detection.suggest(event(fields))?.subject).toBe(subject);
  });
});

describe('the score of a candidate', () => {
  const suggestion = detection.suggest(
    event({ host: 'llm.newtool.ai', path: '/api/generate', method: 'POST', port: 11434, dst_ip: '10.0.0.7' }),
  );

  it('is the sum of its reasons, 100 at most', () => {
    expect(suggestion?.reasons.map(({ rule, points }) => [rule, points])).toEqual([
      ['word', 50],
      ['zone', 50],
      ['port', 40],
      ['api-path', 30],
      ['internal', 10],
      ['post', 10],
    ]);
    expect(suggestion?.score).toBe(100);
  });

  it('says why in words', () => {
    for (const { why } of suggestion?.reasons ?? []) expect(why).toMatch(/^[^\n]{10,100}$/);
  });

  it('has no reason that the speed path overlooks', () => {
    // What only a full record shows must not lift a name over the threshold that the speed path lets pass.
    const quiet = {
      host: 'chat.models.example',
      method: 'POST',
      port: 11434,
      dst_ip: '10.0.0.7',
      url: 'http://x/?alt=sse',
    };
    expect(detection.glance.host('chat.models.example')).toBe(false);
    expect(detection.suggest(event({ ...quiet, path: '/' }))).toBeUndefined();
  });
});

describe('ordinary hosts', () => {
  it('are fewer than one candidate in 5,000', () => {
    const { detect, suggest } = own;
    const hosts = readPopularHosts();
    const subjects = new Set<string>();
    for (const host of hosts)
      for (const kind of ['web', 'dns'] as const) {
        const seen = event({ kind, host, ...(kind === 'web' && { path: '/' }) });
        const subject = detect(seen).length > 0 ? undefined : suggest(seen)?.subject;
        if (subject !== undefined) subjects.add(subject);
      }
    expect(hosts.length).toBeGreaterThan(10_000);
    expect(subjects.size / hosts.length).toBeLessThan(1 / 5000);
  });

  it('are seldom read in full', () => {
    const hosts = readPopularHosts();
    expect(hosts.filter((host) => own.glance.host(host) !== false).length / hosts.length).toBeLessThan(1 / 500);
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
