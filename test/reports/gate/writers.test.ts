import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';
import { describe, expect, it } from 'vitest';
import { closingByDefault, type GateResult, type Place } from '../../../src/gate/result.js';
import { gateToJUnit, xml } from '../../../src/reports/gate/junit.js';
import { gateToSarif } from '../../../src/reports/gate/sarif.js';
import { type GateReport, gateReport, gateReportSchema } from '../../../src/reports/gate/schema.js';
import { gateToText } from '../../../src/reports/gate/terminal.js';

/** A result whose texts are what the test says; everything that comes from a repository holds `text`. */
function report(text: string, over: Partial<GateResult> = {}): GateReport {
  const place: Place = {
    file: `src/${text}`,
    line: 3,
    kind: 'endpoint',
    what: text,
    signature: 'host api.openai.com',
    confidence: 'high',
    transitive: false,
  };
  const result: GateResult = {
    closed: true,
    findings: [
      {
        service: 'openai-api',
        name: 'OpenAI API',
        vendor: 'OpenAI',
        category: 'model-api',
        verdict: 'unregistered',
        entry: undefined,
        reason: `Nothing in the inventory names ${text}.`,
        advice: 'Ask for an entry.',
        strength: 'called',
        confidence: 'high',
        closes: true,
        places: [place, { ...place, line: 9 }, { ...place, file: 'b.ts' }],
        traces: 3,
        models: [text],
      },
      {
        service: 'ollama',
        name: 'Ollama',
        vendor: 'Ollama',
        category: 'local-runtime',
        verdict: 'sanctioned',
        entry: 'e1',
        reason: 'Entry e1 approves Ollama.',
        advice: '',
        strength: 'declared',
        confidence: 'high',
        closes: false,
        places: [place],
        traces: 1,
        models: [],
      },
    ],
    keys: [{ service: 'openai-api', name: 'OpenAI API', vendor: 'OpenAI', prefix: 'sk-proj-...', file: text, line: 1 }],
    models: [{ name: text, maker: 'OpenAI', service: undefined, file: text, line: 2, files: 1 }],
    candidates: [{ what: text, why: text, file: text, line: 4 }],
    problems: [{ file: text, line: undefined, message: text }],
    files: 2,
    size: 100,
    left: new Map([['binary', 1]]),
    ...over,
  };
  return gateReport(result, {
    path: text,
    asOf: '2026-03-01',
    environment: 'production',
    failOn: closingByDefault,
    minStrength: 'mentioned',
    catalog: 'hash',
  });
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '<',
      '>',
      '&',
      '"',
      "'",
      ']]>',
      '\u001b[31m',
      '\u0000',
      '\u202e',
      '\ud800',
      '\n',
      '\uffff',
      '%',
      '..',
      '/',
    ),
  }),
);
/** Control characters (but for line ends) and those that turn the direction of text. */
const unsafe = (text: string): string[] =>
  [...text].filter((char) => char !== '\n' && /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(char));

describe('SARIF', () => {
  it('has one result for each service and file, with its place, rule and level', () => {
    const log = JSON.parse(gateToSarif(report('a b.ts'), '1.2.3', 'services/api/')) as Sarif;
    const [run] = log.runs;
    expect(log.version).toBe('2.1.0');
    expect(
      run?.results.map(({ ruleId, level, locations }) => [
        ruleId,
        level,
        locations[0]?.physicalLocation.artifactLocation.uri,
        locations[0]?.physicalLocation.region.startLine,
      ]),
    ).toEqual([
      ['halflight/unregistered', 'error', 'services/api/src/a%20b.ts', 3],
      ['halflight/unregistered', 'error', 'services/api/b.ts', 3],
      ['halflight/committed-key', 'error', 'services/api/a%20b.ts', 1],
      ['halflight/candidate', 'note', 'services/api/a%20b.ts', 4],
    ]);
    expect(run?.invocations[0]?.executionSuccessful).toBe(false);
  });

  it('keeps the structure of the standard whatever the repository holds', () => {
    fc.assert(
      fc.property(hostile, (text) => checkSarif(JSON.parse(gateToSarif(report(text), '1.2.3', '')))),
      { numRuns: 300, seed: 4 },
    );
  });

  it('tells results apart by what they are about, not by their line', () => {
    const prints = (line: number): string[] => {
      const changed = report('x.ts');
      for (const finding of changed.findings) for (const place of finding.places) place.line = line;
      return (
        (JSON.parse(gateToSarif(changed, '1', '')) as Sarif).runs[0]?.results.map(
          ({ partialFingerprints }) => partialFingerprints['halflight/v1'] ?? '',
        ) ?? []
      );
    };
    expect(prints(1)).toEqual(prints(50));
    expect(new Set(prints(1)).size).toBe(4);
  });
});

