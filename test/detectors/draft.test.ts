import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCatalog } from '../../src/catalog/check.js';
import { compileCatalog } from '../../src/catalog/compile.js';
import { readSignatureFiles } from '../../src/catalog/load.js';
import { exampleMatcher } from '../../src/cli/common/catalog.js';
import { type CandidateKind, candidateKinds } from '../../src/core/hit.js';
import {
  type Draft,
  type DraftSource,
  draftAddition,
  draftSignature,
  NoSignature,
} from '../../src/detectors/common/draft.js';
import { readNotAi, writeNotAi } from '../../src/detectors/common/not-ai.js';
import { service } from '../helpers/service.js';

const seed = 20261126;
const today = '2026-11-26';
const source = (kind: CandidateKind, subject: string, traces: readonly string[], rule = 'zone'): DraftSource => ({
  kind,
  subject,
  score: 50,
  reasons: [{ rule, points: 50, why: `because of "${subject}"` }],
  traces,
});
const base = service({ id: 'assistant', hosts: ['assistant.example'] });

/** What `catalog check` says of the catalog with this file in it. */
async function problemsOf({ name, text }: Draft): Promise<string[]> {
  const loaded = readSignatureFiles([{ file: name, text }], [base]);
  const matcher = await exampleMatcher(compileCatalog(loaded.services));
  const checked = checkCatalog({ ...loaded, popularHosts: ['www.example.org'], matchExample: matcher });
  return [...loaded.problems, ...checked]
    .filter(({ file }) => file === name)
    .map(({ field, message }) => `${field}: ${message}`);
}

describe('a drafted signature', () => {
  it.each<[what: string, candidate: DraftSource, holds: string]>([
    ['a domain', source('host', 'newtool.ai', ['app.newtool.ai', 'newtool.ai']), '- newtool.ai\n'],
    [
      'a host by its path',
      source('host', 'hosting.example', ['llm.hosting.example'], 'api-path'),
      'host: llm.hosting.example',
    ],
    ['an address', source('host', '10.30.4.17', ['10.30.4.17'], 'api-path'), 'host: 10.30.4.17'],
    ['a tenant', source('host', 'notes.lovable.app', ['notes.lovable.app'], 'platform'), '- notes.lovable.app'],
    ['an app', source('app', 'Invoice GPT', ['1099.apps.example']), 'id: 1099.apps.example'],
    ['an app without an id', source('app', 'Invoice GPT', []), 'name: Invoice GPT'],
    ['an extension', source('extension', 'TabGPT', ['abcdefghijklmnopabcdefghijklmnop']), 'store: chrome'],
    ['a merchant', source('merchant', 'NEWTOOL AI 0042 BERLIN', ['NEWTOOL AI 0042']), 'descriptor: NEWTOOL AI\n'],
    ['an id that is taken', source('host', 'assistant.test', ['a.assistant.test']), 'id: assistant-test-2'],
  ])('of %s passes the check', async (_what, candidate, holds) => {
    const draft = draftSignature(candidate, { today, taken: new Set(['assistant', 'assistant-test']) });
    expect(draft.text).toContain(holds);
    expect(await problemsOf(draft)).toEqual([]);
    const addition = draftAddition(candidate, { service: 'assistant', today });
    expect(addition.text).toContain('extends: assistant');
    expect(await problemsOf(addition)).toEqual([]);
  });

  it.each<[what: string, candidate: DraftSource]>([
    ['a host without a dot', source('host', 'ollama', ['ollama'])],
    ['an IPv6 address', source('host', '2001:db8::7', ['2001:db8::7'])],
    ['an address of connections alone', source('host', '10.9.0.7', ['10.9.0.7'])],
    ['an extension without an id', source('extension', 'TabGPT', [])],
    ['a merchant of two letters', source('merchant', 'AI', ['AI'])],
  ])('says why there is none for %s', (_what, candidate) => {
    expect(() => draftSignature(candidate, { today, taken: new Set() })).toThrow(NoSignature);
  });

  it('stays one whole signature, whatever the logs hold', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.constantFrom(
        'a: b',
        '# x',
        '- y',
        '"',
        "'",
        '---',
        '!!js/function x',
        '&a *a',
        '\u2028x',
        '{}',
        '\ud800',
        'x\nid: evil',
      ),
      fc.domain(),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...candidateKinds),
        hostile,
        fc.array(hostile, { maxLength: 3 }),
        (kind, subject, traces) => {
          let draft: Draft;
          try {
            draft = draftSignature(source(kind, subject, traces), { today, taken: new Set() });
          } catch (error) {
            expect(error).toBeInstanceOf(NoSignature);
            return;
          }
          expect(draft.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*\.yaml$/);
          const { services, problems } = readSignatureFiles([{ file: draft.name, text: draft.text }]);
          // Empty names and the like are for a person; what is read is never anything else than a signature.
          for (const problem of problems)
            expect(problem.field).toMatch(/name|summary|oauth_apps|saml|extensions|examples|hosts|merchants/);
          if (problems.length === 0) expect(services.map(({ id }) => `${id}.yaml`)).toEqual([draft.name]);
        },
      ),
      { seed, numRuns: 500 },
    );
  });
});

describe('the shared file', () => {
  it('comes back as it was written', () => {
    const row = fc.record({
      kind: fc.constantFrom(...candidateKinds),
      subject: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
      why: fc.string({ unit: 'grapheme', maxLength: 200 }),
      decided: fc.constantFrom('2026-11-26', '2024-02-29'),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (list) => {
        expect(readNotAi(writeNotAi(list))).toEqual({ list, problems: [] });
      }),
      { seed, numRuns: 300 },
    );
  });

  it.each([
    ['no YAML', 'not_ai: [', 'is no YAML'],
    ['another file', 'services: []', 'not_ai'],
    ['a kind that there is not', 'not_ai: [{ kind: site, subject: a, why: b, decided: 2026-11-26 }]', 'not_ai.0.kind'],
    [
      'a day that there is not',
      'not_ai: [{ kind: host, subject: a, why: b, decided: 2026-02-30 }]',
      'not_ai.0.decided',
    ],
    ['aliases', 'a: &a [x]\nnot_ai: [*a, *a]', ''],
  ])('says what is wrong with %s', (_what, text, problem) => {
    const { list, problems } = readNotAi(text);
    expect(list).toEqual([]);
    expect(problems.join('\n')).toContain(problem);
    expect(problems.length).toBeGreaterThan(0);
  });
});
