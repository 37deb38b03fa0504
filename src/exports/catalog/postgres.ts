import { sqlName, sqlText } from './common/escape.js';
import { common, createAndInsert, type Dialect } from './common/sql/dialect.js';
import { sqlExport } from './common/sql/export.js';

const names = { name: sqlName, textType: 'TEXT', numberType: 'BIGINT' };

/** PostgreSQL 13 and later, databases in UTF-8. Source of the functions: postgresql.org/docs/current/functions.html. */
const dialect: Dialect = {
  ...common,
  ...names,
  text: sqlText,
  asText: (expression) => `CAST(${expression} AS TEXT)`,
  // The type for addresses is cast with its netmask.
  address: (expression) => `regexp_replace(CAST(${expression} AS TEXT), '/(32|128)$', '')`,
  trim: (expression) => `BTRIM(${expression}, E' \\t\\r\\n')`,
  whole: (expression) =>
    `CASE WHEN CAST(${expression} AS TEXT) ~ '^[0-9]{1,15}$' THEN CAST(CAST(${expression} AS TEXT) AS BIGINT) END`,
  matches: (expression, pattern) => `(${expression} ~ ${pattern})`,
  extract: (expression, pattern) => `(regexp_match(${expression}, ${pattern}))[1]`,
  without: (expression, pattern) => `regexp_replace(${expression}, ${pattern}, '', 'g')`,
  nfkc: (expression) => `normalize(${expression}, NFKC)`,
  instant: (column, type) =>
    type === 'timestamp'
      ? `CAST(${column} AS TIMESTAMPTZ)`
      : `to_timestamp(CAST(${column} AS DOUBLE PRECISION)${type === 'epoch' ? '' : ' / 1000'})`,
  day: (instant, zone) => `to_char(${instant} AT TIME ZONE ${zone}, 'YYYY-MM-DD')`,
  stamp: (instant) => `to_char(${instant} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  session: ['SET standard_conforming_strings = on', "SET TIME ZONE 'UTC'"],
  materialized: ' MATERIALIZED',
  table: createAndInsert(names, (name, columns) => [
    `DROP TABLE IF EXISTS ${name}`,
    `CREATE TABLE ${name} (${columns})`,
  ]),
  longestStatement: 200_000,
};

export const catalogExport = sqlExport('PostgreSQL', dialect);
