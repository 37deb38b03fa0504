import { sqlName, sqlText } from './common/escape.js';
import { common, type Dialect } from './common/sql/dialect.js';
import { sqlExport } from './common/sql/export.js';

/**
 * Amazon Athena, engine version 3, which runs Trino. Source: docs.aws.amazon.com/athena, "SQL reference" (CTAS, INSERT INTO, DROP
 * TABLE, names) and "Functions in Amazon Athena"; trino.io/docs/current/functions (regexp, datetime, url, string).
 */
const dialect: Dialect = {
  ...common,
  name: sqlName,
  text: sqlText,
  control: '\\p{Cntrl}',
  trim: (expression) => `TRIM(${expression})`,
  whole: (expression) => `TRY_CAST(regexp_extract(CAST(${expression} AS VARCHAR), '^[0-9]{1,15}$') AS BIGINT)`,
  matches: (expression, pattern) => `regexp_like(${expression}, ${pattern})`,
  extract: (expression, pattern) => `regexp_extract(${expression}, ${pattern}, 1)`,
  without: (expression, pattern) => `regexp_replace(${expression}, ${pattern})`,
  nfkc: (expression) => `normalize(${expression}, NFKC)`,
  // What url_decode makes of a broken encoding is not documented, and TRY does not catch every error of a function.
  decoded: (expression) =>
    `CASE WHEN regexp_like(${expression}, '^([^%]|%[0-9A-Fa-f]{2})*$') THEN url_decode(${expression}) ELSE ${expression} END`,
  // The zone of a session is UTC in Athena.
  instant: (column, type) =>
    type === 'timestamp'
      ? `COALESCE(TRY(from_iso8601_timestamp(CAST(${column} AS VARCHAR))), TRY(CAST(CAST(${column} AS VARCHAR) AS TIMESTAMP WITH TIME ZONE)))`
      : `TRY(from_unixtime(FLOOR(TRY_CAST(${column} AS DOUBLE)${type === 'epoch' ? ' * 1000' : ''}) / 1000))`,
  day: (instant, zone) => `date_format(${instant} AT TIME ZONE ${zone}, '%Y-%m-%d')`,
  stamp: (instant) => `SUBSTR(date_format(${instant} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%i:%s.%f'), 1, 23) || 'Z'`,
  table: (name, columns, [first = [], ...more]) => [
    // Statements of definition take backticks.
    `DROP TABLE IF EXISTS ${name.replaceAll('"', '`')}`,
    `CREATE TABLE ${name} AS SELECT ${columns
      .map((column) => `CAST(v.${column.name} AS ${column.type === 'text' ? 'VARCHAR' : 'BIGINT'}) AS ${column.name}`)
      .join(', ')}\nFROM (VALUES\n${first.join(',\n')}\n) AS v (${columns.map((column) => column.name).join(', ')})`,
    ...more.map((rows) => `INSERT INTO ${name} VALUES\n${rows.join(',\n')}`),
  ],
  // The limit is 262,144 bytes.
  longestStatement: 200_000,
};

export const catalogExport = sqlExport('Amazon Athena', dialect, [
  'Athena runs one statement at a time: run those of tables.sql one by one.',
]);
