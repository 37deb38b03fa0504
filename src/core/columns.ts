import { csvRow } from './csv-write.js';
import { formatTime } from './time.js';

/** What the values of a column are. */
export interface ColumnValues {
  text: string;
  /** Whole. */
  integer: number;
  flag: boolean;
  /** `YYYY-MM-DD`. */
  day: string;
  /** Milliseconds since 1970. */
  time: number;
  texts: readonly string[];
  /** Name -> whole number. */
  sums: ReadonlyMap<string, number>;
}

export type ColumnType = keyof ColumnValues;

/** A column of a table for others: `of` gives its value in a row, or null where nothing is known. */
export type Column<T> = {
  [K in ColumnType]: {
    name: string;
    type: K;
    of: (row: T) => ColumnValues[K] | null;
    /** False: not in CSV, whose columns are a contract of their own. */
    inSheet?: false;
  };
}[ColumnType];

/** The latest instant that a date can be (ECMAScript, 21.4.1.1). */
const latest = 8.64e15;

/** A time for a column; null where it is not known or is none that a calendar has. */
export const instantOf = (time: number | null | undefined): number | null =>
  time === null || time === undefined || Math.abs(time) > latest ? null : time;

/** The first line of a table as CSV. */
export const sheetHeader = <T>(columns: readonly Column<T>[]): string =>
  csvRow(columns.filter(({ inSheet }) => inSheet !== false).map(({ name }) => name));

/** Rows as CSV: UTF-8, CRLF, cells that a spreadsheet would run as formulas made text. Lists are joined by `; `. */
export function sheetRows<T>(columns: readonly Column<T>[]): (row: T) => string {
  const shown = columns.filter(({ inSheet }) => inSheet !== false);
  return (row) => csvRow(shown.map((column) => cellOf(column, row)));
}

function cellOf<T>(column: Column<T>, row: T): string | number {
  switch (column.type) {
    case 'text':
    case 'day':
      return column.of(row) ?? '';
    case 'integer':
      return column.of(row) ?? '';
    case 'flag': {
      const value = column.of(row);
      return value === null ? '' : value ? 'yes' : 'no';
    }
    case 'time': {
      const value = column.of(row);
      return value === null ? '' : formatTime(value);
    }
    case 'texts':
      return (column.of(row) ?? []).join('; ');
    case 'sums':
      return [...(column.of(row) ?? [])].map(([name, sum]) => `${name} ${sum}`).join('; ');
  }
}
