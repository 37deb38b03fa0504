import type { Block, ReportDocument } from '../../blocks/block.js';
import { slice } from '../../html/text.js';

/** How much of a report is kept. */
export interface Limits {
  /** Rows of a table, items of a list, figures, bars. */
  rows: number;
  /** Characters of a text. */
  characters: number;
  /** Blocks, from the first on. */
  blocks: number;
}

export const whole: Limits = { rows: Infinity, characters: Infinity, blocks: Infinity };

/** From mild to severe: first long tables, then long texts, then what stands last. */
export const steps: readonly Limits[] = [
  whole,
  ...[50, 25, 12, 6].map((rows) => ({ ...whole, rows })),
  ...[2000, 500, 200].map((characters) => ({ ...whole, rows: 6, characters })),
  { rows: 3, characters: 120, blocks: Infinity },
  ...[60, 30, 15, 5, 0].map((blocks) => ({ rows: 3, characters: 120, blocks })),
];

/** The report cut to the limits. What a table lost is counted in `more`, what a list lost is its last item, and a cut text ends with `…`. */
export function shorten(document: ReportDocument, { rows, characters, blocks }: Limits): ReportDocument {
  const cut = (text: string): string => slice(text, characters);
  const gone = Math.max(0, document.blocks.length - blocks);
  const rest: Block[] =
    gone === 0
      ? []
      : [{ kind: 'text', tone: 'neutral', text: `${gone} more parts of the report are not in this mail.` }];
  return {
    ...document,
    title: cut(document.title),
    subtitle: cut(document.subtitle),
    answer: cut(document.answer),
    about: document.about
      .slice(0, Math.max(rows, 10))
      .map(({ label, value }) => ({ label: cut(label), value: cut(value) })),
    blocks: [...document.blocks.slice(0, blocks).map((block) => shortBlock(block, rows, cut)), ...rest],
  };
}

function shortBlock(block: Block, rows: number, cut: (text: string) => string): Block {
  switch (block.kind) {
    case 'heading':
    case 'text':
      return { ...block, text: cut(block.text) };
    case 'list': {
      const more = Math.max(0, block.items.length - rows);
      return { ...block, items: [...block.items.slice(0, rows).map(cut), ...(more === 0 ? [] : [`${more} more.`])] };
    }
    case 'figures':
      return {
        ...block,
        items: block.items
          .slice(0, Math.max(rows, 8))
          .map((item) => ({ ...item, label: cut(item.label), value: cut(item.value), note: cut(item.note) })),
      };
    case 'bars': {
      const more = Math.max(0, block.bars.length - rows);
      return {
        ...block,
        caption: more === 0 ? cut(block.caption) : `${cut(block.caption)}, the first ${rows} of ${block.bars.length}`,
        unit: cut(block.unit),
        bars: block.bars.slice(0, rows).map((bar) => ({ ...bar, label: cut(bar.label), text: cut(bar.text) })),
      };
    }
    case 'table':
      return {
        ...block,
        caption: cut(block.caption),
        empty: cut(block.empty),
        columns: block.columns.map((column) => ({ ...column, title: cut(column.title) })),
        rows: block.rows.slice(0, rows).map((row) => row.map((cell) => ({ ...cell, text: cut(cell.text) }))),
        more: block.more + Math.max(0, block.rows.length - rows),
      };
  }
}
