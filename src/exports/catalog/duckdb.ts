import { sqlName, sqlText } from './common/escape.js';
import { common, createAndInsert, type Dialect } from './common/sql/dialect.js';
import { sqlExport } from './common/sql/export.js';

const names = { name: sqlName, textType: 'VARCHAR', numberType: 'BIGINT' };

/** DuckDB 1.1 and later. Source of the functions: duckdb.org/docs/stable/sql/functions (text, regular expressions, timestamptz). */
const dialect: Dialect = {
  ...common,
  ...names,
  text: sqlText,
  trim: (expression) => `TRIM(${expression}, E' \\t\\r\\n')`,
  whole: (expression) =>
    `CASE WHEN regexp_full_match(CAST(${expression} AS VARCHAR), '[0-9]{1,15}') THEN TRY_CAST(${expression} AS BIGINT) END`,
  matches: (expression, pattern) => `regexp_matches(${expression}, ${pattern})`,
  extract: (expression, pattern) => `regexp_extract(${expression}, ${pattern}, 1)`,
  without: (expression, pattern) => `regexp_replace(${expression}, ${pattern}, '', 'g')`,
  decoded: (expression) =>
    `CASE WHEN strpos(${expression}, '%') > 0 THEN url_decode(${expression}) ELSE ${expression} END`,
  instant: (column, type) =>
    type === 'timestamp'
      ? `TRY_CAST(${column} AS TIMESTAMPTZ)`
      : `TRY_CAST(make_timestamp(CAST(FLOOR(TRY_CAST(${column} AS DOUBLE) * ${type === 'epoch' ? 1000 : 1}) AS BIGINT) * 1000) AS TIMESTAMPTZ)`,
  day: (instant, zone) => `strftime(timezone(${zone}, ${instant}), '%Y-%m-%d')`,
  stamp: (instant) => `strftime(timezone('UTC', ${instant}), '%Y-%m-%dT%H:%M:%S.%gZ')`,
  session: ["SET TimeZone = 'UTC'"],
  materialized: ' MATERIALIZED',
  table: createAndInsert(names, (name, columns) => [`CREATE OR REPLACE TABLE ${name} (${columns})`]),
  longestStatement: 200_000,
};

export const catalogExport = sqlExport('DuckDB', dialect);
