import type { BarsBlock, Block, Cell, FiguresBlock, TableBlock, Tone } from '../../blocks/block.js';
import { each, html, type Markup, nothing, visible } from '../../html/markup.js';
import { percent } from '../../html/verdict.js';
import { columnWidths } from './columns.js';
import { said } from './html-blocks.js';
import { beforeWords, longest, moreRows } from './words.js';

/*
 * Mail readers know the HTML of 1999: layout is tables with attributes, styles are static and stand at each element, and none of them is needed
 * for the layout, since Outlook draws with Word. A block is one cell of the column of the mail.
 */

/** One block of the mail. */
export function mailBlock(block: Block): Markup {
  switch (block.kind) {
    case 'heading':
      return block.level === 2
        ? html`<h2 style="margin:22px 0 6px;font:bold 18px/1.3 Arial,sans-serif;color:#1b1f27">${said(block.text)}</h2>`
        : html`<h3 style="margin:16px 0 6px;font:bold 15px/1.3 Arial,sans-serif;color:#1b1f27">${said(block.text)}</h3>`;
    case 'text':
      return statement(block.text, block.tone);
    case 'list':
      return html`<ul style="margin:0 0 12px;padding:0 0 0 22px">${each(block.items, (item) => html`<li style="margin:0 0 4px;font:14px/1.45 Arial,sans-serif;color:#1b1f27">${said(item)}</li>`)}</ul>`;
    case 'figures':
      return figures(block);
    case 'table':
      return table(block);
    case 'bars':
      return bars(block);
  }
}

const paragraph = (text: string): Markup =>
  html`<p style="margin:0 0 10px;font:14px/1.45 Arial,sans-serif;color:#1b1f27">${said(text)}</p>`;

// The colours of the page in HTML, of the bar at the left of a statement.
const barColour: Readonly<Record<Exclude<Tone, 'neutral'>, string>> = {
  good: '#3f6b46',
  warning: '#9a5b00',
  bad: '#b3261e',
};

