import { count, number } from '../../inventory/words.js';
import type { ReportFinding } from '../schema.js';
import { addTo, dayName, roundUp, type Scale, scaleOf } from './buckets.js';
import { none } from './lists.js';
import { each, html, type Markup, nothing } from './markup.js';
import { chip, percent } from './verdict.js';
import type { View } from './view.js';
import { callsForAction, type ReportVerdict, verdictOrder, verdictWords } from './words.js';

/*
 * Charts place things in percent of the width and in pixels of the height, so that text keeps its size and bars use the room there
 * is, on a phone as on a wide screen.
 */

const plotHeight = 150;
const mostBars = 100;

/** Use over time: what is to act on below, everything else on top. */
export function usageChart({ report, range }: View): Markup {
  if (range === undefined || report.totals.events === 0) return none('No use with a date in this period.');
  const scale = scaleOf(range, mostBars);
  const act: number[] = Array.from({ length: scale.bars }, () => 0);
  const rest: number[] = Array.from({ length: scale.bars }, () => 0);
  let undated = 0;
  for (const finding of report.findings)
    for (const { day, events } of finding.days)
      if (!addTo(callsForAction(finding) ? act : rest, scale, day, events)) undated += events;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const highest = Math.max(...act.map((value, i) => value + (rest[i] ?? 0)));
  const top = roundUp(highest);
  const what = scale.step === 1 ? 'day' : scale.step === 7 ? 'week' : `${scale.step} days`;
  const title = `Events of use per ${what} from ${dayName(range.from)} to ${dayName(range.to)}: ${number(sum(act))} to act on, ${number(sum(rest))} covered or in review; at most ${number(highest)} per ${what}.`;
  return html`<figure class="chart">
<div class="legend" aria-hidden="true"><span><i class="key act"></i>to act on</span><span><i class="key rest"></i>covered or in review</span><span class="unit">events per ${what}</span></div>
<svg class="plot" role="img"><title>${title}</title>
${each([0, top / 4, top / 2, (top * 3) / 4, top], (value) => gridLine(value, top))}
${each(act, (value, i) => stack(scale, i, value, rest[i] ?? 0, top))}
${each(labelled(scale), (i) => html`<text x="${barMiddle(scale, i)}%" y="${plotHeight + 28}" class="tick" text-anchor="middle">${dayName(scale.start + i * scale.step).slice(scale.step * scale.bars > 400 ? 0 : 5)}</text>`)}
</svg>
${undated > 0 ? html`<p class="note">${count(undated, 'event')} without a date ${undated === 1 ? 'is' : 'are'} not shown.</p>` : nothing}
</figure>`;
}

const heightOf = (value: number, top: number): number => Math.round((value / top) * plotHeight * 10) / 10;
const barMiddle = (scale: Scale, index: number): number => Math.round(((index + 0.5) / scale.bars) * 10000) / 100;
// The plot begins below the top edge, so that the label of the highest line is whole.
const bottom = plotHeight + 10;

const gridLine = (value: number, top: number): Markup => {
  const y = bottom - heightOf(value, top);
  return html`<line x1="0" x2="100%" y1="${y}" y2="${y}" class="${value === 0 ? 'axis' : 'grid'}"/><text x="-8" y="${y + 4}" class="tick" text-anchor="end">${Number.isInteger(value) ? short(value) : ''}</text>`;
};

function stack(scale: Scale, index: number, act: number, rest: number, top: number): Markup {
  if (act + rest === 0) return nothing;
  const from = dayName(scale.start + index * scale.step);
  const width = Math.round((100 / scale.bars) * 0.78 * 100) / 100;
  const x = Math.round((barMiddle(scale, index) - width / 2) * 100) / 100;
  const [a, r] = [heightOf(act, top), heightOf(rest, top)];
  return html`<g><title>${from}${scale.step > 1 ? ` and ${scale.step - 1} days after` : ''}: ${number(act)} to act on, ${number(rest)} covered or in review</title><rect x="${x}%" width="${width}%" y="${bottom - a}" height="${a}" class="act"/><rect x="${x}%" width="${width}%" y="${bottom - a - r}" height="${r}" class="rest"/></g>`;
}

/** Bars that carry a label: about five, evenly apart. */
function labelled({ bars }: Scale): number[] {
  const apart = Math.max(1, Math.ceil(bars / 5));
  return Array.from({ length: bars }, (_, i) => i).filter((i) => i % apart === Math.floor(apart / 2));
}

