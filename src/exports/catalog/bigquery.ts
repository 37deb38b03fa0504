import { sqlBacktickName, sqlEscapedText } from './common/escape.js';
import { common, createAndInsert, type Dialect } from './common/sql/dialect.js';
import { sqlExport } from './common/sql/export.js';

const names = { name: sqlBacktickName, textType: 'STRING', numberType: 'INT64' };

/**
 * BigQuery, GoogleSQL. Source: cloud.google.com/bigquery/docs/reference/standard-sql (lexical, string_functions, timestamp_functions,
 * conversion_functions, data-definition-language, dml-syntax).
 */
const dialect: Dialect = {
  ...common,
  ...names,
  nothing: 'CAST(NULL AS STRING)',
  text: sqlEscapedText,
  asText: (expression) => `CAST(${expression} AS STRING)`,
  address: (expression) => `CAST(${expression} AS STRING)`,
  trim: (expression) => `TRIM(${expression})`,
  whole: (expression) => `SAFE_CAST(REGEXP_EXTRACT(CAST(${expression} AS STRING), '^[0-9]{1,15}$') AS INT64)`,
  matches: (expression, pattern) => `REGEXP_CONTAINS(${expression}, ${pattern})`,
  extract: (expression, pattern) => `REGEXP_EXTRACT(${expression}, ${pattern})`,
  without: (expression, pattern) => `REGEXP_REPLACE(${expression}, ${pattern}, '')`,
  nfkc: (expression) => `NORMALIZE(${expression}, NFKC)`,
  // DATETIME and text without a zone are UTC.
  instant: (column, type) =>
    type === 'timestamp'
      ? `SAFE_CAST(CAST(${column} AS STRING) AS TIMESTAMP)`
      : `SAFE.TIMESTAMP_MILLIS(SAFE_CAST(FLOOR(SAFE_CAST(${column} AS FLOAT64)${type === 'epoch' ? ' * 1000' : ''}) AS INT64))`,
  day: (instant, zone) => `FORMAT_TIMESTAMP('%Y-%m-%d', ${instant}, ${zone})`,
  stamp: (instant) => `FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%E3SZ', TIMESTAMP_TRUNC(${instant}, MILLISECOND), 'UTC')`,
  table: createAndInsert(names, (name, columns) => [`CREATE OR REPLACE TABLE ${name} (${columns})`]),
  // The limit of an unresolved query is 1 MB.
  longestStatement: 200_000,
};

export const catalogExport = sqlExport('BigQuery', dialect, [
  'Lookup tables need a data set: give --prefix my_dataset.halflight_ where the session has no default one.',
]);
