import type { BarsBlock, Block, Cell, Column, FiguresBlock, TableBlock } from '../../blocks/block.js';
import { each, html, type Markup, nothing } from '../../html/markup.js';
import { percent } from '../../html/verdict.js';
import { beforeWords, longest, moreRows } from './words.js';

/** One block as markup of the page. */
export function blockMarkup(block: Block): Markup {
  switch (block.kind) {
    case 'heading':
      return block.level === 2
        ? html`<h2 id="${block.id}">${said(block.text)}</h2>`
        : html`<h3 id="${block.id}">${said(block.text)}</h3>`;
    case 'text':
      return html`<p class="said tone-${block.tone}">${said(block.text)}</p>`;
    case 'list':
      return html`<ul class="points">${each(block.items, (item) => html`<li>${said(item)}</li>`)}</ul>`;
    case 'figures':
      return figures(block);
    case 'table':
      return table(block);
    case 'bars':
      return bars(block);
  }
}

/** Set apart, so that its direction of writing cannot turn its surroundings. */
export const said = (text: string): Markup => html`<bdi>${text}</bdi>`;

const figures = ({ items }: FiguresBlock): Markup =>
  html`<dl class="figures of-blocks">${each(
    items,
    ({ label, value, note, tone }) =>
      html`<div class="figure"><dt>${said(label)}</dt><dd class="tone-${tone}">${said(value)}</dd>${note === '' ? nothing : html`<dd class="note">${said(note)}</dd>`}</div>`,
  )}</dl>`;

function table({ id, caption, columns, rows, more, empty }: TableBlock): Markup {
  if (rows.length === 0)
    return html`<div class="block" id="${id}"><p class="cap">${said(caption)}</p><p class="none">${said(empty)}</p>${left(more)}</div>`;
  return html`<div class="block" id="${id}"><div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="periodic"><caption>${said(caption)}</caption>
<thead><tr>${each(columns, (column) => html`<th scope="col" class="${sideOf(column)}">${said(column.title)}</th>`)}</tr></thead>
<tbody>
${each(rows, (row) => html`<tr>${each(row, (cell, i) => cellMarkup(cell, columns[i], i === 0))}</tr>\n`)}
</tbody></table></div>${left(more)}</div>`;
}

function cellMarkup({ text, tone = 'neutral' }: Cell, column: Column | undefined, first: boolean): Markup {
  const kind = `${sideOf(column)} ${roomOf(text)} tone-${tone}`.replace(/ +/g, ' ').trim();
  return first
    ? html`<th scope="row" class="${kind}">${said(text)}</th>`
    : html`<td class="${kind}">${said(text)}</td>`;
}

/** A short text stays on its line, a long one gets room, and only a word longer than that is broken within. */
function roomOf(text: string): string {
  if (text.length <= 18) return 'brief';
  return `${text.length > 36 ? 'wide' : ''}${/\S{25}/.test(text) ? ' broken' : ''}`;
}

const sideOf = (column: Column | undefined): string => (column?.align === 'end' ? 'number' : '');

const left = (more: number): Markup => (more === 0 ? nothing : html`<p class="more">${moreRows({ more })}</p>`);

/** Bars carry their numbers as text beside them, so the drawing is hidden from readers who do not see it. */
function bars({ caption, unit, bars: all }: BarsBlock): Markup {
  const most = longest(all);
  const compared = all.some(({ before }) => before !== undefined);
  return html`<figure class="block"><figcaption>${said(caption)}${unit === '' ? nothing : html` (${said(unit)})`}</figcaption>
<ul class="gauge">${each(
    all,
    ({ label, value, text, before }) =>
      html`<li><span>${said(label)}</span><svg aria-hidden="true" focusable="false"><rect class="now" rx="2" y="${before === undefined ? 3 : 1}" width="${percent(value, most)}%" height="9"/>${before === undefined ? nothing : html`<rect class="then" y="11" width="${percent(before, most)}%" height="4"/>`}</svg><span class="amount">${said(text)}${compared ? html`<span class="sub">${beforeWords(value, before)}</span>` : nothing}</span></li>`,
  )}</ul>${compared ? html`<div class="keys" aria-hidden="true"><span><i class="key now"></i>this period</span><span><i class="key then"></i>the period before</span></div>` : nothing}</figure>`;
}
