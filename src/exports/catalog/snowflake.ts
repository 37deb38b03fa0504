import { sqlEscapedText, sqlName } from './common/escape.js';
import { ownColumns } from './common/export.js';
import { common, createAndInsert, type Dialect } from './common/sql/dialect.js';
import { sqlExport } from './common/sql/export.js';

/** Columns of the lookup tables are named without quotes, so that the query finds them however Snowflake folds their case. */
const types = { name: (name: string) => name, textType: 'VARCHAR', numberType: 'BIGINT' };

/** Infinity and NaN, which are doubles too, are no whole numbers: the cast would end the query. */
const inRange = (number: string, limit: string): string => `IFF(ABS(${number}) < ${limit}, ${number}, NULL)`;

/**
 * Snowflake. Source: docs.snowflake.com/en/sql-reference (data-types-text, identifiers-syntax, functions-regexp, functions/
 * try_to_timestamp, convert_timezone, to_char; sql/insert). Its regular expressions have no groups that do not capture.
 */
const dialect: Dialect = {
  ...common,
  name: sqlName,
  text: sqlEscapedText,
  asText: (expression) => `TO_VARCHAR(${expression})`,
  address: (expression) => `TO_VARCHAR(${expression})`,
  trim: (expression) => `TRIM(${expression}, ' \\t\\r\\n')`,
  whole: (expression) => `TRY_TO_NUMBER(REGEXP_SUBSTR(TO_VARCHAR(${expression}), '^[0-9]{1,15}$'))`,
  matches: (expression, pattern) => `(REGEXP_INSTR(${expression}, ${pattern}) > 0)`,
  extract: (expression, pattern) => `REGEXP_SUBSTR(${expression}, ${pattern}, 1, 1, 'e', 1)`,
  without: (expression, pattern) => `REGEXP_REPLACE(${expression}, ${pattern}, '')`,
  instant: (column, type) =>
    type === 'timestamp'
      ? `TRY_TO_TIMESTAMP_TZ(TO_VARCHAR(${column}))`
      : `TO_TIMESTAMP_LTZ(CAST(FLOOR(${inRange(`TRY_TO_DOUBLE(TO_VARCHAR(${column}))`, type === 'epoch' ? '1e11' : '1e14')}${type === 'epoch' ? ' * 1000' : ''}) AS NUMBER(38, 0)), 3)`,
  day: (instant, zone) => `TO_CHAR(CONVERT_TIMEZONE(${zone}, ${instant}), 'YYYY-MM-DD')`,
  stamp: (instant) => `TO_CHAR(CONVERT_TIMEZONE('UTC', ${instant}), 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"')`,
  // An account may have other forms, in which a time would not survive being text.
  session: [
    "ALTER SESSION SET TIMEZONE = 'UTC'",
    "ALTER SESSION SET TIMESTAMP_INPUT_FORMAT = 'AUTO'",
    "ALTER SESSION SET TIMESTAMP_OUTPUT_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM'",
    "ALTER SESSION SET TIMESTAMP_NTZ_OUTPUT_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF3'",
  ],
  table: createAndInsert(types, (name, columns) => [`CREATE OR REPLACE TABLE ${name} (${columns})`]),
  longestStatement: 200_000,
};

const upper = (columns: object) => Object.fromEntries(Object.keys(columns).map((key) => [key, key.toUpperCase()]));

export const catalogExport = sqlExport(
  'Snowflake',
  dialect,
  ['Names of tables and columns are as Snowflake stores them: in capitals, unless they were made in quotes.'],
  { table: 'LOGS', columns: { web: upper(ownColumns.web), dns: upper(ownColumns.dns) } },
);
