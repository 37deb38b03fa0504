import { safeLine } from '../../../core/terminal.js';
import type { BarsBlock, Block, FiguresBlock, ReportDocument, TableBlock } from '../../blocks/block.js';
import { visible } from '../../html/markup.js';
import { columnsOf, wrap } from '../../terminal.js';
import { columnWidths } from './columns.js';
import { aboutTitle, beforeWords, longest, moreRows, toneMark } from './words.js';

/** What is invisible is shown in all formats of the report; what a terminal obeys is in that, and checked by its own rule all the same. */
const line = (text: string): string => safeLine(visible(text));

/** The report as plain text of lines of at most `width` columns, for a terminal and as the plain part of a mail. */
export function plainText({ title, subtitle, answer, about, blocks }: ReportDocument, width: number): string {
  const lines = [
    ...wrap(line(title), width),
    '',
    ...wrap(line(answer), width),
    '',
    ...wrap(line(subtitle), width),
    ...blocks.flatMap((block) => ['', ...blockLines(block, width)]),
    '',
    ...underlined(aboutTitle, '=', width),
    ...hanging(
      about.map(({ label, value }) => [`${line(label)}: `, line(value)]),
      width,
    ),
  ];
  // Blocks that say nothing leave blank lines, of which one is enough.
  return `${lines
    .map((one) => one.trimEnd())
    .filter((one, i, all) => one !== '' || all[i - 1] !== '')
    .join('\n')
    .trim()}\n`;
}

function blockLines(block: Block, width: number): string[] {
  switch (block.kind) {
    case 'heading':
      return underlined(line(block.text), block.level === 2 ? '=' : '-', width);
    case 'text':
      return wrap(toneMark[block.tone] + line(block.text), width);
    case 'list':
      return hanging(
        block.items.map((item) => ['- ', line(item)]),
        width,
      );
    case 'figures':
      return figureLines(block, width);
    case 'table':
      return tableLines(block, width);
    case 'bars':
      return barLines(block, width);
  }
}

const underlined = (text: string, mark: string, width: number): string[] => {
  const lines = wrap(text, width);
  return lines.length === 0 ? [] : [...lines, mark.repeat(Math.min(width, Math.max(...lines.map(columnsOf))))];
};

/** Items whose later lines stand under the first, behind what is before it. */
function hanging(items: readonly (readonly [before: string, text: string])[], width: number): string[] {
  return items.flatMap(([before, text]) => {
    const indent = Math.min(columnsOf(before), 20);
    if (columnsOf(before) > 20) return [...wrap(before, width), ...wrap(text, width - 4).map((one) => `    ${one}`)];
    const [first = '', ...rest] = wrap(text, width - indent);
    return [before + first, ...rest.map((one) => ' '.repeat(indent) + one)];
  });
}

function figureLines({ items }: FiguresBlock, width: number): string[] {
  const values = items.map(({ value }) => line(value));
  const room = Math.min(16, Math.max(0, ...values.map(columnsOf)));
  return hanging(
    items.map(({ label, note }, i) => {
      const value = values[i] ?? '';
      return [
        `${' '.repeat(Math.max(0, room - columnsOf(value)))}${value}  `,
        `${line(label)}${note === '' ? '' : ` (${line(note)})`}`,
      ];
    }),
    width,
  );
}

const gap = 2;
/** Columns narrower than this hold no word: the table is told row by row instead. */
const leastColumn = 6;

function tableLines(block: TableBlock, width: number): string[] {
  const rest = moreRows(block);
  const head = wrap(line(block.caption), width);
  const body = block.rows.length === 0 ? wrap(line(block.empty), width) : rowLines(block, width);
  return [...head, ...(head.length > 0 && block.rows.length > 0 ? [''] : []), ...body, ...(rest === '' ? [] : [rest])];
}

function rowLines({ columns, rows }: TableBlock, width: number): string[] {
  const cells = rows.map((row) => row.map(({ text }) => ({ text: line(text) })));
  const titles = columns.map((column) => ({ ...column, title: line(column.title) }));
  const available = width - gap * (columns.length - 1);
  const widths = columnWidths({ columns: titles, rows: cells }, available, 1).map(Math.floor);
  if (Math.min(...widths) < leastColumn && columns.length > 1 && available < columns.length * leastColumn)
    return cells.flatMap((row) => [
      '',
      ...hanging(
        row.map(({ text }, i) => [`${titles[i]?.title ?? ''}: `, text]),
        width,
      ),
    ]);
  const lines = (texts: readonly string[]): string[] => {
    const wrapped = texts.map((text, i) => wrap(text, widths[i] ?? 1));
    const height = Math.max(1, ...wrapped.map((part) => part.length));
    return Array.from({ length: height }, (_, at) =>
      wrapped
        .map((part, i) => {
          const text = part[at] ?? '';
          const space = ' '.repeat(Math.max(0, (widths[i] ?? 0) - columnsOf(text)));
          return columns[i]?.align === 'end' ? space + text : text + space;
        })
        .join(' '.repeat(gap)),
    );
  };
  return [
    ...lines(titles.map(({ title }) => title)),
    widths.map((one) => '-'.repeat(one)).join(' '.repeat(gap)),
    ...cells.flatMap((row) => lines(row.map(({ text }) => text))),
  ];
}

const mostBar = 24;

function barLines({ caption, unit, bars }: BarsBlock, width: number): string[] {
  const most = longest(bars);
  const labels = bars.map(({ label }) => line(label));
  const room = Math.min(24, Math.max(0, ...labels.map(columnsOf)));
  const head = wrap(`${line(caption)}${unit === '' ? '' : ` (${line(unit)})`}`, width);
  const rows = bars.flatMap(({ value, text, before }, i) => {
    const bar = '#'.repeat(Math.round((value / most) * mostBar)) || (value > 0 ? '.' : '');
    const said = [line(text), beforeWords(value, before)].filter((part) => part !== '').join(', ');
    const [first = '', ...more] = wrap(labels[i] ?? '', room);
    const [end = '', ...rest] = wrap(said, width - room - mostBar - 4);
    return [
      `${first}${' '.repeat(Math.max(0, room - columnsOf(first)))}  ${bar.padEnd(mostBar)}  ${end}`,
      ...more,
      ...rest.map((one) => ' '.repeat(room + mostBar + 4) + one),
    ];
  });
  return [...head, ...rows];
}
