import { csvRow } from '../core/csv-write.js';
import { formatTime } from '../core/time.js';
import type { Usage } from '../core/usage.js';
import type { Labels } from './people.js';

const header = [
  'day',
  'service',
  'vendor',
  'actor',
  'actor_kind',
  'group',
  'source',
  'account_kind',
  'strength',
  'events',
  'attempts',
  'bytes_out',
  'bytes_in',
  'first',
  'last',
];

/** usage.csv: one row for each row of the roll-up. UTF-8, CRLF, cells that a spreadsheet would run as formulas made text. */
export function usageToCsv(usage: readonly Usage[], labels: Labels, vendorOf: (service: string) => string): string {
  // Row by row: all cells of a large roll-up at once would be the largest thing in memory.
  const rows = usage.map((row) =>
    csvRow([
      row.day,
      row.service,
      vendorOf(row.service),
      labels.actor(row.actor),
      row.actor.kind,
      labels.group(row.actor),
      row.source,
      row.accountKind,
      row.strength,
      row.events,
      row.attempts,
      row.bytesOut,
      row.bytesIn,
      row.first === undefined ? '' : formatTime(row.first),
      row.last === undefined ? '' : formatTime(row.last),
    ]),
  );
  return csvRow(header) + rows.join('');
}
