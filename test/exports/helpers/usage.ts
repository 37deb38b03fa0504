import { rollupColumns } from '../../../src/core/rollup.js';
import type { Usage } from '../../../src/core/usage.js';
import type { Row } from './engines.js';

/** What was used, one line of text for each row; the source aside. */
export const usageLines = (usage: readonly Usage[]): string[] =>
  usage.map((row) =>
    [
      row.day,
      row.service,
      row.actor.kind,
      row.actor.id,
      row.accountKind,
      row.strength,
      row.confidence,
      row.events,
      row.attempts,
      row.bytesOut,
      row.bytesIn,
      row.first,
      row.last,
    ].join(' | '),
  );

/** The result of a roll-up query as an engine writes it to a CSV file. */
export const rollupCsv = (rows: readonly Row[]): string =>
  [
    rollupColumns.join(','),
    ...rows.map((row) => rollupColumns.map((name) => `"${(row[name] ?? '').replaceAll('"', '""')}"`).join(',')),
  ].join('\n');
