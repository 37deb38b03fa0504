import { bytes, count, number } from '../../inventory/words.js';
import type { Report } from '../schema.js';
import { limits, more, none, table } from './lists.js';
import { each, html, type Markup, nothing } from './markup.js';
import { share, short, shortPath, slice } from './text.js';
import type { View } from './view.js';

type Input = Report['coverage']['inputs'][number];

/** What was read, how well, and what it could have shown at all: so that silence is not read as absence. */
export const coverage = (view: View): Markup => html`<section id="coverage" aria-labelledby="coverage-title">
<h2 id="coverage-title">Coverage</h2>
<h3>What each kind of source can and cannot show</h3>${shows(view)}
${nobodyKnown(view)}<h3>Inputs</h3><div class="inputs">${inputs(view)}</div>
${notRead(view)}
</section>`;

function shows({ report }: View): Markup {
  const rows = report.coverage.shows;
  if (rows.length === 0) return none('No sources.');
  return table(
    'What each kind of source can and cannot show',
    [
      { title: 'Kind' },
      { title: 'Sources', kind: 'number' },
      { title: 'Can show', kind: 'wide' },
      { title: 'Cannot show', kind: 'wide' },
    ],
    rows.slice(0, limits.rows),
    (row) => [
      slice(row.kind, 40),
      row.sources === 0 ? html`<span class="blind">none</span>` : number(row.sources),
      short(row.can, 300),
      short(row.cannot, 300),
    ],
  );
}

/** Use that could not be put on a person, and what would tell. */
function nobodyKnown({ report }: View): Markup {
  const { actors, events, share: part, groups } = report.unresolved;
  if (actors === 0) return nothing;
  return html`<h3>Who is nobody known</h3>
<p class="lead">${count(actors, 'actor')} with ${count(events, 'event')}, ${Math.round(part * 100)} % of all, ${actors === 1 ? 'is' : 'are'} no known person.</p>${table(
    'What would tell who they are',
    [
      { title: 'What would tell' },
      { title: 'Actors', kind: 'number' },
      { title: 'Events', kind: 'number' },
      { title: 'Share', kind: 'number' },
    ],
    groups.slice(0, limits.rows),
    (row) => [short(row.would_tell, 300), number(row.actors), number(row.events), `${Math.round(row.share * 100)} %`],
  )}`;
}

function inputs({ report, clock }: View): Markup {
  const { totals, coverage } = report;
  if (coverage.inputs.length === 0) return none('Nothing was read.');
  // What went wrong comes first, then what lost the most.
  const rows = coverage.inputs.toSorted(
    (a, b) => Number(b.problem !== null) - Number(a.problem !== null) || b.rejected - a.rejected,
  );
  const lines = coverage.inputs.reduce((sum, input) => sum + input.lines, 0);
  const skipped = coverage.inputs.reduce((sum, input) => sum + input.skipped, 0);
  return html`<p class="lead">${count(totals.inputs, 'input')}, ${bytes(totals.bytes)}, ${count(lines, 'line')}: ${count(totals.records, 'record')}, of which ${number(skipped)} skipped and ${number(totals.rejected)} rejected (${share(totals.rejected, totals.records)}).${totals.repeated_payments > 0 ? html` ${count(totals.repeated_payments, 'payment')} stood in another file too: each is counted once.` : nothing}</p>${table(
    'Inputs',
    [
      { title: 'Input' },
      { title: 'Read as', kind: 'wide' },
      { title: 'Period' },
      { title: 'Lines', kind: 'number' },
      { title: 'Records', kind: 'number' },
      { title: 'Skipped', kind: 'number' },
      { title: 'Rejected', kind: 'number' },
      { title: 'Hits', kind: 'number' },
      { title: 'Reasons', kind: 'wide' },
    ],
    rows.slice(0, limits.rows),
    (row) => [
      html`<code>${shortPath(row.file, 60)}</code><span class="sub">${bytes(row.bytes)}</span>${row.problem === null ? nothing : html`<p class="bad">${short(row.problem, 300)}</p>`}`,
      readAs(row),
      html`${clock.day(row.first)}<br>${clock.day(row.last)}`,
      number(row.lines),
      number(row.records),
      number(row.skipped),
      number(row.rejected),
      number(row.hits),
      html`${reasons('rejected', row.rejects)}${reasons('skipped', row.skips)}`,
    ],
  )}${more(rows.length - limits.rows, 'inputs, counted in the sum above')}`;
}

const readAs = (row: Input): Markup =>
  html`<span title="${slice(row.why, 500)}">${short(row.title ?? row.format ?? 'no known format', 80)}</span><span class="sub">${slice(row.kinds.join(', '), 80)}</span>`;

/** Reasons with their numbers, most frequent first. */
function reasons(what: string, sums: Readonly<Record<string, number>>): Markup {
  const rows = Object.entries(sums).toSorted(([, a], [, b]) => b - a);
  if (rows.length === 0) return nothing;
  const rest = rows.slice(limits.reasons).reduce((sum, [, times]) => sum + times, 0);
  return html`<ul class="reasons">${each(rows.slice(0, limits.reasons), ([reason, times]) => html`<li>${number(times)} ${what}: ${short(reason, 100)}</li>`)}${rest > 0 ? html`<li>${number(rest)} ${what}: other reasons</li>` : nothing}</ul>`;
}

function notRead({ report }: View): Markup {
  const rows = report.coverage.not_read;
  if (rows.length === 0) return nothing;
  return html`<h3>Not read</h3>${table(
    'Files that were not read',
    [{ title: 'File' }, { title: 'Why', kind: 'wide' }],
    rows.slice(0, limits.rows),
    (row) => [html`<code>${shortPath(row.file, 100)}</code>`, short(row.why, 300)],
  )}${more(rows.length - limits.rows, 'files')}`;
}
