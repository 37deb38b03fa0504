import { sheetHeader, sheetRows } from '../core/columns.js';
import type { Usage } from '../core/usage.js';
import { usageColumns } from '../core/usage-columns.js';
import type { Labels } from './people.js';

/** usage.csv: one row for each row of the roll-up. UTF-8, CRLF, cells that a spreadsheet would run as formulas made text. */
export function usageToCsv(usage: readonly Usage[], labels: Labels, vendorOf: (service: string) => string): string {
  const columns = usageColumns({ actor: labels.actor, group: labels.group, vendor: vendorOf });
  // Row by row: all cells of a large roll-up at once would be the largest thing in memory.
  return sheetHeader(columns) + usage.map(sheetRows(columns)).join('');
}
