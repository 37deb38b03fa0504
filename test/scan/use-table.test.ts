import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCatalog } from '../../src/catalog/compile.js';
import type { Event } from '../../src/core/event.js';
import { modelOf, type Use, useKinds } from '../../src/core/use.js';
import { loadDetection } from '../../src/detectors/common/registry.js';
import { describeUses } from '../../src/reports/finding.js';
import { maxModels, UseTable } from '../../src/scan/use-table.js';
import { service } from '../helpers/service.js';

const seed = 20261126;

describe('the kind of use', async () => {
  const detection = await loadDetection(
    compileCatalog([
      service({
        id: 'assistant',
        hosts: ['assistant.example', { host: 'api.assistant.example', role: 'api' }],
        user_agents: [{ token: 'assistant-sdk/' }],
        saml_apps: ['Assistant'],
        extensions: [{ store: 'chrome', id: 'abcdefghijklmnopabcdefghijklmnop' }],
      }),
      service({ id: 'coder', category: 'coding', hosts: [{ host: 'api.coder.example', role: 'api' }] }),
      service({ id: 'notetaker', category: 'meeting', hosts: ['notetaker.example'] }),
      service({ id: 'doer', category: 'agent', hosts: ['doer.example'] }),
      service({ id: 'tools', mcp: true, hosts: ['mcp.tools.example'] }),
      service({
        id: 'editor',
        category: 'coding',
        mcp: true,
        hosts: ['editor.example', { host: 'mcp.editor.example', role: 'api', protocol: 'mcp' }],
      }),
    ]),
  );
  const kinds = (fields: Partial<Event>): string[] =>
    detection
      .detect({ kind: 'web', action: 'allowed', line: 1, vendor_format: 'test', ...fields })
      .map(({ use }) => use);

  it.each<[what: string, fields: Partial<Event>, kind: string]>([
    ['people at the site', { host: 'assistant.example' }, 'web'],
    ['programs at the API', { host: 'api.assistant.example', path: '/v1/x' }, 'api'],
    ['an SDK', { host: 'gateway.example.org', user_agent: 'assistant-sdk/1' }, 'api'],
    ['a coding tool, also at its API', { host: 'api.coder.example' }, 'coding'],
    ['a meeting bot', { host: 'notetaker.example' }, 'meeting'],
    ['an agent', { host: 'doer.example' }, 'agent'],
    ['an MCP server', { host: 'mcp.tools.example' }, 'mcp'],
    ['the MCP server of a coding tool', { host: 'mcp.editor.example' }, 'mcp'],
    ['that tool itself', { host: 'editor.example' }, 'coding'],
    ['an extension', { kind: 'extension', extension_id: 'abcdefghijklmnopabcdefghijklmnop' }, 'extension'],
    ['a sign-in', { kind: 'signin', app: 'Assistant' }, 'account'],
  ])('of %s', (_what, fields, kind) => expect(kinds(fields)).toEqual([kind]));
});

describe('the model of a path', () => {
  it.each([
    ['/v1beta/models/gemini-2.5-pro:generateContent', 'gemini-2.5-pro'],
    ['/v1/projects/p/locations/eu/publishers/google/models/gemini-pro:streamGenerateContent', 'gemini-pro'],
    ['/openai/deployments/GPT-4o-prod/chat/completions', 'gpt-4o-prod'],
    ['/model/anthropic.claude-sonnet-4%3A0/invoke', 'anthropic.claude-sonnet-4:0'],
    ['/model/amazon.nova-pro-v1:0/converse-stream', 'amazon.nova-pro-v1:0'],
    ['/v1/engines/davinci/completions', 'davinci'],
    ['/v1/chat/completions', undefined],
    ['/models/org/name', undefined],
    ['/models/<script>:x', undefined],
    ['/model/a b/invoke', undefined],
  ])('%s', (path, model) => expect(modelOf(path)).toBe(model));

  it('has only plain characters, whatever the path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        for (const path of [text, `/models/${text}:x`, `/deployments/${text}/`, `/model/${text}/invoke`])
          expect(modelOf(path) ?? 'none').toMatch(/^[a-z0-9][a-z0-9._:@-]{0,119}$/);
      }),
      { seed, numRuns: 500 },
    );
  });
});

describe('the table of kinds', () => {
  const use = fc.record({
    day: fc.constantFrom('2026-03-02', '2026-03-03', ''),
    service: fc.constantFrom('a', 'b'),
    accountKind: fc.constantFrom('personal' as const, 'unknown' as const),
    kind: fc.constantFrom(...useKinds),
    model: fc.constantFrom('', 'm1', 'm2'),
    events: fc.integer({ min: 1, max: 5 }),
  });
  const sum = (uses: readonly Use[]): number => uses.reduce((total, { events }) => total + events, 0);

  it('adds up the same whatever the order and however it is divided', () => {
    fc.assert(
      fc.property(fc.array(use, { maxLength: 60 }), fc.nat(60), (list, at) => {
        const whole = new UseTable();
        whole.merge(list);
        const merged = new UseTable();
        for (const part of [list.slice(at), list.slice(0, at).reverse()]) {
          const table = new UseTable();
          table.merge(part);
          merged.merge(table.sorted());
        }
        expect(merged.sorted()).toEqual(whole.sorted());
        expect(sum(whole.sorted())).toBe(sum(list));
      }),
      { seed, numRuns: 200 },
    );
  });

  it('tells a bounded number of models apart, the same ones in any order', () => {
    const models = Array.from(
      { length: 3 * maxModels },
      (_, i) => `model-${String((i * 7919) % 1000).padStart(3, '0')}`,
    );
    const tables = [models, models.toReversed(), [...models, ...models].slice(50, 50 + models.length)].map((names) => {
      const table = new UseTable();
      for (const model of names) table.add('2026-03-02', 'a', 'unknown', 'api', model, 1);
      return table.sorted();
    });
    expect(tables[0]).toHaveLength(maxModels + 1);
    for (const rows of tables) {
      expect(rows).toEqual(tables[0]);
      expect(sum(rows)).toBe(models.length);
    }
  });
});

it('a finding has the share of each kind, and its models by events', () => {
  const base = { day: '', service: 'a', accountKind: 'unknown' } as const;
  expect(
    describeUses([
      { ...base, kind: 'web', model: '', events: 1 },
      { ...base, kind: 'api', model: 'm1', events: 1 },
      { ...base, kind: 'api', model: 'm2', events: 2 },
    ]),
  ).toEqual({
    uses: [
      { kind: 'api', means: 'API integration', events: 3, share: 0.75 },
      { kind: 'web', means: 'web chat or site', events: 1, share: 0.25 },
    ],
    models: [
      { model: 'm2', events: 2 },
      { model: 'm1', events: 1 },
    ],
  });
});
