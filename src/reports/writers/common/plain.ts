import type { BarsBlock, Block, FiguresBlock, ReportDocument } from '../../blocks/block.js';
import { columnsOf, wrap } from '../../text-width.js';
import { hanging, line } from './plain-lines.js';
import { tableLines } from './plain-table.js';
import { aboutTitle, beforeWords, longest, toneMark } from './words.js';

/**
 * The report as plain text of lines of at most `width` columns, for a terminal and as the plain part of a mail. `mostRows`: rows of a
 * table that are shown; the others are counted.
 */
export function plainText(
  { title, subtitle, answer, about, blocks }: ReportDocument,
  width: number,
  mostRows = Number.POSITIVE_INFINITY,
): string {
  const lines = [
    ...wrap(line(title), width),
    '',
    ...wrap(line(answer), width),
    '',
    ...wrap(line(subtitle), width),
    ...blocks.flatMap((block) => ['', ...blockLines(block, width, mostRows)]),
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

function blockLines(block: Block, width: number, mostRows: number): string[] {
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
      return tableLines(block, width, mostRows);
    case 'bars':
      return barLines(block, width);
  }
}

const underlined = (text: string, mark: string, width: number): string[] => {
  const lines = wrap(text, width);
  return lines.length === 0 ? [] : [...lines, mark.repeat(Math.min(width, Math.max(...lines.map(columnsOf))))];
};

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
