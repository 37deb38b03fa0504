import { nearest } from '../../../core/problem.js';
import { type ColumnKey, type ColumnNames, columnKeys } from './export.js';

/**
 * Reads `time=ts,user=cs_username,device=`: the columns of a table by key, over those that it has by default. An empty name: the
 * table has no such column. A backslash in front of a comma or backslash makes it part of the name.
 * @returns the columns, or a sentence that says what is wrong
 */
export function parseColumns(text: string, defaults: ColumnNames): ColumnNames | string {
  const columns: Partial<Record<ColumnKey, string>> = { ...defaults };
  for (const part of split(text)) {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim();
    const key = columnKeys.find((known) => known === name);
    if (key === undefined) {
      const meant = nearest(name, columnKeys);
      return `"${name}" is no column key${meant === undefined ? '' : `; did you mean ${meant}?`} (there are ${columnKeys.join(', ')})`;
    }
    if (equals < 0) return `"${name}" has no column: write ${name}=COLUMN, or ${name}= where the table has none`;
    const column = part.slice(equals + 1).trim();
    if (column === '') delete columns[key];
    else columns[key] = column;
  }
  if (columns.host === undefined && columns.url === undefined && columns.user_agent === undefined)
    return 'nothing is left that signatures could match: name a column for host, url or user_agent';
  return columns;
}

function split(text: string): string[] {
  const parts = [''];
  for (const piece of text.match(/\\[\\,]|[\s\S]/g) ?? []) {
    if (piece === ',') parts.push('');
    else parts[parts.length - 1] += piece.length === 2 ? piece.slice(1) : piece;
  }
  return parts.filter((part) => part.trim() !== '');
}