const statement = (text: string, tone: Tone): Markup =>
  tone === 'neutral'
    ? paragraph(text)
    : html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td width="4" bgcolor="${barColour[tone]}"></td><td bgcolor="#eef0f4" style="padding:8px 12px;font:14px/1.45 Arial,sans-serif;color:#1b1f27">${said(text)}</td></tr></table><p style="margin:0;font-size:8px;line-height:10px">&nbsp;</p>`;

/** Text in the colour of its tone: styles take no values, so there is one template for each. */
function toned(text: string, tone: Tone): Markup {
  switch (tone) {
    case 'good':
      return html`<span style="color:#3f6b46">${said(text)}</span>`;
    case 'warning':
      return html`<span style="color:#8a5200">${said(text)}</span>`;
    case 'bad':
      return html`<span style="color:#b3261e">${said(text)}</span>`;
    case 'neutral':
      return said(text);
  }
}

const perRow = 2;

/** Figures two by two, which a phone can show without shrinking them. */
function figures({ items }: FiguresBlock): Markup {
  const rows: FiguresBlock['items'][] = [];
  for (let i = 0; i < items.length; i += perRow) rows.push(items.slice(i, i + perRow));
  if (rows.length === 0) return nothing;
  return html`<table role="presentation" width="100%" cellpadding="10" cellspacing="0" border="0" style="border:1px solid #dfe3e9;border-collapse:collapse;margin:0 0 14px">${each(
    rows,
    (row) =>
      html`<tr>${each(row, ({ label, value, note, tone }) => html`<td width="50%" valign="top" style="border:1px solid #dfe3e9;font:13px/1.4 Arial,sans-serif;color:#1b1f27"><b style="font-size:22px;line-height:1.2">${toned(value, tone)}</b><br>${said(label)}${note === '' ? nothing : html`<br><span style="color:#566070">${said(note)}</span>`}</td>`)}${row.length < perRow ? html`<td width="50%">&nbsp;</td>` : nothing}</tr>`,
  )}</table>`;
}

/** So long is no word of a language that people write tables in. */
const longWord = /\S{19}/;

function table(block: TableBlock): Markup {
  const { caption, rows, empty, more } = block;
  const title = html`<p style="margin:6px 0 4px;font:bold 12px/1.4 Arial,sans-serif;color:#566070">${said(caption)}</p>`;
  const rest =
    more === 0
      ? nothing
      : html`<p style="margin:4px 0 12px;font:12px/1.4 Arial,sans-serif;color:#566070">${moreRows(block)}</p>`;
  if (rows.length === 0)
    return html`${title}<p style="margin:0 0 10px;font:14px/1.45 Arial,sans-serif;color:#566070">${said(empty)}</p>${rest}`;
  const below = ownLine(block);
  const columns = block.columns.filter((_, i) => i !== below);
  const cells = rows.map((row) => row.filter((_, i) => i !== below));
  const widths = columnWidths({ columns, rows: cells }, 100, 1.25).map((width) => Math.round(width));
  const alignOf = (i: number): string => (columns[i]?.align === 'end' ? 'right' : 'left');
  return html`${title}<table width="100%" cellpadding="5" cellspacing="0" border="0" style="word-break:normal"><tr>${each(
    columns,
    (column, i) =>
      html`<th scope="col" width="${widths[i]}%" align="${alignOf(i)}" valign="bottom" style="font:bold 12px Arial,sans-serif;color:#566070">${said(column.title)}</th>`,
  )}</tr>${each(cells, (row, r) => {
    const under = below < 0 ? undefined : rows[r]?.[below];
    return html`<tr>${each(row, (cell, i) => cellOf(cell, alignOf(i)))}</tr>${under === undefined ? nothing : html`<tr><td colspan="${columns.length}" style="padding-top:0;font:13px Arial,sans-serif;color:#1b1f27;word-break:break-word"><span style="color:#566070">${said(block.columns[below]?.title ?? '')}:</span> ${toned(under.text, under.tone ?? 'neutral')}</td></tr>`}\n`;
  })}</table>${rest}`;
}

/** A phone has no room for sentences beside many columns: the column with the longest texts stands below the others then. -1 for none. */
function ownLine({ columns, rows }: TableBlock): number {
  if (columns.length < 5) return -1;
  const lengths = columns.map((_, i) => Math.max(...rows.map((row) => row[i]?.text.length ?? 0)));
  const most = Math.max(...lengths);
  return most > 40 ? lengths.indexOf(most) : -1;
}

/** A short text stays on its line; a word that is none, such as a hash, may break anywhere. */
function cellOf({ text, tone = 'neutral' }: Cell, align: string): Markup {
  if (visible(text).length <= 10)
    return html`<td nowrap align="${align}" valign="top" style="font:13px Arial,sans-serif;color:#1b1f27;border-top:1px solid #dfe3e9">${toned(text, tone)}</td>`;
  if (longWord.test(text))
    return html`<td align="${align}" valign="top" style="font:13px Arial,sans-serif;color:#1b1f27;border-top:1px solid #dfe3e9;word-break:break-word">${toned(text, tone)}</td>`;
  return html`<td align="${align}" valign="top" style="font:13px Arial,sans-serif;color:#1b1f27;border-top:1px solid #dfe3e9">${toned(text, tone)}</td>`;
}

/** A bar is a cell with a background, as wide as its share. */
function bars({ caption, unit, bars: all }: BarsBlock): Markup {
  const most = longest(all);
  const row = ({ label, value, text, before }: BarsBlock['bars'][number]): Markup => {
    const length = Math.max(1, Math.min(99, Math.round(percent(value, most))));
    return html`<tr><td width="34%" style="font:13px Arial,sans-serif;color:#1b1f27">${said(label)}</td><td width="40%"><table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td width="${length}%" height="10" bgcolor="#3448b8" style="font-size:1px;line-height:10px">&nbsp;</td><td width="${100 - length}%" height="10" style="font-size:1px;line-height:10px">&nbsp;</td></tr></table></td><td width="26%" align="right" style="font:13px Arial,sans-serif;color:#1b1f27">${said(text)}${before === undefined ? nothing : html` <span style="font-size:11px;color:#566070">${beforeWords(value, before)}</span>`}</td></tr>`;
  };
  return html`<p style="margin:6px 0 4px;font:bold 12px/1.4 Arial,sans-serif;color:#566070">${said(caption)}${unit === '' ? nothing : html` (${said(unit)})`}</p><table role="presentation" width="100%" cellpadding="3" cellspacing="0" border="0" style="margin:0 0 12px">${each(all, row)}</table>`;
}
