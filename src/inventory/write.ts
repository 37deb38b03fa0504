import { stringify } from 'yaml';
import type { InventoryEntry } from '../core/register.js';
import { csvCell, joinList } from './csv-cells.js';
import { columnNames, fieldNames } from './fields.js';

/** The inventory as YAML, fields in the order of the documentation; what nobody filled in is left out. */
export function toYaml(entries: readonly InventoryEntry[]): string {
  return stringify(entries.map(filled), { lineWidth: 0, aliasDuplicateObjects: false });
}

function filled(entry: InventoryEntry): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const name of fieldNames) {
    const value = entry[name];
    if (value === undefined || (typeof value === 'object' && Object.values(value).every(isEmpty))) continue;
    out[name] = isParts(value) ? Object.fromEntries(Object.entries(value).filter(([, part]) => !isEmpty(part))) : value;
  }
  return out;
}

const isEmpty = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0);
const isParts = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The inventory as CSV with every column, one entry a row. Cells that a spreadsheet would run as a formula begin with an apostrophe,
 * which reading takes away again.
 */
export function toCsv(entries: readonly InventoryEntry[]): string {
  const rows = entries.map((entry) => columnNames.map((column) => csvCell(cellText(entry, column))).join(','));
  return [columnNames.join(','), ...rows, ''].join('\n');
}

/** What the CSV form holds in a column, without quotes and guard. */
export function cellText(entry: InventoryEntry, column: string): string {
  switch (column) {
    case 'decommission_status':
      return entry.decommission?.status ?? '';
    case 'decommission_date':
      return entry.decommission?.date ?? '';
    case 'exception_until':
      return entry.exception?.until ?? '';
    case 'exception_controls':
      return joinList(entry.exception?.controls ?? []);
    case 'exception_renewals':
      return String(entry.exception?.renewals ?? '');
    case 'sensitive_sources':
      return Object.entries(entry.sensitive_sources)
        .map(([source, how]) => `${source}=${how}`)
        .join(';');
    default: {
      const value = entry[column as keyof InventoryEntry];
      return Array.isArray(value) ? joinList(value) : String(value ?? '');
    }
  }
}