/** `12k`, `3.4M`: an axis has little room. */
const short = (value: number): string =>
  value >= 1e6
    ? `${Number((value / 1e6).toFixed(1))}M`
    : value >= 1e4
      ? `${Number((value / 1e3).toFixed(1))}k`
      : number(value);

/** Findings by verdict, those to act on first; each bar leads to its findings. */
export function verdictChart({ report }: View): Markup {
  const sums = countVerdicts(report.findings);
  const rows = verdictOrder.filter((verdict) => (sums.get(verdict) ?? 0) > 0);
  if (rows.length === 0) return none('No findings.');
  const most = Math.max(...sums.values());
  const title = `Findings by verdict: ${rows.map((verdict) => `${sums.get(verdict) ?? 0} ${verdictWords[verdict].label.toLowerCase()}`).join(', ')}.`;
  const rowHeight = 26;
  return html`<figure class="chart verdicts">
<ul class="labels" aria-label="Findings by verdict">${each(rows, (verdict) => html`<li><a href="#v-${verdict}">${chip(verdict)}<span class="hidden">: ${sums.get(verdict) ?? 0}</span></a></li>`)}</ul>
<svg class="bars" role="img" height="${rows.length * rowHeight}"><title>${title}</title>
${each(rows, (verdict, i) => {
  const value = sums.get(verdict) ?? 0;
  const width = Math.max(1, percent(value, most) * 0.86);
  return html`<rect x="0" y="${i * rowHeight + 5}" width="${Math.round(width * 10) / 10}%" height="16" rx="2" class="v-${verdict}"/><text x="${Math.round(width * 10) / 10}%" dx="8" y="${i * rowHeight + 17}" class="value">${number(value)}</text>`;
})}
</svg></figure>`;
}

export function countVerdicts(findings: readonly ReportFinding[]): Map<ReportVerdict, number> {
  const sums = new Map<ReportVerdict, number>();
  for (const { verdict } of findings) sums.set(verdict, (sums.get(verdict) ?? 0) + 1);
  return sums;
}

const mostMarks = 92;

/** Use over the whole period as one small shape, the same days from left to right in every row; attempts are pale. */
export function sparkline(finding: ReportFinding, view: View): Markup {
  if (view.range === undefined) return nothing;
  const scale = scaleOf(view.range, mostMarks);
  const used: number[] = [];
  const tried: number[] = [];
  for (const { day, events, attempts } of finding.days) {
    addTo(used, scale, day, events);
    addTo(tried, scale, day, attempts);
  }
  const all = Array.from({ length: scale.bars }, (_, i) => (used[i] ?? 0) + (tried[i] ?? 0));
  const top = Math.max(1, ...all);
  const title = `${count(finding.days.length, 'day')} with events; at most ${number(top)} per ${scale.step === 1 ? 'day' : `${scale.step} days`}`;
  const heights = (values: readonly number[]): number[] =>
    values.map((value) => (value > 0 ? Math.max(1, Math.round((value / top) * 20)) : 0));
  const low = heights(used);
  return html`<svg class="spark" role="img" viewBox="0 0 ${scale.bars} 20" preserveAspectRatio="none"><title>${title}</title><g id="s-${view.anchor(finding)}"><path d="${shape(low, [])}" class="used"/><path d="${shape(heights(tried), low)}" class="tried"/></g></svg>`;
}

/** The shape of the row once more, larger; drawn from the one there, since shapes are a good part of the page. */
export function sparklineAgain(finding: ReportFinding, view: View): Markup {
  if (view.range === undefined) return nothing;
  const { bars } = scaleOf(view.range, mostMarks);
  return html`<svg class="spark large" aria-hidden="true" viewBox="0 0 ${bars} 20" preserveAspectRatio="none"><use href="#s-${view.anchor(finding)}"/></svg>`;
}

/** All bars in one path, since a report holds hundreds of these; each stands on the one below it. */
const shape = (heights: readonly number[], below: readonly number[]): string =>
  Object.entries(heights)
    .filter(([, height]) => height > 0)
    .map(([x, height]) => `M${x} ${20 - (below[Number(x)] ?? 0)}v-${height}h.8v${height}`)
    .join('');
