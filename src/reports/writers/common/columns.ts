import type { TableBlock } from '../../blocks/block.js';

/** Longest word, and longest text, that a column is given room for before it breaks them; in characters. */
const mostWord = 20;

/**
 * Widths of the columns of a table that is to fill `available`, where a character takes about `unit`. Shares go by weight, but a column is never
 * narrower than its longest word, as long as that is no longer than a word is; where not even that has room, all give in alike.
 */
export function columnWidths(
  { columns, rows }: Pick<TableBlock, 'columns' | 'rows'>,
  available: number,
  unit: number,
): number[] {
  const least = columns.map(({ title }, i) =>
    Math.max(unit * 3, ...[title, ...rows.map((row) => row[i]?.text ?? '')].map((text) => wordOf(text) * unit)),
  );
  const needed = sum(least);
  if (needed >= available) return least.map((width) => (width / needed) * available);
  const weights = columns.map(({ weight = 1 }) => weight);
  // Columns that need more than their share get what they need; the others share what is left, until none needs more.
  const fixed = new Set<number>();
  for (;;) {
    const free = available - sum(least.filter((_, i) => fixed.has(i)));
    const shares = sum(weights.filter((_, i) => !fixed.has(i)));
    const widths = least.map((width, i) => (fixed.has(i) ? width : (free * (weights[i] ?? 1)) / shares));
    const narrow = widths.findIndex((width, i) => !fixed.has(i) && width < (least[i] ?? 0));
    if (narrow < 0) return widths;
    fixed.add(narrow);
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The longest word of a text; a short text, such as a number with its unit, counts as one. */
const wordOf = (text: string): number =>
  text.length <= 12 ? text.length : Math.min(mostWord, Math.max(...text.split(/\s+/).map((word) => word.length)));
