import { bytes, count, number } from '../../inventory/words.js';
import type { ReportFinding } from '../schema.js';
import { countVerdicts, sparkline } from './charts.js';
import { detail } from './detail.js';
import { more, none } from './lists.js';
import { each, html, type Markup, nothing } from './markup.js';
import { short } from './text.js';
import { chip, riskBadge } from './verdict.js';
import type { View } from './view.js';
import { accountWords, type ReportVerdict, verdictCallsForAction, verdictOrder, verdictWords } from './words.js';

/** All findings, one table a verdict; each opens to everything that is known about it. */
export function findings(view: View): Markup {
  const { report, listed } = view;
  if (report.findings.length === 0)
    return html`<section id="findings" aria-labelledby="findings-title"><h2 id="findings-title">Findings</h2>${none('No AI service of the catalog was seen in what was read.')}</section>`;
  const sums = countVerdicts(report.findings);
  const groups = verdictOrder.filter((verdict) => (sums.get(verdict) ?? 0) > 0);
  return html`<section id="findings" aria-labelledby="findings-title">
<h2 id="findings-title">All findings</h2>
<p class="lead">One row for each service and kind of account. The line below a row says why it has its verdict; open it for the risk factors, the people and the evidence.</p>
${each(groups, (verdict) => group(verdict, sums.get(verdict) ?? 0, view))}
${more(report.findings.length - listed.length, 'findings, in report.json')}
</section>`;
}

function group(verdict: ReportVerdict, sum: number, view: View): Markup {
  const rows = view.listed.filter((finding) => finding.verdict === verdict);
  const { label, means, next } = verdictWords[verdict];
  return html`<section class="group" id="v-${verdict}" aria-labelledby="v-${verdict}-title">
<h3 id="v-${verdict}-title">${chip(verdict)} ${count(sum, 'finding')}</h3>
<p class="lead">${means}${verdictCallsForAction(verdict) || verdict === 'in-review' ? html` <b>${next}</b>` : nothing}</p>
${
  rows.length === 0
    ? nothing
    : html`<table class="findings"><caption class="hidden">Findings with the verdict ${label}</caption>
<thead><tr><th scope="col">Service</th><th scope="col" class="c-account">Account</th><th scope="col" class="c-risk">Risk</th><th scope="col" class="number">People</th><th scope="col" class="number">Events</th><th scope="col" class="number">Sent</th><th scope="col" class="c-days">Trend</th><th scope="col" class="c-day">First</th><th scope="col" class="c-day">Last</th></tr></thead>
${each(rows, (finding) => row(finding, view))}</table>`
}
${more(sum - rows.length, 'with this verdict, in report.json')}
</section>`;
}

const row = (finding: ReportFinding, view: View): Markup => html`<tbody>
<tr class="row"><th scope="row"><span class="name">${short(finding.name, 80)}</span> <span class="vendor">${short(finding.vendor, 60)}</span></th><td>${accountWords[finding.account_kind]}</td><td>${riskBadge(finding.risk)}</td><td class="number">${people(finding)}</td><td class="number">${events(finding)}</td><td class="number">${finding.bytes_out === 0 ? '\u2013' : bytes(finding.bytes_out)}</td><td>${sparkline(finding, view)}</td><td>${view.clock.day(finding.first)}</td><td>${view.clock.day(finding.last)}</td></tr>
<tr class="more-row"><td colspan="9"><details><summary><span class="why">${short(finding.reason, 600)}</span></summary>${detail(finding, view)}</details></td></tr>
</tbody>
`;

const people = ({ people, actors, claimed_only: claimed }: ReportFinding): Markup =>
  claimed
    ? html`\u2013<span class="sub">only claimed</span>`
    : actors > people
      ? html`${number(people)}<span class="sub">of ${count(actors, 'actor')}</span>`
      : html`${number(people)}`;

const events = ({ events, attempts }: ReportFinding): Markup =>
  attempts > 0
    ? html`${number(events)}<span class="sub">${count(attempts, 'attempt')}</span>`
    : html`${number(events)}`;
