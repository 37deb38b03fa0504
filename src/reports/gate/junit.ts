import { safeText } from '../../core/terminal.js';
import { wellFormed } from '../../core/text.js';
import { traceKinds } from '../../gate/common/trace.js';
import type { GateReport } from './schema.js';

/**
 * The report as JUnit XML, as GitLab, Jenkins and others read it: one test case for each service, key, candidate and problem. A case fails
 * where it closes the gate; what could not be read is an error; what closes nothing passes.
 */
export function gateToJUnit(report: GateReport): string {
  const cases = [...findingCases(report), ...otherCases(report)];
  const tally = (kind: Case['outcome']): number => cases.filter(({ outcome }) => outcome === kind).length;
  const counts = `tests="${cases.length}" failures="${tally('failure')}" errors="${tally('error')}"`;
  const body = cases.map(write).join('');
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<testsuites name="halflight gate" ${counts}>\n` +
    `  <testsuite name="halflight gate" ${counts} skipped="0" time="0">\n${body}  </testsuite>\n</testsuites>\n`
  );
}

interface Case {
  name: string;
  kind: string;
  file: string;
  outcome: 'passed' | 'failure' | 'error';
  message: string;
  text: string;
}

function* findingCases(report: GateReport): Generator<Case> {
  for (const { name, service, verdict, reason, advice, closes, places, strength } of report.findings)
    yield {
      name: `${name} (${service})`,
      kind: 'services',
      file: places[0]?.file ?? '',
      outcome: closes ? 'failure' : 'passed',
      message: `${verdict}: ${reason}`,
      text: [
        `${reason} Evidence: ${strength}. ${advice}`.trim(),
        ...places.slice(0, 100).map(({ file, line, kind, what }) => `${file}:${line}: ${traceKinds[kind]} ${what}`),
      ].join('\n'),
    };
}

function* otherCases(report: GateReport): Generator<Case> {
  for (const { file, line, name, prefix } of report.keys)
    yield {
      name: `committed key of ${name} in ${file}:${line}`,
      kind: 'keys',
      file,
      outcome: report.fail_on.includes('key') ? 'failure' : 'passed',
      message: `A key that begins with ${prefix} is committed`,
      text: `${file}:${line}: revoke the key at the vendor, then remove it.`,
    };
  for (const { file, line, what, why } of report.candidates)
    yield {
      name: what,
      kind: 'candidates',
      file,
      outcome: report.fail_on.includes('candidate') ? 'failure' : 'passed',
      message: `Looks like AI and is in no catalog: ${why}`,
      text: `${file}:${line}`,
    };
  for (const { file, line, message } of report.problems)
    yield {
      name: `${file} can be read`,
      kind: 'files',
      file,
      outcome: 'error',
      message,
      text: line === null ? file : `${file}:${line}`,
    };
}

function write({ name, kind, file, outcome, message, text }: Case): string {
  const open = `    <testcase name="${xml(name)}" classname="halflight.gate.${kind}" file="${xml(file)}" time="0"`;
  if (outcome === 'passed')
    return `${open}>\n      <system-out>${xml(`${message}\n${text}`)}</system-out>\n    </testcase>\n`;
  return `${open}>\n      <${outcome} message="${xml(message)}" type="${kind}">${xml(text)}</${outcome}>\n    </testcase>\n`;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text for XML 1.0: control and invisible characters as `\u{1b}`, what no document may hold as U+FFFD, marks as entities. */
export const xml = (text: string): string =>
  safeText(wellFormed(text))
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (char) => escapes[char] ?? '');
