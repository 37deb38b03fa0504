import { safeLine } from '../core/terminal.js';
import type { Report, ReportFinding } from './schema.js';

/** How the report is laid out. */
export interface TerminalOptions {
  /** Columns; lines are wrapped to fit. */
  width: number;
  colour: boolean;
  /** Findings that do not call for action are only counted, unless asked for. */
  all?: boolean;
}

const colours = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
type Colour = keyof typeof colours;

const verdictColour: Readonly<Record<ReportFinding['verdict'], Colour>> = {
  denied: 'red',
  retired: 'red',
  'wrong-account': 'yellow',
  'out-of-scope': 'yellow',
  lapsed: 'yellow',
  unregistered: 'red',
  'in-review': 'cyan',
  excepted: 'green',
  conditional: 'green',
  sanctioned: 'green',
  attempted: 'dim',
};

const quiet: ReadonlySet<string> = new Set(['in-review', 'excepted', 'conditional', 'sanctioned', 'attempted']);

/** The report for a terminal. Everything from logs is made safe: no control or bidirectional character gets through. */
export function reportToText(report: Report, options: TerminalOptions): string {
  const paint = (colour: Colour, text: string): string =>
    options.colour ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text;
  const lines: string[] = [];
  const add = (text = ''): void => {
    lines.push(text);
  };
  const paragraph = (text: string, indent = 0): void => {
    for (const line of wrap(safeLine(text), options.width - indent)) add(' '.repeat(indent) + line);
  };
  const heading = (text: string): void => {
    add();
    add(paint('bold', text));
  };

  paragraph(report.answer);
  const acting = report.findings.filter((finding) => !quiet.has(finding.verdict));
  const others = report.findings.filter((finding) => quiet.has(finding.verdict));
  if (acting.length > 0) {
    heading('To act on, riskiest first');
    add(paint('dim', columns(['verdict', 'service', 'account', 'people', 'events', 'risk'])));
    for (const finding of acting) {
      add(row(finding, paint));
      paragraph(finding.reason, 4);
      for (const signal of finding.signals) paragraph(`${signal.name}: ${signal.why}`, 4);
      if (finding.alternatives.length > 0) paragraph(`Approved instead: ${finding.alternatives.join(', ')}`, 4);
    }
  }
  if (others.length > 0) {
    heading('Covered, under review, or only attempted');
    for (const finding of others) add(row(finding, paint));
  }
  if (report.lapsing_soon.length > 0) {
    heading('Lapse soon');
    for (const item of report.lapsing_soon)
      paragraph(`${item.date}  ${item.name}: ${item.what} (${item.days} days left)`, 2);
  }
  if (report.unseen.length > 0) {
    heading('Registered and not seen');
    for (const item of report.unseen) paragraph(`${item.name}: ${item.reason}`, 2);
  }
  if (report.candidates.length > 0) {
    heading('Looks like AI, in no catalog');
    for (const item of report.candidates.slice(0, 10))
      paragraph(`${item.subject} (${item.kind}): ${item.reason}; ${plural(item.events, 'event')} by ${item.actors}`, 2);
    if (report.candidates.length > 10) add(`  and ${report.candidates.length - 10} more`);
  }
  heading('Measures');
  for (const item of report.measures) paragraph(item.sentence, 2);
  coverage(report, heading, paragraph);
  return `${lines.join('\n')}\n`;
}

function coverage(
  report: Report,
  heading: (text: string) => void,
  paragraph: (text: string, indent?: number) => void,
): void {
  heading('Read');
  const { totals } = report;
  paragraph(
    `${number(totals.inputs)} files, ${number(totals.records)} records, ${bytes(totals.bytes)}; ${number(totals.rejected)} records rejected. Days in ${report.organisation_timezone}, approvals as of ${report.as_of || 'today'}.`,
    2,
  );
  for (const input of report.coverage.inputs) {
    const rejects = Object.entries(input.rejects).map(([reason, count]) => `${number(count)} x ${reason}`);
    if (rejects.length > 0) paragraph(`${input.file} (${input.format}): ${rejects.join('; ')}`, 2);
    if (input.problem !== null) paragraph(`${input.file}: ${input.problem}`, 2);
  }
  const blind = report.coverage.shows.filter((item) => item.sources === 0).map((item) => item.kind);
  if (blind.length > 0)
    paragraph(`No source of: ${blind.join(', ')}. What only they can show is not in this report.`, 2);
  for (const item of report.coverage.not_read) paragraph(`NOT READ: ${item.file}: ${item.why}`, 2);
  for (const problem of report.problems) paragraph(`PROBLEM: ${problem}`, 2);
}

const widths = [14, 25, 12, 8, 9, 10] as const;

function columns(cells: readonly string[]): string {
  return cells
    .map((cell, i) =>
      i < 3 ? cell.slice(0, (widths[i] ?? 10) - 1).padEnd(widths[i] ?? 10) : cell.padStart(widths[i] ?? 8),
    )
    .join('');
}

function row(finding: ReportFinding, paint: (colour: Colour, text: string) => string): string {
  const people = finding.people > 0 ? number(finding.people) : `(${number(finding.actors)})`;
  const events = finding.verdict === 'attempted' ? `${number(finding.attempts)}` : number(finding.events);
  const text = columns([
    finding.verdict,
    safeLine(finding.name),
    finding.account_kind,
    people,
    events,
    `${finding.risk.score} ${finding.risk.level}`,
  ]);
  return paint(verdictColour[finding.verdict], text.slice(0, widths[0])) + text.slice(widths[0]);
}

/** Breaks text at blanks; a word longer than the width is cut into pieces. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ +/)) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length > width) {
      lines.push(line);
      line = '';
    }
    while (rest.length > width) {
      lines.push(rest.slice(0, width));
      rest = rest.slice(width);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  if (line !== '') lines.push(line);
  return lines;
}

const plural = (count: number, one: string): string => `${number(count)} ${one}${count === 1 ? '' : 's'}`;
const number = (value: number): string => value.toLocaleString('en-US');

function bytes(value: number): string {
  if (value < 10_000) return `${number(value)} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let [amount, unit] = [value / 1000, 0];
  while (amount >= 1000 && unit < units.length - 1) [amount, unit] = [amount / 1000, unit + 1];
  return `${amount.toFixed(amount < 10 ? 1 : 0)} ${units[unit]}`;
}
