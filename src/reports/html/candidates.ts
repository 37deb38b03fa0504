import { count, number } from '../../inventory/words.js';
import { limits, more, none, table } from './lists.js';
import { each, html, type Markup, nothing } from './markup.js';
import { place, short } from './text.js';
import type { View } from './view.js';

/** What looks like AI and is in no catalog: for a person to judge. */
export function candidates({ report, clock }: View): Markup {
  const rows = report.candidates;
  const { other_candidates: others } = report;
  return html`<section id="candidates" aria-labelledby="candidates-title">
<h2 id="candidates-title">Unknown candidates</h2>
<p class="lead">These look like AI and are in no catalog. They are not counted above; somebody has to say what they are.</p>
${
  rows.length === 0
    ? none('No candidates.')
    : table(
        'Unknown candidates',
        [
          { title: 'Subject' },
          { title: 'Kind' },
          { title: 'Score', kind: 'number' },
          { title: 'Why it looks like AI', kind: 'wide' },
          { title: 'Events', kind: 'number' },
          { title: 'Actors', kind: 'number' },
          { title: 'First' },
          { title: 'Last' },
          { title: 'Example' },
        ],
        rows.slice(0, limits.rows),
        (row) => [
          html`<code>${short(row.subject, 80)}</code>`,
          row.kind,
          number(row.score),
          html`<ul class="reasons">${each(row.reasons.slice(0, limits.reasons), ({ points, why }) => html`<li>${points > 0 ? '+' : ''}${points} ${short(why, 200)}</li>`)}</ul>`,
          number(row.events),
          number(row.actors),
          clock.day(row.first),
          clock.day(row.last),
          place(row.file, row.line),
        ],
      )
}
${more(rows.length - limits.rows, 'candidates')}
${others > 0 ? html`<p class="note">${count(others, 'further event')} ${others === 1 ? 'was' : 'were'} of candidates beyond those listed.</p>` : nothing}
</section>`;
}
