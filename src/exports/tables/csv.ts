import { sheetHeader, sheetRows } from '../../core/columns.js';
import { type TableFormat, tableNames } from './common/format.js';

/** For spreadsheets (RFC 4180): a cell that one would run as a formula is text, and invisible characters are shown. */
export const tableFormat: TableFormat = {
  title: 'CSV for spreadsheets',
  endings: ['.csv'],
  binary: false,
  tables: tableNames,
  async write(table, pages, sink) {
    const row = sheetRows(table.columns);
    await sink.write(sheetHeader(table.columns));
    for await (const page of pages) await sink.write(page.map(row).join(''));
  },
};
