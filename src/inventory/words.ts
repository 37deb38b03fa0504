import type { InventoryEntry } from '../core/register.js';

/** Numbers and names as sentences show them; the same on every machine. */
export const number = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');

export const count = (value: number, one: string, many = `${one}s`): string =>
  `${number(value)} ${value === 1 ? one : many}`;

export const percent = (part: number, whole: number): string =>
  whole === 0 ? '0 %' : `${Math.round((part / whole) * 100)} %`;

/** `a`, `a and b`, `a, b and c`; the rest is counted after the fifth. */
export function listed(items: readonly string[]): string {
  const shown = items.length > 5 ? [...items.slice(0, 4), `${items.length - 4} more`] : [...items];
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

export const entryLabel = (entry: InventoryEntry): string =>
  entry.name === entry.id ? `Entry ${entry.id}` : `Entry ${entry.id} (${entry.name})`;

/** Bytes as a person reads them: decimal units. */
export function bytes(value: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 ? number(size) : size.toFixed(1)} ${units[unit] ?? ''}`;
}
