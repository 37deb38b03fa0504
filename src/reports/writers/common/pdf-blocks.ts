import type { Content, Layout } from 'pdfmake';
import type { BarsBlock, Block, FiguresBlock, TableBlock, Tone } from '../../blocks/block.js';
import { columnWidths } from './columns.js';
import { beforeWords, longest, moreRows } from './words.js';

/** Text as the font can draw it. */
export type Drawn = (text: string) => string;

/** Points between the margins of a page of A4. */
export const contentWidth = 595.28 - 2 * 42;

// The light colours of the page in HTML, in the notation that PDF takes.
export const colours = {
  text: '#1b1f27',
  muted: '#566070',
  line: '#dfe3e9',
  soft: '#eef0f4',
  now: '#3448b8',
  past: '#9aa7bd',
};
const toneColour: Readonly<Record<Tone, string>> = {
  good: '#3f6b46',
  neutral: colours.text,
  warning: '#9a5b00',
  bad: '#b3261e',
};

const smallSize = 8;

/** A block as nodes of the layout. */
export function blockContent(block: Block, drawn: Drawn): Content[] {
  switch (block.kind) {
    case 'heading':
      return [heading(block.level, drawn(block.text))];
    case 'text':
      return [statement(drawn(block.text), block.tone)];
    case 'list':
      // A list without items is a mistake to the layout.
      if (block.items.length === 0) return [];
      return [{ ul: block.items.map((item) => ({ text: drawn(item), margin: [0, 0, 0, 2] })), margin: [0, 0, 0, 8] }];
    case 'figures':
      return figures(block, drawn);
    case 'table':
      return table(block, drawn);
    case 'bars':
      return bars(block, drawn);
  }
}

const heading = (level: 2 | 3, text: string): Content => ({
  text,
  bold: true,
  fontSize: level === 2 ? 14 : 11,
  margin: [0, level === 2 ? 14 : 8, 0, 5],
  headlineLevel: level,
  // A bookmark without text has no place.
  ...(level === 2 && text !== '' && { outline: true, outlineText: text, outlineExpanded: true }),
});

function statement(text: string, tone: Tone): Content {
  if (tone === 'neutral') return { text, margin: [0, 0, 0, 7] };
  const layout: Layout = {
    hLineWidth: () => 0,
    vLineWidth: (column) => (column === 0 ? 2.5 : 0),
    vLineColor: () => toneColour[tone],
    paddingLeft: () => 8,
    paddingTop: () => 4,
    paddingBottom: () => 4,
  };
  const fill = tone === 'good' ? {} : { fillColor: colours.soft };
  return { table: { widths: [contentWidth - 16], body: [[{ text, ...fill }]] }, layout, margin: [0, 0, 0, 8] };
}

const perRow = 4;

/** Figures side by side, four in a row at most. */
function figures({ items }: FiguresBlock, drawn: Drawn): Content[] {
  const all: Content[] = items.map(({ label, value, note, tone }) => ({
    stack: [
      { text: drawn(value), fontSize: 17, bold: true, color: toneColour[tone] },
      { text: drawn(label) },
      { text: drawn(note), fontSize: smallSize, color: colours.muted },
    ],
  }));
  const across = Math.min(perRow, all.length);
  const rows: Content[][] = [];
  for (let i = 0; i < all.length; i += perRow) {
    const row = all.slice(i, i + perRow);
    while (row.length < across) row.push({ text: '' });
    rows.push(row);
  }
  if (rows.length === 0) return [];
  const layout: Layout = {
    hLineWidth: () => 0.75,
    vLineWidth: () => 0.75,
    hLineColor: () => colours.line,
    vLineColor: () => colours.line,
    paddingLeft: () => 8,
    paddingRight: () => 8,
    paddingTop: () => 6,
    paddingBottom: () => 6,
  };
  const width = (contentWidth - across * 17) / across;
  return [
    {
      table: { widths: Array.from({ length: across }, () => width), body: rows, dontBreakRows: true },
      layout,
      margin: [0, 4, 0, 12],
    },
  ];
}

const cellPadding = 5;

