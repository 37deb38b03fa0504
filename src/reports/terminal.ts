import { safeLine } from '../core/terminal.js';
import { moneyText } from '../formats/common/money.js';
import type { Report, ReportFinding } from './schema.js';
import { columnsOf, cut, wrap } from './text-width.js';

/** How the report is laid out. */
export interface TerminalOptions {
  /** Columns, 66 or more; lines are wrapped to fit. */
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

  // Nothing read is no good news.
  paragraph(report.answer);
  const acting = report.findings.filter((finding) => !quiet.has(finding.verdict) && !finding.claimed_only);
  const claimed = report.findings.filter((finding) => finding.claimed_only);
  const others = report.findings.filter((finding) => quiet.has(finding.verdict) && !finding.claimed_only);
  if (acting.length > 0) {
    heading('To act on, riskiest first');
    add(paint('dim', columns(['verdict', 'service', 'account', 'people', 'events', 'risk'], options.width)));
    for (const finding of acting) {
      add(row(finding, options.width, paint));
      paragraph(finding.reason, 4);
      const used = useLine(finding);
      if (used !== '') paragraph(used, 4);
      for (const { sentence } of finding.contracts.slice(0, 3)) paragraph(sentence, 4);
      for (const signal of finding.signals) paragraph(`${signal.name}: ${signal.why}`, 4);
      if (finding.alternatives.length > 0) paragraph(`Approved instead: ${finding.alternatives.join(', ')}`, 4);
    }
  }
  if (others.length > 0) {
    heading('Covered, under review, or only attempted');
    for (const finding of others) add(row(finding, options.width, paint));
  }
  if (claimed.length > 0) {
    heading('Only claimed: nobody vouches for it, and it is about nobody');
    for (const finding of claimed) add(row(finding, options.width, paint));
    paragraph(
      'It calls for no action. A source that Halflight fetches from, or a sender that proves who it is, would confirm it.',
      4,
    );
  }
  if (report.findings.some((finding) => finding.people === 0 && finding.actors > 0 && !finding.claimed_only)) {
    add();
    paragraph('A number in brackets: no known person, but so many devices, addresses or other actors.');
  }
  if (report.survey !== null) {
    heading(`What people say: ${plural(report.survey.answered, 'answer')}, held against what was seen of them`);
    const most = report.survey.services
      .map((row) => ({ ...row, said: row.declared_and_seen + row.declared_not_seen }))
      .sort((a, b) => b.said - a.said || b.seen_not_declared - a.seen_not_declared || (a.name < b.name ? -1 : 1));
    for (const row of most.slice(0, 10))
      paragraph(
        `${row.name}: named by ${number(row.said)}, of whom ${number(row.declared_and_seen)} ${row.declared_and_seen === 1 ? 'was' : 'were'} seen; seen and not named: ${number(row.seen_not_declared)}`,
        2,
      );
    if (most.length > 10) add(`  and ${number(most.length - 10)} more in report.json`);
  }
  if (report.subscriptions.length > 0) {
    heading('Subscriptions');
    for (const item of report.subscriptions.slice(0, shownSubscriptions)) {
      const paid = `${item.name}, ${moneyText(item.amount, item.currency)} ${item.cadence} by ${item.actor}`;
      const then = item.state === 'stopped' ? `stopped, last paid ${item.last}` : `next ${item.next}`;
      paragraph(`${paid}: since ${item.since}, ${plural(item.payments, 'payment')}, ${then}`, 2);
    }
    if (report.subscriptions.length > shownSubscriptions)
      add(`  and ${number(report.subscriptions.length - shownSubscriptions)} more in report.json`);
  }
  if (report.lapsing_soon.length > 0) {
    heading('Lapse soon');
    for (const item of report.lapsing_soon)
      paragraph(`${item.name}: the ${item.what} ends on ${item.date} (${plural(item.days, 'day')} left)`, 2);
  }
  if (report.unseen.length > 0) {
    heading('Registered and not seen');
    for (const item of report.unseen) paragraph(item.reason, 2);
  }
  if (report.candidates.length > 0) {
    heading('Looks like AI, in no catalog');
    for (const item of report.candidates.slice(0, 10))
      paragraph(
        `${item.subject} (${item.kind}, score ${item.score}): ${item.reason}; ${plural(item.events, 'event')} by ${plural(item.actors, 'actor')}`,
        2,
      );
    if (report.candidates.length > 10) add(`  and ${number(report.candidates.length - 10)} more in report.json`);
  }
  // Without any person there is no directory, which a warning says.
  if (report.unresolved.actors > 0 && report.totals.people > 0) {
    const { actors, share, groups } = report.unresolved;
    heading(`${plural(actors, 'actor')} of nobody known: ${percent(share)} of the events`);
    for (const { would_tell: what, actors: of, share: part } of groups.slice(0, 5))
      paragraph(`${percent(part)}, ${plural(of, 'actor')}: ${what}`, 2);
  }
  const measures = report.measures.filter((item) => item.denominator > 0);
  if (measures.length > 0) {
    heading('Measures');
    for (const item of measures) paragraph(item.sentence, 2);
  }
  coverage(report, heading, paragraph);
  return `${lines.join('\n')}\n`;
}

