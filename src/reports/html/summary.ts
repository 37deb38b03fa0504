import { bytes, count, number } from '../../inventory/words.js';
import type { ReportFinding } from '../schema.js';
import { usageChart, verdictChart } from './charts.js';
import { more } from './lists.js';
import { each, html, type Markup, nothing } from './markup.js';
import { points, short } from './text.js';
import { chip, riskBadge } from './verdict.js';
import type { View } from './view.js';
import { accountWords, spoken, verdictWords } from './words.js';

const firstFindings = 5;

/** What a reader sees first: the answer, the key figures, what to look at and why, and two charts. */
export function summary(view: View): Markup {
  const { report } = view;
  return html`<section id="summary" aria-labelledby="title">
<h1 id="title">AI in use${periodText(view)}</h1>
<p class="answer">${short(report.answer, 800)}</p>
<p class="meta">Judged as of ${report.as_of} · times in ${view.clock.zone} · ${report.names ? 'people by name' : 'people by pseudonym'}</p>
${doubts(view)}
${figures(view)}
<div class="columns">
<section class="card first" aria-labelledby="first"><h2 id="first">Look at these first</h2>${lookFirst(view)}</section>
<div class="side">
<section class="card" aria-labelledby="per-day"><h2 id="per-day">Use over time</h2>${usageChart(view)}</section>
<section class="card" aria-labelledby="by-verdict"><h2 id="by-verdict">Findings by verdict</h2>${verdictChart(view)}</section>
</div></div>
</section>`;
}

const periodText = ({ report: { period } }: View): string =>
  period.from === '' ? '' : period.from === period.to ? `, ${period.from}` : `, ${period.from} to ${period.to}`;

/** What makes the answer less certain, said before the numbers are read. */
function doubts({ report }: View): Markup {
  const broken =
    report.coverage.inputs.filter((input) => input.problem !== null).length + report.coverage.not_read.length;
  const { rejected, records } = report.totals;
  const lines = [
    broken > 0 ? html`<a href="#coverage">${count(broken, 'input')} could not be read in full</a>` : nothing,
    // Below one in a thousand a broken line is noise, and the coverage has the number.
    rejected * 1000 >= Math.max(1, records) && rejected > 0
      ? html`<a href="#coverage">${number(rejected)} of ${count(records, 'record')} could not be understood</a>`
      : nothing,
    report.catalog.notice === null ? nothing : html`${short(report.catalog.notice.replace(/\.$/, ''), 300)}`,
    report.problems.length > 0
      ? html`<a href="#problems">${count(report.problems.length, 'problem')} in the inventory or the people file</a>`
      : nothing,
  ].filter((line) => !line.empty);
  return lines.length === 0
    ? nothing
    : html`<p class="doubts"><b>Read with care:</b> ${each(lines, (line) => line, '; ')}.</p>`;
}

function figures({ report }: View): Markup {
  const { totals } = report;
  const others = Math.max(0, totals.actors - totals.people);
  const uploads = report.findings.reduce((sum, finding) => sum + finding.bytes_out, 0);
  const all = [
    {
      label: 'findings to act on',
      value: number(totals.findings_to_act_on),
      note: `of ${number(report.findings.length)}`,
      href: 'acting',
    },
    {
      label: 'AI services in use',
      value: number(totals.services),
      note: `${number(report.catalog.services)} in the catalog`,
    },
    {
      label: 'people',
      value: number(totals.people),
      note: others > 0 ? `and ${count(others, 'other actor')}` : 'all in the directory',
    },
    { label: 'events of use', value: number(totals.events), note: `and ${count(totals.attempts, 'failed attempt')}` },
    {
      label: 'sent to AI services',
      value: uploads === 0 ? '\u2013' : bytes(uploads),
      note: uploads === 0 ? 'no log read tells it' : 'where logs hold sizes',
    },
    {
      label: 'records read',
      value: number(totals.records),
      note: `${number(totals.rejected)} rejected, ${count(totals.inputs, 'input')}`,
    },
  ];
  return html`<dl class="figures">${each(
    all,
    ({ label, value, note, href }) =>
      html`<div class="figure ${href ?? ''}"><dt>${label}</dt><dd>${value}</dd><dd class="note">${note}</dd></div>`,
  )}</dl>`;
}

function lookFirst(view: View): Markup {
  // The riskiest, whatever order the report has; equals stay in its order.
  const top = view.acting.toSorted((a, b) => b.risk.score - a.risk.score).slice(0, firstFindings);
  if (top.length === 0)
    return html`<p class="calm">Nothing calls for action. What is in use is approved, excepted or in review.</p>`;
  return html`<ol class="look">${each(
    top,
    (finding) => html`<li>
<div class="line"><a class="name" href="#${view.anchor(finding)}">${short(finding.name, 60)}</a> ${chip(finding.verdict)} <span class="muted">${account(finding)}</span>${riskBadge(finding.risk)}</div>
<p>${short(finding.reason, 480)}</p>
<p class="next"><b>${verdictWords[finding.verdict].next}</b>${instead(finding)} ${drivers(finding)}</p>
</li>`,
  )}</ol>${more(view.acting.length - top.length, 'to act on, below')}`;
}

export const account = (finding: ReportFinding): string =>
  finding.account_kind === 'unknown' ? 'account kind not known' : `${accountWords[finding.account_kind]} account`;

const instead = ({ alternatives }: ReportFinding): Markup =>
  alternatives.length === 0 ? nothing : html` Approved instead: ${short(alternatives.slice(0, 3).join(', '), 90)}.`;

/** The factors that weigh most. */
function drivers({ risk }: ReportFinding): Markup {
  const heaviest = risk.factors.filter((factor) => factor.points > 0).toSorted((a, b) => b.points - a.points);
  if (heaviest.length === 0) return nothing;
  return html`<span class="muted">Risk mainly from ${each(heaviest.slice(0, 3), (factor) => html`${short(spoken(factor.name), 40)} (${points(factor.points)})`, ', ')}.</span>`;
}
