import { createHash } from 'node:crypto';
import { safeText } from '../../core/terminal.js';
import { wellFormed } from '../../core/text.js';
import { traceKinds } from '../../gate/common/trace.js';
import type { GateReport } from './schema.js';

/** SARIF 2.1.0 (OASIS standard, 27 March 2020), the parts that code scanning uses. */
export const sarifVersion = '2.1.0';
const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
/** Results that a run may have at GitHub; what is left out is said in a notification. */
const mostResults = 25_000;

const rules = {
  denied: 'A service that was decided against',
  retired: 'A service that was retired',
  'wrong-account': 'A service that is approved for other accounts',
  'out-of-scope': 'A service that is registered for another environment or scope',
  lapsed: 'A service whose approval or exception has ended',
  unregistered: 'A service that nothing in the inventory names',
  'in-review': 'A service whose decision is pending',
  'committed-key': 'A committed key of an AI vendor',
  candidate: 'Something that looks like AI and is in no catalog',
} as const;
type Rule = keyof typeof rules;
const ruleIds = Object.keys(rules) as Rule[];

interface Result {
  rule: Rule;
  level: 'error' | 'warning' | 'note';
  message: string;
  file: string;
  line: number;
  /** What stays the same when lines move. */
  print: string;
}

/**
 * The report as SARIF: one result for each service and file that names it, so that each shows in its place. What the inventory allows is no
 * result. `prefix`: the way from the root of the repository to the folder that was read, empty or with `/` at its end.
 */
export function gateToSarif(report: GateReport, version: string, prefix: string): string {
  const all = [...findingResults(report), ...otherResults(report)];
  const notes = report.problems.map(({ file, line, message }) => ({
    level: 'error',
    message: { text: safeText(`${file} ${message}`) },
    locations: [location(prefix, file, line ?? 1)],
  }));
  const cut =
    all.length > mostResults
      ? [{ level: 'warning', message: { text: `${all.length - mostResults} more results were left out.` } }]
      : [];
  const log = {
    $schema: schema,
    version: sarifVersion,
    runs: [
      {
        tool: {
          driver: {
            name: 'Halflight',
            semanticVersion: version,
            rules: ruleIds.map((id) => ({
              id: `halflight/${id}`,
              name: id.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
              shortDescription: { text: rules[id] },
              defaultConfiguration: { level: id === 'candidate' || id === 'in-review' ? 'note' : 'error' },
            })),
          },
        },
        automationDetails: { id: `halflight/gate/${report.environment ?? 'any'}/` },
        originalUriBaseIds: { SRCROOT: { description: { text: 'The root of the repository.' } } },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: report.problems.length === 0,
            toolExecutionNotifications: [...notes, ...cut],
          },
        ],
        results: all.slice(0, mostResults).map(({ rule, level, message, file, line, print }) => ({
          ruleId: `halflight/${rule}`,
          ruleIndex: ruleIds.indexOf(rule),
          level,
          message: { text: safeText(message) },
          locations: [location(prefix, file, line)],
          partialFingerprints: { 'halflight/v1': createHash('sha256').update(print).digest('hex') },
        })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function* findingResults(report: GateReport): Generator<Result> {
  for (const { verdict, service, name, reason, advice, strength, closes, places } of report.findings) {
    if (!(verdict in rules)) continue;
    const files = new Set<string>();
    for (const { file, line, kind, what } of places) {
      if (files.has(file)) continue;
      files.add(file);
      yield {
        rule: verdict as Rule,
        level: closes ? 'error' : strength === 'transitive' ? 'note' : 'warning',
        message: `${name} is used here (${traceKinds[kind]} ${what}). ${reason} ${advice}`.trim(),
        file,
        line,
        print: `${verdict}\0${service}\0${file}`,
      };
    }
  }
}

function* otherResults(report: GateReport): Generator<Result> {
  for (const [i, { file, line, name, prefix }] of report.keys.entries())
    yield {
      rule: 'committed-key',
      level: 'error',
      message: `A key of ${name} is committed here (it begins with ${prefix}). Revoke it at the vendor, then remove it.`,
      file,
      line,
      print: `key\0${prefix}\0${file}\0${report.keys.slice(0, i).filter((key) => key.file === file).length}`,
    };
  for (const { file, line, what, why } of report.candidates)
    yield {
      rule: 'candidate',
      level: 'note',
      message: `${what} looks like AI and is in no catalog: ${why}.`,
      file,
      line,
      print: `candidate\0${what}\0${file}`,
    };
}

const location = (prefix: string, file: string, line: number): object => ({
  physicalLocation: {
    artifactLocation: { uri: uriOf(prefix + file), uriBaseId: 'SRCROOT' },
    region: { startLine: line },
  },
});

/** A relative reference by RFC 3986: each name percent-encoded. A lone surrogate, which no encoding has, becomes U+FFFD. */
const uriOf = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '')
    .map((part) => encodeURIComponent(wellFormed(part)).replace(/[!'()*]/g, hex))
    .join('/');
const hex = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
