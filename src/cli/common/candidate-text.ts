import { candidateId } from '../../core/candidate.js';
import { safeLine } from '../../core/terminal.js';
import { formatTime } from '../../core/time.js';
import { fitted, wrap } from '../../reports/text-width.js';
import type { CandidateDecision } from '../../store/candidate-decisions.js';
import type { Candidate } from '../../store/types.js';
import { askedOf, type CandidatePlace } from './candidates.js';

const width = 80;
const shownActors = 20;
const number = (value: number): string => value.toLocaleString('en-US');
const plural = (count: number, one: string): string => `${number(count)} ${one}${count === 1 ? '' : 's'}`;
const dayOf = (time: number | undefined): string => (time === undefined ? '-' : formatTime(time).slice(0, 10));
const indented = (text: string, indent: number): string[] =>
  wrap(safeLine(text), width - indent).map((line) => ' '.repeat(indent) + line);

/** The candidates, one a line; long subjects are cut, and `show` has them whole. */
export function listText(
  candidates: readonly Candidate[],
  decisions: ReadonlyMap<string, readonly CandidateDecision[]>,
): string {
  if (candidates.length === 0) return 'There are no candidates to decide on.\n';
  const states = candidates.map((candidate) => stateOf(decisions.get(candidateId(candidate)) ?? []));
  const cells = candidates.map((candidate, row) => [
    candidateId(candidate),
    String(candidate.score),
    number(candidate.events),
    number(candidate.actors),
    dayOf(candidate.last),
    candidate.kind,
    ...(states.some((state) => state !== '') ? [states[row] ?? ''] : []),
  ]);
  const rows = [['id', 'score', 'events', 'actors', 'last', 'kind', 'decided'].slice(0, cells[0]?.length), ...cells];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const rest = width - widths.reduce((sum, columns) => sum + columns + 1, 0);
  const subjects = ['candidate', ...candidates.map(({ subject }) => safeLine(subject))];
  const line = (row: readonly string[], subject: string): string =>
    [
      ...row.map((cell, column) =>
        counts.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      ),
      fitted(subject, rest).trimEnd(),
    ].join(' ');
  return `${rows.map((row, at) => line(row, subjects[at] ?? '')).join('\n')}\n`;
}

/** Columns that hold numbers. */
const counts = new Set([1, 2, 3]);

/** What keeps it out of the list comes before a question. */
const stateOf = (decisions: readonly CandidateDecision[]): string =>
  (['dismissed', 'attached', 'asked'] as const).find((state) => decisions.some(({ action }) => action === state)) ?? '';

/** Everything of one candidate. */
export function showText(
  candidate: Candidate,
  decisions: readonly CandidateDecision[],
  { labels }: Pick<CandidatePlace, 'labels'>,
): string {
  const { kind, subject, score, reasons, events, actors, who, traces, bytesOut, bytesIn, file, line } = candidate;
  const lines = [
    ...indented(`${subject} (${kind}, ${candidateId(candidate)})`, 0),
    '',
    `Why, score ${score}`,
    ...reasons.flatMap(({ points, why, rule }) => indented(`${points > 0 ? '+' : ''}${points} ${why} [${rule}]`, 2)),
    '',
    'How much',
    ...indented(
      `${plural(events, 'event')} by ${plural(actors, 'actor')}, ${dayOf(candidate.first)} to ${dayOf(candidate.last)}; ${number(bytesOut)} bytes sent, ${number(bytesIn)} received`,
      2,
    ),
    ...(traces.length === 0 ? [] : indented(`seen as ${traces.join(', ')}`, 2)),
    ...indented(`first in ${file}, line ${line}`, 2),
    ...(labels.names ? indented(candidate.sample, 2) : []),
    '',
    'Who',
    ...who
      .slice(0, shownActors)
      .flatMap((actor) => indented(`${labels.actor({ ...actor, group: '' })}: ${plural(actor.events, 'event')}`, 2)),
    ...(actors > shownActors ? [`  and ${number(actors - shownActors)} more`] : []),
  ];
  if (decisions.length > 0)
    lines.push(
      '',
      'Decided',
      ...decisions.flatMap((decision) =>
        indented(`${dayOf(decision.at)} ${decision.who}: ${decisionText(decision, labels)}`, 2),
      ),
    );
  return `${lines.join('\n')}\n`;
}

function decisionText(decision: CandidateDecision, labels: CandidatePlace['labels']): string {
  switch (decision.action) {
    case 'dismissed':
      return `no AI: ${decision.why}`;
    case 'attached':
      return `belongs to ${decision.service}`;
    case 'asked':
      return `asked ${askedOf(decision.about, labels)}: ${decision.question}`;
  }
}
