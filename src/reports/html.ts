import { about } from './html/about.js';
import { candidates } from './html/candidates.js';
import { coverage } from './html/coverage.js';
import { findings } from './html/findings.js';
import { each, html } from './html/markup.js';
import { printStyles } from './html/print.js';
import { measures, register } from './html/register.js';
import { styles } from './html/styles.js';
import { subscriptions } from './html/subscriptions.js';
import { summary } from './html/summary.js';
import { tableStyles } from './html/table-styles.js';
import { viewOf } from './html/view.js';
import type { Report } from './schema.js';

const sections = [
  ['summary', 'Summary'],
  ['findings', 'Findings'],
  ['candidates', 'Candidates'],
  ['subscriptions', 'Subscriptions'],
  ['register', 'Inventory'],
  ['measures', 'Measures'],
  ['coverage', 'Coverage'],
  ['about', 'About'],
] as const;

/**
 * The report as one page that needs nothing else: no script, no font, no picture from elsewhere, and a policy that lets none in. It works
 * from disk, in light and dark, on a phone, and on paper, where everything is unfolded.
 */
export function reportToHtml(report: Report): string {
  const view = viewOf(report);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>Halflight: AI in use ${report.period.from} to ${report.period.to}</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='7' fill='%233f51c4'/%3E%3Cpath d='M8 1a7 7 0 0 1 0 14z' fill='%23f4c95d'/%3E%3C/svg%3E">
<style>${styles}</style>
<style>${tableStyles}</style>
<style>${printStyles}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header class="top"><div class="wrap"><span class="brand"><svg viewBox="0 0 16 16" aria-hidden="true" focusable="false"><circle cx="8" cy="8" r="7" class="dark-half"/><path d="M8 1a7 7 0 0 1 0 14z" class="light-half"/></svg>Halflight</span><nav aria-label="Sections"><ul>${each(sections, ([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav></div></header>
<main id="main" class="wrap">
${summary(view)}
${findings(view)}
${candidates(view)}
${subscriptions(view)}
${register(view)}
${measures(view)}
${coverage(view)}
</main>
${about(view)}
</body>
</html>
`.toString();
}
