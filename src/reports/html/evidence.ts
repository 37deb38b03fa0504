import { number } from '../../inventory/words.js';
import type { ReportFinding } from '../schema.js';
import { more, table } from './lists.js';
import { each, html, type Markup, nothing } from './markup.js';
import { place, short, slice } from './text.js';
import type { View } from './view.js';

type Evidence = ReportFinding['evidence'][number];

/** Records behind a finding, each with its place in the input, so that anybody can look it up, and its hash, so that they know it is the same. */
export function evidence(finding: ReportFinding, view: View): Markup {
  const shown = finding.evidence.slice(0, view.evidenceRows);
  const hidden = finding.evidence_cut + finding.evidence.length - shown.length;
  if (shown.length === 0) return nothing;
  return html`<div class="evidence"><h4>Evidence: ${number(shown.length)} of ${number(shown.length + hidden)} hits</h4>${table(
    `Evidence for ${slice(finding.name, 60)}`,
    [
      { title: 'Time' },
      { title: 'Who' },
      { title: 'Record' },
      { title: 'Why it is a hit', kind: 'wide' },
      { title: 'Proves' },
      { title: 'SHA-256' },
    ],
    shown,
    (item) => [
      view.clock.time(item.time),
      html`<code>${short(item.actor, 60)}</code>`,
      place(item.file, item.line),
      html`${short(item.reason, 200)} <code class="muted">${short(item.signature, 80)}</code>${sample(item)}`,
      html`${item.attempt ? 'attempt' : item.strength} <span class="muted">${item.confidence} confidence${item.provenance === 'observed' ? nothing : html`, ${item.provenance}`}</span>`,
      html`<code title="${slice(item.sha256, 128)}">${item.sha256.slice(0, 12)}</code>`,
    ],
  )}${more(hidden, 'hits')}</div>`;
}

/** The record itself, which is there only when people were asked for by name; its lines stay lines. */
const sample = ({ sample }: Evidence): Markup =>
  sample === undefined
    ? nothing
    : html`<pre>${each(slice(sample, 500).split('\n'), (line) => html`<code>${line}</code>`, ' ')}</pre>`;
