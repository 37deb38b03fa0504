import { type TableFormat, tableNames } from './common/format.js';
import { jsonLine, jsonRow } from './common/json.js';

/** One JSON object a line, with the values as they are. */
export const tableFormat: TableFormat = {
  title: 'JSON, one object a line',
  endings: ['.ndjson', '.jsonl'],
  binary: false,
  tables: tableNames,
  async write({ columns }, pages, sink) {
    for await (const page of pages) await sink.write(page.map((row) => jsonLine(jsonRow(columns, row))).join(''));
  },
};
