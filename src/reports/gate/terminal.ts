import { safeLine } from '../../core/terminal.js';
import { traceKinds } from '../../gate/common/trace.js';
import { count, listed } from '../../inventory/words.js';
import { wrap } from '../text-width.js';
import type { GateReport } from './schema.js';

/** How the report is laid out. */
export interface GateTextOptions {
  /** Columns, 40 or more. */
  width: number;
  colour: boolean;
}

const colours = { bold: 1, red: 31, green: 32, yellow: 33 } as const;
const shown = { places: 3, candidates: 10, keys: 20, problems: 20, models: 5 };

/** The report for a terminal. Everything from the repository is made safe: no control or bidirectional character gets through. */
export function gateToText(report: GateReport, { width, colour }: GateTextOptions): string {
  const lines: string[] = [];
  const paint = (name: keyof typeof colours, text: string): string =>
    colour ? `\u001b[${colours[name]}m${text}\u001b[0m` : text;
  const paragraph = (text: string, indent = 0): void => {
    for (const line of wrap(safeLine(text), width - indent)) lines.push(' '.repeat(indent) + line);
  };
  const heading = (text: string): void => {
    lines.push('', paint('bold', text));
  };
  const rest = (all: number, limit: number, what: string): void => {
    if (all > limit) lines.push(`  and ${count(all - limit, `more ${what}`)} (--json shows all)`);
  };
  const closing = report.findings.filter(({ closes }) => closes);
  const others = report.findings.filter(({ closes }) => !closes);

  lines.push(paint(report.closed ? 'red' : 'green', answer(report, closing.length)));
  for (const [title, findings] of [
    ['Closes the gate', closing],
    ['Closes nothing', others],
  ] as const) {
    if (findings.length > 0) heading(title);
    for (const finding of findings) {
      lines.push(
        ...wrap(
          safeLine(`${finding.verdict}: ${finding.name} (${finding.service}), ${finding.strength}`),
          width - 2,
        ).map((line) => `  ${paint(finding.closes ? 'red' : 'yellow', line)}`),
      );
      paragraph(finding.reason, 4);
      for (const place of finding.places.slice(0, finding.closes ? shown.places : 1))
        paragraph(
          `${place.file}:${place.line}: ${place.transitive ? 'transitive ' : ''}${traceKinds[place.kind]} ${place.what}`,
          4,
        );
      const more = finding.traces - Math.min(finding.places.length, finding.closes ? shown.places : 1);
      if (more > 0) lines.push(`    and ${count(more, 'more place')}`);
      if (finding.models.length > 0) paragraph(`Models: ${listed(finding.models.slice(0, shown.models + 1))}`, 4);
      if (finding.closes && finding.advice !== '') paragraph(finding.advice, 4);
    }
  }
  if (report.keys.length > 0) {
    heading('Committed keys: revoke them at the vendor, then remove them');
    for (const key of report.keys.slice(0, shown.keys))
      paragraph(`${key.file}:${key.line}: ${key.prefix} (${key.name})`, 2);
    rest(report.keys.length, shown.keys, 'key');
  }
  const unplaced = report.models.filter(({ service }) => service === null);
  if (unplaced.length > 0) {
    heading('Models of which the repository does not tell the service');
    for (const model of unplaced.slice(0, shown.models))
      paragraph(`${model.file}:${model.line}: ${model.name} (${model.maker})`, 2);
    rest(unplaced.length, shown.models, 'model');
  }
  if (report.candidates.length > 0) {
    heading('Looks like AI, in no catalog');
    for (const { file, line, what, why } of report.candidates.slice(0, shown.candidates))
      paragraph(`${file}:${line}: ${what}: ${why}`, 2);
    rest(report.candidates.length, shown.candidates, 'candidate');
  }
  heading('Read');
  paragraph(readSentence(report), 2);
  for (const { file, line, message } of report.problems.slice(0, shown.problems))
    paragraph(`PROBLEM: ${file}${line === null ? '' : `:${line}`} ${message}`, 2);
  rest(report.problems.length, shown.problems, 'problem');
  return `${lines.join('\n')}\n`;
}

function answer(report: GateReport, closing: number): string {
  const where = report.environment === null ? '' : ` for ${report.environment}`;
  if (!report.closed)
    return report.findings.length === 0
      ? `The gate is open${where}: no AI service was found.`
      : `The gate is open${where}: ${count(report.findings.length, 'AI service')} found.`;
  const reasons = [
    closing > 0 ? `${closing} of ${count(report.findings.length, 'AI service')}` : '',
    report.fail_on.includes('key') && report.keys.length > 0 ? count(report.keys.length, 'committed key') : '',
    report.fail_on.includes('candidate') && report.candidates.length > 0
      ? count(report.candidates.length, 'candidate')
      : '',
  ].filter((text) => text !== '');
  return `The gate is closed${where} by ${listed(reasons)}.`;
}

function readSentence({ totals, as_of: asOf }: GateReport): string {
  const left = Object.entries(totals.left_out).map(([reason, number]) => `${number} ${reason}`);
  return (
    `${count(totals.files, 'file')}, ${count(totals.characters, 'character')}.` +
    `${left.length === 0 ? '' : ` Left out: ${left.join(', ')}.`} Approvals as of ${asOf}.`
  );
}
