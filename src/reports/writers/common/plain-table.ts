import type { Column, TableBlock } from '../../blocks/block.js';
import { columnsOf, wrap } from '../../text-width.js';
import { columnWidths } from './columns.js';
import { hanging, line } from './plain-lines.js';
import { moreRows } from './words.js';

const gap = 2;
/** Columns narrower than this hold no word: the table is told row by row instead. */
const leastColumn = 6;
/** A text in a narrower column is hard to read. */
const readable = 26;
const longestWord = 20;

/** A table as lines: in columns; a long last column below each row where it would be too narrow; row by row where columns have no room. */
export function tableLines(block: TableBlock, width: number, mostRows: number): string[] {
  const shown = { ...block, rows: block.rows.slice(0, mostRows), more: block.more };
  shown.more += block.rows.length - shown.rows.length;
  const rest = moreRows(shown);
  const head = wrap(line(block.caption), width);
  const body = block.rows.length === 0 ? wrap(line(block.empty), width) : rowLines(shown, width);
  return [...head, ...(head.length > 0 && block.rows.length > 0 ? [''] : []), ...body, ...(rest === '' ? [] : [rest])];
}

function rowLines({ columns, rows }: TableBlock, width: number): string[] {
  const cells = rows.map((row) => row.map(({ text }) => line(text)));
  const titles = columns.map(({ title }) => line(title));
  if (columns.length > 1 && width - gap * (columns.length - 1) < columns.length * leastColumn)
    return cells.flatMap((row) => [
      '',
      ...hanging(
        row.map((text, i) => [`${titles[i] ?? ''}: `, text]),
        width,
      ),
    ]);
  const whole = spread({ columns, rows }, [titles, ...cells], width);
  const below = columns.length > 2 && (whole.at(-1) ?? 0) < readable && needs(cells, columns.length - 1) > readable;
  const beside = (row: readonly string[]): readonly string[] => (below ? row.slice(0, -1) : row);
  const widths = below ? widthsOf([titles, ...cells].map(beside), width) : whole;
  const draw = (row: readonly string[]): string[] => [
    ...drawRow(beside(row), widths, columns),
    ...(below ? wrap(row.at(-1) ?? '', width - 4).map((one) => `    ${one}`) : []),
  ];
  return [...draw(titles), widths.map((one) => '-'.repeat(one)).join(' '.repeat(gap)), ...cells.flatMap(draw)];
}

/** Columns spread over the line by their weights where all texts have room so; else each as wide as it needs, or what is left of that. */
function spread(
  table: Pick<TableBlock, 'columns' | 'rows'>,
  texts: readonly (readonly string[])[],
  width: number,
): number[] {
  const filled = columnWidths(table, width - gap * (table.columns.length - 1), 1).map(Math.floor);
  return filled.every((room, at) => room >= needs(texts, at)) ? filled : widthsOf(texts, width);
}

function drawRow(cells: readonly string[], widths: readonly number[], columns: readonly Column[]): string[] {
  const parts = cells.map((cell, at) => wrap(cell, widths[at] ?? leastColumn));
  return Array.from({ length: Math.max(1, ...parts.map((part) => part.length)) }, (_, at) =>
    parts
      .map((part, i) => {
        const text = part[at] ?? '';
        const space = ' '.repeat(Math.max(0, (widths[i] ?? 0) - columnsOf(text)));
        return columns[i]?.align === 'end' ? space + text : text + space;
      })
      .join(' '.repeat(gap)),
  );
}

const needs = (rows: readonly (readonly string[])[], at: number): number =>
  Math.max(0, ...rows.map((row) => columnsOf(row[at] ?? '')));

/** Each column as wide as it needs to be; where that is too much, the widest give way, down to their longest words if they can. */
function widthsOf(rows: readonly (readonly string[])[], width: number): number[] {
  const count = rows[0]?.length ?? 0;
  const widths = Array.from({ length: count }, (_, at) => Math.max(1, needs(rows, at)));
  const words = widths.map((_, at) =>
    Math.min(longestWord, Math.max(...rows.map((row) => Math.max(...(row[at] ?? '').split(' ').map(columnsOf))))),
  );
  const room = width - gap * (count - 1);
  for (const least of [words, words.map(() => leastColumn)])
    for (let over = widths.reduce((sum, one) => sum + one, 0) - room; over > 0; over--) {
      const spare = widths.map((one, at) => (one > (least[at] ?? 0) ? one : 0));
      const widest = spare.indexOf(Math.max(...spare));
      if ((spare[widest] ?? 0) === 0) break;
      widths[widest] = (widths[widest] ?? 0) - 1;
    }
  return widths;
}