const percent = (share: number): string => (share > 0 && share < 0.005 ? '<1 %' : `${Math.round(share * 100)} %`);

/** How it is used, where that is not just people at a web site; and models. */
function useLine({ uses, models }: ReportFinding): string {
  const [first] = uses;
  const kinds =
    first === undefined || (uses.length === 1 && first.kind === 'web')
      ? ''
      : `Used as ${uses.map(({ means, share }) => `${means} ${Math.max(1, Math.round(share * 100))} %`).join(', ')}.`;
  const named = models.slice(0, 3).map(({ model }) => model);
  const rest = models.length > named.length ? ` and ${models.length - named.length} more` : '';
  return [kinds, named.length === 0 ? '' : `Models: ${named.join(', ')}${rest}.`]
    .filter((text) => text !== '')
    .join(' ');
}

function coverage(
  report: Report,
  heading: (text: string) => void,
  paragraph: (text: string, indent?: number) => void,
): void {
  heading('Read');
  const { totals } = report;
  const { inputs } = report.coverage;
  paragraph(
    `${plural(totals.inputs, 'file')}, ${plural(totals.records, 'record')}, ${bytes(totals.bytes)}; ${plural(totals.rejected, 'record')} rejected. Days in ${report.organisation_timezone}, approvals as of ${report.as_of || 'today'}.`,
    2,
  );
  if (totals.repeated_payments > 0)
    paragraph(`${plural(totals.repeated_payments, 'payment')} stood in another file too: each is counted once.`, 2);
  if (inputs.length > 0) paragraph(`Formats: ${formats(inputs)}.`, 2);
  const rejecting = inputs.filter((input) => input.rejected > 0).sort((a, b) => b.rejected - a.rejected);
  for (const { file, format, rejects } of rejecting.slice(0, shownRejecting)) {
    const reasons = Object.entries(rejects).map(([reason, count]) => `${number(count)} x ${reason}`);
    paragraph(`Rejected in ${file} (${format}): ${reasons.join('; ')}`, 2);
  }
  if (rejecting.length > shownRejecting)
    paragraph(`Rejected in ${plural(rejecting.length - shownRejecting, 'more file')}: see report.json`, 2);
  const blind = report.coverage.shows.filter((item) => item.sources === 0).map((item) => item.kind);
  if (inputs.length > 0 && blind.length > 0)
    paragraph(`No source of: ${blind.join(', ')}. What only they can show is not in this report.`, 2);
  const begun = new Set(inputs.map((input) => input.file));
  for (const { file, why } of report.coverage.not_read)
    paragraph(`${begun.has(file) ? 'READ IN PART' : 'NOT READ'}: ${file}: ${why}`, 2);
  if (report.catalog.notice !== null) paragraph(`WARNING: ${report.catalog.notice}`, 2);
  for (const problem of report.problems)
    paragraph(
      problem.startsWith('warning: ') ? `WARNING: ${problem.slice('warning: '.length)}` : `PROBLEM: ${problem}`,
      2,
    );
}

const shownRejecting = 10;
const shownSubscriptions = 10;

/** `okta, squid (14)` */
function formats(inputs: Report['coverage']['inputs']): string {
  const counts = new Map<string, number>();
  for (const { format } of inputs) counts.set(format ?? 'unknown', (counts.get(format ?? 'unknown') ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([format, count]) => (count === 1 ? format : `${format} (${number(count)})`))
    .join(', ');
}

// Verdict, service, account kind, people, events, risk: 78 of 80 columns. The service takes what the terminal has more or less.
const widths = [14, 25, 12, 8, 9, 10] as const;
const widthFor = 80;

function columns(cells: readonly string[], width: number): string {
  return cells
    .map((cell, i) => {
      const room = (widths[i] ?? 10) + (i === 1 ? Math.min(width - widthFor, 15) : 0);
      if (i >= 3) return cell.padStart(room);
      const text = columnsOf(cell) < room ? cell : `${cut(cell, room - 2)}…`;
      return text + ' '.repeat(room - columnsOf(text));
    })
    .join('');
}

function row(finding: ReportFinding, width: number, paint: (colour: Colour, text: string) => string): string {
  const people = finding.claimed_only ? '?' : finding.people > 0 ? short(finding.people) : `(${short(finding.actors)})`;
  const text = columns(
    [
      finding.verdict,
      safeLine(finding.name),
      finding.account_kind,
      people,
      short(finding.verdict === 'attempted' ? finding.attempts : finding.events),
      `${finding.risk.score} ${finding.risk.level}`,
    ],
    width,
  );
  return paint(verdictColour[finding.verdict], text.slice(0, widths[0])) + text.slice(widths[0]);
}

/** A count that fits its column: `99,999`, `123k`, `1.2M`. */
function short(value: number): string {
  if (value < 100_000) return number(value);
  if (value < 999_500) return `${Math.round(value / 1000)}k`;
  if (value < 999_500_000) return `${(value / 1e6).toFixed(value < 9_950_000 ? 1 : 0)}M`;
  return `${number(Math.round(value / 1e9))}G`;
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
