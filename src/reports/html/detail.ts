import { bytes, count, number } from '../../inventory/words.js';
import type { ReportFinding } from '../schema.js';
import { dayName } from './buckets.js';
import { sparklineAgain } from './charts.js';
import { evidence } from './evidence.js';
import { limits, more, table } from './lists.js';
import { each, html, type Markup, nothing } from './markup.js';
import { money, points, short, slice } from './text.js';
import { bar, chip } from './verdict.js';
import type { View } from './view.js';
import { provenanceWords, spoken, strengthWords } from './words.js';

/** What a finding opens to: why, how risky, who, since when, and the records that prove it. */
export const detail = (
  finding: ReportFinding,
  view: View,
): Markup => html`<div class="detail" id="${view.anchor(finding)}">
<div class="half">${facts(finding, view)}${risk(finding)}${signals(finding)}</div>
<div class="half">${days(finding, view)}${groups(finding)}${verdicts(finding)}${actors(finding, view)}</div>
${evidence(finding, view)}
</div>`;

function facts(finding: ReportFinding, view: View): Markup {
  const spend = Object.entries(finding.spend);
  const rows: [string, Markup][] = [
    [
      'What it is',
      html`${short(finding.summary, 300)} <span class="muted">Category ${short(finding.category, 40)}.</span>`,
    ],
    [
      'Decided by',
      finding.entry === null ? html`no entry of the inventory` : html`entry <code>${short(finding.entry, 80)}</code>`,
    ],
    [
      'Strongest proof',
      html`${strengthWords[finding.strength]}${finding.contact_only ? html` <b>Only name lookups were seen, which prove no use.</b>` : nothing}`,
    ],
    [
      'Use',
      html`${count(finding.events, 'event')}, ${count(finding.attempts, 'attempt')}; sent: ${size(finding.bytes_out)}, received: ${size(finding.bytes_in)}. ${short(useWords(finding), 500)}`,
    ],
    ['Seen', html`${view.clock.time(finding.first)} to ${view.clock.time(finding.last)}`],
  ];
  // What Halflight saw itself is the rule.
  if (finding.provenance !== 'observed' || finding.unverified.actors > 0)
    rows.push([
      'Known because it was',
      html`${provenanceWords[finding.provenance]}.${finding.claimed_only ? html` <b>Nobody vouches for it, so it is about no person.</b>` : nothing}${claimedBeside(finding)}`,
    ]);
  if (spend.length > 0)
    rows.push([
      'Paid',
      html`${each(spend.slice(0, limits.reasons), ([currency, minor]) => html`<span>${short(money(currency, minor), 60)}</span>`, ', ')}`,
    ]);
  if (finding.contracts.length > 0)
    rows.push([
      'Contracts',
      html`${each(finding.contracts, ({ sentence }) => html`<span>${short(sentence, 300)}</span>`, ' ')}`,
    ]);
  if (finding.alternatives.length > 0)
    rows.push(['Approved instead', short(finding.alternatives.slice(0, limits.reasons).join(', '), 300)]);
  return html`<h4>At a glance</h4><dl class="facts">${each(rows, ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function claimedBeside({ unverified: { actors, events, attempts } }: ReportFinding): Markup {
  if (events + attempts === 0) return nothing;
  return html` Not counted, as only claimed: ${count(events + attempts, 'event')} of ${count(actors, 'unverified actor')}.`;
}

/** How it is used, and with which models where paths tell. */
function useWords({ uses, models }: ReportFinding): string {
  const kinds = uses.map(({ means, share }) => `${means} ${percent(share)}`);
  const named = models.slice(0, limits.reasons).map(({ model, events }) => `${model} (${number(events)})`);
  return [kinds.join(', '), named.length === 0 ? '' : `models: ${named.join(', ')}`]
    .filter((text) => text !== '')
    .join('; ');
}

const percent = (share: number): string => (share > 0 && share < 0.01 ? '<1 %' : `${Math.round(share * 100)} %`);

/** Logs without sizes and requests without content look the same: nothing is claimed about them. */
const size = (value: number): string => (value === 0 ? 'not known' : bytes(value));

/** The factors, whose points add up to the score. */
function risk({ risk }: ReportFinding): Markup {
  const most = Math.max(1, ...risk.factors.map((factor) => Math.abs(factor.points)));
  return html`<h4>Risk ${points(risk.score)} of 100, ${risk.level}: the sum of</h4>
${risk.factors.length === 0 ? html`<p class="none">No factor adds points.</p>` : nothing}
<ul class="factors r-${risk.level}">${each(
    risk.factors,
    (factor) =>
      html`<li><b>${factor.points > 0 ? '+' : ''}${points(factor.points)}</b>${bar(Math.abs(factor.points), most)}<p><b>${short(spoken(factor.name), 60)}</b> <small>${factor.group}</small><br>${short(factor.why, 300)}</p></li>`,
  )}</ul>`;
}

function signals(finding: ReportFinding): Markup {
  if (finding.signals.length === 0) return nothing;
  return html`<h4>Signals</h4><ul class="signals">${each(
    finding.signals,
    ({ name, why, numbers }) =>
      html`<li><b>${short(spoken(name), 60)}</b> ${short(why, 1000)} <span class="muted">${each(Object.entries(numbers).slice(0, limits.reasons), ([key, value]) => html`<span>${short(spoken(key), 40)} ${points(value)}</span>`, ', ')}</span></li>`,
  )}</ul>`;
}

function days(finding: ReportFinding, view: View): Markup {
  if (view.range === undefined || finding.days.length === 0) return nothing;
  const { from, to } = view.range;
  return html`<h4>Over time</h4><div class="timeline">${sparklineAgain(finding, view)}<div class="ends"><span>${dayName(from)}</span><span>${dayName(to)}</span></div></div>`;
}

function groups(finding: ReportFinding): Markup {
  if (finding.groups.length === 0)
    return html`<h4>Who</h4><p class="none">${count(finding.actors, finding.claimed_only ? 'unverified actor' : 'actor')}; none is ${finding.claimed_only ? 'known to be a person' : 'a person of the directory'}.</p>`;
  return html`<h4>Who, by group</h4>${table(
    `Groups that use ${slice(finding.name, 60)}`,
    [
      { title: 'Group', kind: 'wide' },
      { title: 'People', kind: 'number' },
      { title: 'Events', kind: 'number' },
      { title: 'Attempts', kind: 'number' },
    ],
    finding.groups.slice(0, limits.groups),
    ({ group, people, events, attempts }) => [short(group, 80), number(people), number(events), number(attempts)],
  )}${more(finding.groups.length - limits.groups, 'groups')}`;
}

function verdicts(finding: ReportFinding): Markup {
  if (finding.verdicts_by_group.length === 0) return nothing;
  return html`<h4>Verdicts by group</h4>${table(
    `Verdicts by group for ${slice(finding.name, 60)}`,
    [
      { title: 'Group', kind: 'wide' },
      { title: 'Verdict' },
      { title: 'Actors', kind: 'number' },
      { title: 'Events', kind: 'number' },
    ],
    finding.verdicts_by_group.slice(0, limits.groups),
    (row) => [
      html`${short(row.group, 80)}<br><span class="muted">${short(row.reason, 400)}</span>`,
      chip(row.verdict),
      number(row.actors),
      number(row.events),
    ],
  )}${more(finding.verdicts_by_group.length - limits.groups, 'groups')}`;
}

function actors(finding: ReportFinding, view: View): Markup {
  if (finding.top_actors.length === 0) return nothing;
  const shown = finding.top_actors.slice(
    0,
    view.report.findings.length > limits.many ? limits.actorsOfMany : limits.actors,
  );
  return html`<h4>Most active</h4>${table(
    `Most active users of ${slice(finding.name, 60)}`,
    [
      { title: 'Actor' },
      { title: 'Kind' },
      { title: 'Events', kind: 'number' },
      { title: 'Attempts', kind: 'number' },
      { title: 'Last' },
    ],
    shown,
    (row) => [
      html`<code>${short(row.actor, 60)}</code>`,
      slice(row.kind, 30),
      number(row.events),
      number(row.attempts),
      view.clock.day(row.last),
    ],
  )}${more(finding.actors - shown.length, 'actors')}`;
}