/** A table whose caption and header stand again on each page that it reaches. */
function table(block: TableBlock, drawn: Drawn): Content[] {
  const { columns, rows, more } = block;
  const captionText: Content = { text: drawn(block.caption), bold: true, fontSize: smallSize, color: colours.muted };
  const rest: Content[] = more === 0 ? [] : [{ text: moreRows(block), fontSize: smallSize, color: colours.muted }];
  if (rows.length === 0)
    return [
      { stack: [captionText, { text: drawn(block.empty), color: colours.muted }, ...rest], margin: [0, 4, 0, 10] },
    ];
  const shown = { columns, rows: rows.map((row) => row.map((cell) => ({ text: drawn(cell.text) }))) };
  const widths = columnWidths(shown, contentWidth - (columns.length - 1) * 2 * cellPadding, 5);
  const side = (i: number): 'right' | 'left' => (columns[i]?.align === 'end' ? 'right' : 'left');
  const captionRow: Content[] = [
    { ...captionText, colSpan: columns.length },
    ...columns.slice(1).map((): Content => ({ text: '' })),
  ];
  const body: Content[][] = [
    captionRow,
    columns.map(({ title }, i) => ({
      text: drawn(title),
      bold: true,
      fontSize: smallSize,
      color: colours.muted,
      alignment: side(i),
    })),
    ...rows.map((row, r) =>
      row.map(
        ({ tone = 'neutral' }, i): Content => ({
          text: shown.rows[r]?.[i]?.text ?? '',
          color: toneColour[tone],
          alignment: side(i),
        }),
      ),
    ),
  ];
  // A row that fills pages has to break, or it has no place.
  const dontBreakRows = shown.rows.every((row) => row.every(({ text }, i) => text.length * 5 < (widths[i] ?? 0) * 40));
  const layout: Layout = {
    hLineWidth: (row) => (row <= 1 ? 0 : 0.5),
    vLineWidth: () => 0,
    hLineColor: () => colours.line,
    // None at the edges, so that the table is as wide as the text around it.
    paddingLeft: (column) => (column === 0 ? 0 : cellPadding),
    paddingRight: (column) => (column === columns.length - 1 ? 0 : cellPadding),
    paddingTop: () => 3,
    paddingBottom: () => 3,
  };
  return [
    {
      table: { widths, body, headerRows: 2, keepWithHeaderRows: 1, dontBreakRows },
      layout,
      fontSize: 8.5,
      margin: [0, 4, 0, more === 0 ? 10 : 3],
    },
    ...rest.map((one): Content => ({ ...one, margin: [0, 0, 0, 10] })),
  ];
}

const labelWidth = 130;
const amountWidth = 110;
const barWidth = contentWidth - labelWidth - amountWidth - 18;

/** Bars drawn as vectors; their numbers are text beside them. */
function bars({ caption, unit, bars: all }: BarsBlock, drawn: Drawn): Content[] {
  const most = longest(all);
  const lengthOf = (value: number): number => Math.round((value / most) * barWidth * 100) / 100;
  const title = `${drawn(caption)}${unit === '' ? '' : ` (${drawn(unit)})`}`;
  const compared = all.some(({ before }) => before !== undefined);
  const legend = compared ? ' Below each, paler: the period before.' : '';
  const rows = all.map(({ label, value, text, before }): Content[] => [
    { text: drawn(label) },
    {
      canvas: [
        {
          type: 'rect',
          x: 0,
          y: before === undefined ? 2 : 0,
          w: Math.max(0.5, lengthOf(value)),
          h: 7,
          color: colours.now,
        },
        ...(before === undefined || before === 0
          ? []
          : [{ type: 'rect' as const, x: 0, y: 8, w: lengthOf(before), h: 2.5, color: colours.past }]),
      ],
    },
    {
      text: [
        { text: drawn(text) },
        { text: `  ${beforeWords(value, before)}`, color: colours.muted, fontSize: smallSize },
      ],
      alignment: 'right',
    },
  ]);
  const layout: Layout = {
    hLineWidth: () => 0,
    vLineWidth: () => 0,
    paddingLeft: (column) => (column === 0 ? 0 : 6),
    paddingRight: () => 3,
    paddingTop: () => 2,
    paddingBottom: () => 2,
  };
  const head: Content = {
    text: [{ text: title, bold: true }, { text: legend }],
    fontSize: smallSize,
    color: colours.muted,
    margin: [0, 4, 0, 3],
    headlineLevel: 4,
  };
  if (rows.length === 0) return [head];
  return [
    head,
    {
      table: { widths: [labelWidth, barWidth, amountWidth], body: rows, dontBreakRows: true },
      layout,
      fontSize: 8.5,
      margin: [0, 0, 0, 10],
    },
  ];
}
