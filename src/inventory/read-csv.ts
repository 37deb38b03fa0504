import type { Problem } from '../core/problem.js';
import { readTable } from '../core/table.js';
import { buildEntries, type RawEntry, type RawValue, unknownField } from './build.js';
import { splitList, undoFormulaGuard } from './csv-cells.js';
import { columnType, fieldName } from './fields.js';
import type { InventoryFile, ReadOptions } from './file.js';

/**
 * Reads the inventory from CSV. Columns are named like the fields; lists are separated by `;`; `sensitive_sources` is
 * `customer-data=masked;code-repositories=excluded`. An unknown column is an error of its own, and the rows stand.
 */
export function readCsvInventory(text: string, options: ReadOptions): InventoryFile {
  const { header, headerLine, rows, problems: found } = readTable(text, options.file);
  const problems: Problem[] = [...found];
  const used = header.map((name) => name !== '' && isColumn(name));
  for (const [index, name] of header.entries()) {
    if (used[index] === true) continue;
    if (name === '' && rows.every((row) => (row.fields[index] ?? '').trim() === '')) continue;
    const message = name === '' ? `column ${index + 1} has no name; name it like a field` : unknownField(name);
    problems.push({ severity: 'error', file: options.file, line: headerLine, field: name, value: name, message });
  }
  const raws = rows.map((row): RawEntry => {
    const fields = header.flatMap((written, index) =>
      used[index] === true ? [{ written, value: readCell(written, row.fields[index] ?? ''), line: row.line }] : [],
    );
    const extra = row.fields.slice(header.length).filter((field) => field.trim() !== '');
    const tooMany: Problem = {
      severity: 'error',
      file: options.file,
      line: row.line,
      field: '',
      value: extra.join(','),
      message: `the row has ${row.fields.length} cells and the header ${header.length}; put " around cells that hold the separator`,
    };
    return { line: row.line, fields, problems: extra.length > 0 ? [tooMany] : [] };
  });
  return buildEntries(raws, options, problems);
}

function isColumn(name: string): boolean {
  const field = columnType(fieldName(name));
  return field !== undefined && field.type !== 'group';
}

function readCell(written: string, cell: string): RawValue {
  const text = undoFormulaGuard(cell).trim();
  const field = columnType(fieldName(written));
  if (text === '') return '';
  if (field?.type === 'list') return splitList(text);
  if (field?.type !== 'protections') return text;
  return new Map(
    splitList(text).map((pair): [string, string] => {
      const equals = pair.indexOf('=');
      return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}
