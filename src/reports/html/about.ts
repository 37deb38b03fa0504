import { number } from '../../inventory/words.js';
import { each, html, type Markup } from './markup.js';
import { short } from './text.js';
import type { View } from './view.js';

/** What the report was made with, so that it can be made again and come out the same. */
export function about({ report }: View): Markup {
  const { period } = report;
  const { version } = report.catalog;
  const rows: [string, Markup][] = [
    ['Made by', html`Halflight ${short(report.product.version, 40)}`],
    [
      'Catalog',
      html`${version === null ? '' : `version ${version}, `}${number(report.catalog.services)} services, <code>${short(report.catalog.hash, 80)}</code>`,
    ],
    ['Risk rules', html`${short(report.risk_rules, 40)}`],
    ['Period', period.from === '' ? html`no record holds a time` : html`${period.from} to ${period.to}, both included`],
    ['Judged as of', html`${report.as_of}`],
    [
      'Time zones',
      html`days and times in ${short(report.organisation_timezone, 60)}; records without a zone read as ${short(report.log_timezone, 60)}`,
    ],
    [
      'People',
      report.names
        ? html`by name, as asked for with --names. Treat this file as personal data.`
        : html`by pseudonym. The same person has the same pseudonym throughout this report; --names shows names.`,
    ],
    [
      'Groups',
      html`groups of fewer than five people are merged into “other”, as are others where the difference would give them away.`,
    ],
    [
      'Long lists',
      html`are cut and say how much more there is. Counts are exact, and report.json holds what the scan kept.`,
    ],
  ];
  return html`<footer id="about" aria-labelledby="about-title"><div class="wrap"><h2 id="about-title">About this report</h2><dl class="facts">${each(rows, ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></div></footer>`;
}
