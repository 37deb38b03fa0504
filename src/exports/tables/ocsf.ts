import type { TableFormat } from './common/format.js';
import { jsonLine } from './common/json.js';

/** Events of the Open Cybersecurity Schema Framework, one a line: findings as 2004, the inventory as 5023. */
export const tableFormat: TableFormat = {
  title: 'OCSF events, one a line',
  endings: [],
  binary: false,
  // The framework has no class for a day's use, summed up.
  tables: ['findings', 'inventory'],
  async write({ name, event }, pages, sink) {
    if (event === undefined) throw new Error(`OCSF has no class for rows of ${name}`);
    for await (const page of pages) await sink.write(page.map((row) => jsonLine(event(row))).join(''));
  },
};
