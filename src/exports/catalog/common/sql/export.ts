import { type CatalogExport, ownColumns } from '../export.js';
import type { Dialect } from './dialect.js';
import { rollupQuery } from './query.js';
import { comment, script, tablesScript } from './tables.js';

/** The export for an engine that speaks SQL: a script that makes the lookup tables, and the query. `notes`: what this engine cannot. */
export function sqlExport(
  title: string,
  dialect: Dialect,
  notes: readonly string[] = [],
  given: Partial<Pick<CatalogExport, 'table' | 'columns'>> = {},
): CatalogExport {
  return {
    title,
    summary: `tables of signatures and a roll-up query for ${title}`,
    table: 'logs',
    columns: ownColumns,
    rollUp: true,
    comment: '--',
    ...given,
    write(plan, options) {
      const head = comment('--', [
        `AI use in ${options.table} by service, who and day (${options.timezone}), for ${title}. Made by "halflight catalog export".`,
        'Save the result as CSV with a header line, or as one JSON object a line: "halflight scan" reads it.',
        ...notes,
      ]);
      return [
        { name: 'tables.sql', content: tablesScript(dialect, plan, options, title) },
        {
          name: 'rollup.sql',
          content: `${head}\n\n${script([...dialect.session, rollupQuery(dialect, plan, options)])}`,
        },
      ];
    },
  };
}
