import { number } from '../../inventory/words.js';
import { each, html, type Markup, nothing, type Value } from './markup.js';

/*
 * How much of each list is shown. A report of a large organisation must still open at once and print; counts stay exact, and
 * report.json holds the rest.
 */
export const limits = {
  /** Rows of findings; those to act on come first. */
  findings: 1000,
  /** Rows of evidence in the whole report, shared out evenly, at most and at least so many for a finding. */
  evidence: 1500,
  evidenceMost: 20,
  evidenceLeast: 2,
  actors: 10,
  /** Of each finding, where there are more findings than `many`. */
  actorsOfMany: 3,
  many: 150,
  groups: 30,
  rows: 200,
  reasons: 12,
} as const;

/** Rows of evidence for each of so many findings. */
export const evidenceRows = (findings: number): number =>
  Math.max(
    limits.evidenceLeast,
    Math.min(limits.evidenceMost, Math.floor(limits.evidence / Math.max(1, Math.min(findings, limits.findings)))),
  );

/** "and 12 more" when a list is longer than what is shown of it. */
export const more = (hidden: number, what: string): Markup =>
  hidden <= 0 ? nothing : html`<p class="more">and ${number(hidden)} more ${what}</p>`;

/** A column: its heading and what its cells are; numbers are aligned right. */
export interface Column {
  title: string;
  kind?: 'number' | 'wide';
}

/** A table, named by `caption` for readers who do not see it; the first cell of each row names the row. It scrolls by itself when it is too wide. */
export function table<T>(
  caption: string,
  columns: readonly Column[],
  rows: readonly T[],
  cells: (row: T, index: number) => readonly Value[],
): Markup {
  return html`<div class="scroll" role="group" aria-label="${caption}" tabindex="0"><table>
<thead><tr>${each(columns, ({ title, kind }) => (kind === undefined ? html`<th scope="col">${title}</th>` : html`<th scope="col" class="${kind}">${title}</th>`))}</tr></thead>
<tbody>${each(
    rows,
    (row, index) =>
      html`<tr>${each(cells(row, index), (cell, i) => {
        const kind = columns[i]?.kind;
        if (i === 0) return html`<th scope="row">${cell}</th>`;
        return kind === undefined ? html`<td>${cell}</td>` : html`<td class="${kind}">${cell}</td>`;
      })}</tr>
`,
  )}</tbody></table></div>`;
}

/** What stands where a list would be when there is nothing to list. */
export const none = (text: string): Markup => html`<p class="none">${text}</p>`;
