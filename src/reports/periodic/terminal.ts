import { safeLine } from '../../core/terminal.js';
import type { Block, ReportDocument, TableBlock } from '../blocks/block.js';
import { columnsOf, fitted, wrap } from '../terminal.js';

/** Rows of a table that a terminal shows; the files have all. */
const shownRows = 15;
const gap = 2;
const narrowest = 6;
/** A text in a narrower column is hard to read. */
const readable = 26;
const longestWord = 20;

/**
 * The report for a terminal of so many columns: plain text without colour, tables with their cells wrapped. Every text is made safe for
 * a terminal.
 */
export function documentToTerminal(document: ReportDocument, width: number): string {
  const { title, subtitle, answer, blocks, about } = document;
  const lines = [
    safeLine(title),
    '='.repeat(Math.min(width, columnsOf(safeLine(title)))),
    ...wrap(safeLine(subtitle), width),
    '',
    ...wrap(safeLine(answer), width),
    '',
    ...blocks.flatMap((block) => [...blockLines(block, width), '']),
    ...about.flatMap(({ label, value }) => wrapped(`${safeLine(label)}: ${safeLine(value)}`, width, 2)),
  ];
  return `${lines.join('\n')}\n`;
}

function blockLines(block: Block, width: number): string[] {
  switch (block.kind) {
    case 'heading': {
      const text = safeLine(block.text);
      return [text, '-'.repeat(Math.min(width, columnsOf(text)))];
    }
    case 'text':
      return wrap(safeLine(block.text), width);
    case 'list':
      return block.items.flatMap((item) => wrapped(`- ${safeLine(item)}`, width, 2));
    case 'figures':
      return block.items.flatMap(({ label, value, note }) =>
        wrapped(
          `${safeLine(value).padStart(7)} ${safeLine(label)}${note === '' ? '' : `, ${safeLine(note)}`}`,
          width,
          8,
        ),
      );
    case 'bars': {
      const most = Math.max(1, ...block.bars.map(({ value }) => value));
      const labels = Math.min(24, Math.max(...block.bars.map(({ label }) => columnsOf(safeLine(label)))));
      const room = Math.max(5, width - labels - 12);
      return [
        ...wrap(safeLine(block.caption), width),
        ...block.bars.map(
          ({ label, value, text }) =>
            `${fitted(safeLine(label), labels)} ${'#'.repeat(Math.round((value / most) * room))} ${safeLine(text)}`,
        ),
      ];
    }
    case 'table':
      return tableLines(block, width);
  }
}

function tableLines({ caption, columns, rows, more, empty }: TableBlock, width: number): string[] {
  if (rows.length === 0) return wrap(`${safeLine(caption)}: ${safeLine(empty)}`, width);
  const shown = rows.slice(0, shownRows).map((row) => row.map((cell) => safeLine(cell.text)));
  const left = more + rows.length - shown.length;
  const titles = columns.map(({ title }) => safeLine(title));
  // A last column of long texts has lines of its own where it would be too narrow to be read.
  const whole = widthsOf([titles, ...shown], width);
  const below = columns.length > 2 && (whole.at(-1) ?? 0) < readable && needs(shown, columns.length - 1) > readable;
  const beside = (cells: readonly string[]): readonly string[] => (below ? cells.slice(0, -1) : cells);
  const widths = below ? widthsOf([titles, ...shown].map(beside), width) : whole;
  const draw = (cells: readonly string[]): string[] => [
    ...drawRow(beside(cells), widths, columns),
    ...(below && cells.at(-1) !== '' ? wrap(cells.at(-1) ?? '', width - 4).map((line) => `    ${line}`) : []),
  ];
  return [
    ...wrap(safeLine(caption), width),
    ...draw(titles),
    widths.map((room) => '-'.repeat(room)).join(' '.repeat(gap)),
    ...shown.flatMap(draw),
    ...(left > 0 ? [`${left} more`] : []),
  ];
}

function drawRow(cells: readonly string[], widths: readonly number[], columns: TableBlock['columns']): string[] {
  const parts = cells.map((cell, at) => wrap(cell, widths[at] ?? narrowest));
  const height = Math.max(1, ...parts.map((part) => part.length));
  return Array.from({ length: height }, (_, line) =>
    parts
      .map((part, at) => {
        const text = fitted(part[line] ?? '', widths[at] ?? narrowest);
        return columns[at]?.align === 'end' ? text.trimEnd().padStart(text.length) : text;
      })
      .join(' '.repeat(gap))
      .trimEnd(),
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
  for (const least of [words, words.map(() => narrowest)])
    for (let over = widths.reduce((sum, one) => sum + one, 0) - room; over > 0; over--) {
      const spare = widths.map((one, at) => (one > (least[at] ?? 0) ? one : 0));
      const widest = spare.indexOf(Math.max(...spare));
      if ((spare[widest] ?? 0) === 0) break;
      widths[widest] = (widths[widest] ?? 0) - 1;
    }
  return widths;
}

/** Further lines are set in. */
function wrapped(text: string, width: number, indent: number): string[] {
  const [first = '', ...rest] = wrap(text.trimStart(), width - indent);
  const lead = ' '.repeat(text.length - text.trimStart().length);
  return [`${lead}${first}`, ...rest.map((line) => `${' '.repeat(indent)}${line}`)];
}
