import { number } from '../../inventory/words.js';
import { limits, more, none, table } from './lists.js';
import { each, html, type Markup, nothing } from './markup.js';
import { points, share, short, slice } from './text.js';
import { bar } from './verdict.js';
import type { View } from './view.js';
import { spoken } from './words.js';

/** What the inventory itself needs: ends that come near, entries that nobody uses, entries that say too little. */
export const register = (view: View): Markup => html`<section id="register" aria-labelledby="register-title">
<h2 id="register-title">The inventory</h2>
${view.report.inventory.entries === 0 ? none('No inventory was given, so nothing counts as approved. Pass it with --inventory.') : nothing}
${problems(view)}
<h3 id="lapsing">Approvals and exceptions that lapse soon</h3>${lapsing(view)}
<h3 id="unseen">Registered, but not seen</h3>${unseen(view)}
<h3 id="completeness">How complete the entries are</h3>${completeness(view)}
${survey(view)}</section>`;

/** What people say of their tools, beside what was seen of the same people. */
function survey({ report }: View): Markup {
  if (report.survey === null) return nothing;
  const rows = report.survey.services.toSorted((a, b) => said(b) - said(a) || (a.name < b.name ? -1 : 1));
  return html`<h3 id="survey">What people say, held against what was seen of them</h3>
<p class="lead">${number(report.survey.answered)} people of the directory named a tool.</p>${table(
    'Answers to the survey by service',
    [
      { title: 'Service', kind: 'wide' },
      { title: 'Named and seen', kind: 'number' },
      { title: 'Named, not seen', kind: 'number' },
      { title: 'Seen, not named', kind: 'number' },
    ],
    rows.slice(0, limits.rows),
    (row) => [
      short(row.name, 80),
      number(row.declared_and_seen),
      number(row.declared_not_seen),
      number(row.seen_not_declared),
    ],
  )}${more(rows.length - limits.rows, 'services')}`;
}

const said = (row: { declared_and_seen: number; declared_not_seen: number }): number =>
  row.declared_and_seen + row.declared_not_seen;

function problems({ report: { problems } }: View): Markup {
  if (problems.length === 0) return nothing;
  return html`<h3 id="problems">Problems in the inventory or the people file</h3><ul class="problems">${each(problems.slice(0, limits.rows), (text) => html`<li>${short(text, 400)}</li>`)}</ul>${more(problems.length - limits.rows, 'problems')}`;
}

function lapsing({ report: { lapsing_soon: rows } }: View): Markup {
  if (rows.length === 0) return none('Nothing lapses within 30 days.');
  return html`${table(
    'Approvals and exceptions that lapse soon',
    [
      { title: 'Entry', kind: 'wide' },
      { title: 'What ends' },
      { title: 'Last day' },
      { title: 'Days left', kind: 'number' },
    ],
    rows.toSorted((a, b) => a.days - b.days).slice(0, limits.rows),
    (row) => [entry(row), slice(row.what, 60), row.date, number(row.days)],
  )}${more(rows.length - limits.rows, 'entries')}`;
}

function unseen({ report: { unseen: rows } }: View): Markup {
  if (rows.length === 0) return none('Every entry was seen in use.');
  return html`${table(
    'Entries without use in this period',
    [{ title: 'Entry' }, { title: 'Why it matters or not', kind: 'wide' }],
    rows.slice(0, limits.rows),
    (row) => [entry(row), short(row.reason, 300)],
  )}${more(rows.length - limits.rows, 'entries')}`;
}

function completeness({ report: { inventory } }: View): Markup {
  const rows = inventory.completeness.filter(({ score, missing }) => score < 100 || missing.length > 0);
  if (inventory.entries === 0) return none('No entries.');
  if (rows.length === 0) return none('Every entry says all that its tier asks for.');
  return html`<p class="lead">${number(inventory.completeness.length - rows.length)} of ${number(inventory.completeness.length)} entries say all that their tier asks for. These do not:</p>${table(
    'Entries that say too little',
    [{ title: 'Entry' }, { title: 'Complete', kind: 'number' }, { title: 'Missing', kind: 'wide' }],
    rows.toSorted((a, b) => a.score - b.score).slice(0, limits.rows),
    (row) => [entry(row), `${points(row.score)} %`, short(row.missing.map(spoken).join(', '), 300)],
  )}${more(rows.length - limits.rows, 'entries')}`;
}

const entry = (row: { entry: string; name: string }): Markup =>
  html`${short(row.name, 80)} <code class="muted">${short(row.entry, 60)}</code>`;

/** Shares with what they are made of. */
export function measures({ report }: View): Markup {
  return html`<section id="measures" aria-labelledby="measures-title"><h2 id="measures-title">Measures</h2>${
    report.measures.length === 0
      ? none('No measures.')
      : table(
          'Measures with numerator and denominator',
          [
            { title: 'Measure' },
            { title: 'In words', kind: 'wide' },
            { title: 'Of', kind: 'number' },
            { title: 'Share', kind: 'number' },
          ],
          report.measures.slice(0, limits.rows),
          (row) => [
            slice(spoken(row.name), 60),
            short(row.sentence, 300),
            `${number(row.numerator)} of ${number(row.denominator)}`,
            html`${share(row.numerator, row.denominator)}${bar(row.numerator, row.denominator)}`,
          ],
        )
  }</section>`;
}