describe('JUnit', () => {
  it('fails what closes the gate, errs on what could not be read, passes the rest', () => {
    const text = gateToJUnit(report('a.ts'));
    expect(text).toContain('<testsuites name="halflight gate" tests="5" failures="1" errors="1">');
    expect(text.match(/<failure /g)).toHaveLength(1);
    expect(text.match(/<error /g)).toHaveLength(1);
    expect(text.match(/<testcase /g)).toHaveLength(5);
  });

  it('is well-formed XML whatever the repository holds', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const out = gateToJUnit(report(text));
        checkXml(out);
        // A reader gets back what was meant.
        const [node] = parseFragment(xml(text).replaceAll('&apos;', '&#39;'))
          .childNodes as DefaultTreeAdapterTypes.TextNode[];
        if (xml(text).trim() !== '') expect(node?.value?.length).toBeGreaterThan(0);
      }),
      { numRuns: 300, seed: 4 },
    );
  });
});

describe('the terminal', () => {
  it('shows the answer, the reasons and the places at 80 columns', () => {
    const text = gateToText(report('src/a.ts'), { width: 80, colour: false });
    expect(text.split('\n')[0]).toBe('The gate is closed for production by 1 of 2 AI services.');
    expect(text).toContain('src/src/a.ts:3: endpoint src/a.ts');
    expect(text).toContain('src/a.ts:1: sk-proj-... (OpenAI API)');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('gets no control character, whatever the repository holds', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(unsafe(gateToText(report(text), { width: 80, colour: false }))).toEqual([]);
      }),
      { numRuns: 300, seed: 4 },
    );
  });
});

it('the JSON report follows its schema', () => expect(gateReportSchema.parse(report('x'))).toEqual(report('x')));

interface Sarif {
  $schema: string;
  version: string;
  runs: {
    tool: { driver: { name: string; rules: { id: string; shortDescription: { text: string } }[] } };
    invocations: { executionSuccessful: boolean; toolExecutionNotifications: unknown[] }[];
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      message: { text: string };
      locations: {
        physicalLocation: { artifactLocation: { uri: string; uriBaseId: string }; region: { startLine: number } };
      }[];
      partialFingerprints: Record<string, string>;
    }[];
  }[];
}

/** What the schema of SARIF 2.1.0 and the limits of code scanning ask of the parts that are written. */
function checkSarif(value: unknown): void {
  const log = value as Sarif;
  expect(Object.keys(log).toSorted((a, b) => a.localeCompare(b))).toEqual(['$schema', 'runs', 'version']);
  for (const run of log.runs) {
    const ids = run.tool.driver.rules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const result of run.results) {
      expect(ids[result.ruleIndex]).toBe(result.ruleId);
      expect(['none', 'note', 'warning', 'error']).toContain(result.level);
      expect(result.message.text).not.toBe('');
      expect(unsafe(result.message.text.replaceAll('\t', ''))).toEqual([]);
      for (const { physicalLocation } of result.locations) {
        const { uri, uriBaseId } = physicalLocation.artifactLocation;
        // RFC 3986: unreserved characters and percent-encodings between slashes; never an absolute reference.
        expect(uri).toMatch(/^(?:[A-Za-z0-9._~-]|%[0-9A-F]{2}|\/)*$/);
        expect(uri.startsWith('/')).toBe(false);
        expect(uriBaseId).toBe('SRCROOT');
        expect(physicalLocation.region.startLine).toBeGreaterThan(0);
      }
      expect(Object.values(result.partialFingerprints).every((print) => /^[0-9a-f]{64}$/.test(print))).toBe(true);
    }
  }
}

/** Tags in pairs, attributes in quotes, no character that XML 1.0 forbids, no bare `<` or `&`. */
function checkXml(text: string): void {
  expect([...text].filter((char) => !/[\t\n\r]/.test(char) && /[\p{Cc}\ufffe\uffff\p{Surrogate}]/u.test(char))).toEqual(
    [],
  );
  expect(text.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n')).toBe(true);
  const open: string[] = [];
  let rest = text.slice(text.indexOf('\n') + 1);
  while (rest !== '') {
    const match = /^(?:<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)>|[^<]+)/.exec(rest);
    expect(match, rest.slice(0, 80)).not.toBeNull();
    const [whole = '', close, name = '', attributes = ''] = match ?? [];
    expect((name === '' ? whole : attributes).replace(/&(?:amp|lt|gt|quot|apos);/g, '')).not.toContain('&');
    if (name !== '' && close === '/') expect(open.pop()).toBe(name);
    else if (name !== '') open.push(name);
    rest = rest.slice(whole.length);
  }
  expect(open).toEqual([]);
}
