import { columnOf } from './cells.js';

/** Merged cells that are minded, and columns that have some; a table has few. */
const maxMerges = 65_536;
const maxMergedColumns = 64;
/** Longest `<mergeCell .../>` that matters. */
const longest = 256;

/**
 * The cells of one column that are merged over several rows. They are listed behind the rows, so a sheet is looked through for them
 * first: by its bytes, since to parse it twice would double the time.
 */
export class Merges {
  #rest = '';
  readonly #found: { column: number; from: number; to: number }[] = [];

  push(chunk: Buffer): void {
    const text = this.#rest + chunk.toString('latin1');
    let at = text.indexOf('mergeCell ');
    for (; at >= 0; at = text.indexOf('mergeCell ', at + 1)) {
      const reference = /^mergeCell [^>]{0,100}?ref="([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})"/.exec(
        text.slice(at, at + longest),
      );
      const [, first, last] = reference ?? [];
      if (first === undefined || last === undefined || this.#found.length >= maxMerges) continue;
      const [column, to] = [columnOf(first), columnOf(last)];
      const rows = [first, last].map((name) => Number(name.replace(/^[A-Z]+/, '')));
      const [from = 0, end = 0] = rows;
      if (column !== undefined && column === to && end > from) this.#found.push({ column, from, to: end });
    }
    // One that begins at the end is found again with what follows; found twice it is the same.
    this.#rest = text.slice(-longest);
  }

  byColumn(): ReadonlyMap<number, readonly { from: number; to: number }[]> {
    const columns = new Map<number, { from: number; to: number }[]>();
    for (const { column, from, to } of this.#found) {
      const ranges = columns.get(column) ?? [];
      if (ranges.length === 0 && columns.size >= maxMergedColumns) continue;
      ranges.push({ from, to });
      columns.set(column, ranges);
    }
    for (const ranges of columns.values()) ranges.sort((a, b) => a.from - b.from || a.to - b.to);
    return columns;
  }
}

/**
 * Fills a row's merged cells with the text of the first of them: an employee or a date that stands over several rows. Never a number,
 * which would count as often as it is repeated, and never a row that is empty otherwise. `held`: the texts by column, of which the row changes those that begin in it.
 */
export function filledDown(
  row: number,
  cells: (string | undefined)[],
  texts: ReadonlySet<number>,
  merged: ReadonlyMap<number, readonly { from: number; to: number }[]>,
  held: Map<number, string>,
): void {
  const filled = cells.some((cell) => cell !== undefined);
  for (const [column, ranges] of merged) {
    const range = rangeOf(ranges, row);
    if (range === undefined) held.delete(column);
    else if (range.from === row) {
      const text = cells[column];
      if (text !== undefined && texts.has(column)) held.set(column, text);
      else held.delete(column);
    } else if (filled) cells[column] ??= held.get(column);
  }
}

/** The range that holds a row, among ranges in their order that do not overlap. */
function rangeOf(
  ranges: readonly { from: number; to: number }[],
  row: number,
): { from: number; to: number } | undefined {
  let [low, high] = [0, ranges.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = ranges[middle];
    if (range === undefined) return undefined;
    if (row < range.from) high = middle - 1;
    else if (row > range.to) low = middle + 1;
    else return range;
  }
  return undefined;
}
