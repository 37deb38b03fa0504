import type { Column } from '../../../core/columns.js';
import { safeJson } from '../../../core/terminal.js';
import { formatTime } from '../../../core/time.js';

/** Values as one line of JSON. A terminal can be shown it: what it would obey stands as an escape that JSON knows. */
export const jsonLine = (value: Readonly<Record<string, unknown>>): string => `${safeJson(JSON.stringify(value))}\n`;

/** A row as plain JSON: times in RFC 3339, what is not known is null. */
export const jsonRow = <T>(columns: readonly Column<T>[], row: T): Record<string, unknown> =>
  Object.fromEntries(columns.map((column) => [column.name, jsonValue(column, row)]));

function jsonValue<T>(column: Column<T>, row: T): unknown {
  switch (column.type) {
    case 'time': {
      const value = column.of(row);
      return value === null ? null : formatTime(value);
    }
    case 'sums': {
      const value = column.of(row);
      return value === null ? null : Object.fromEntries(value);
    }
    default:
      return column.of(row);
  }
}
