import { sqlBacktickName, sqlEscapedText } from './common/escape.js';
import { common, createAndInsert, type Dialect } from './common/sql/dialect.js';
import { sqlExport } from './common/sql/export.js';

const names = { name: sqlBacktickName, textType: 'String', numberType: 'Int64' };
const asText = (expression: string): string => `CAST(${expression} AS Nullable(String))`;

/**
 * ClickHouse 24.3 and later. Source: clickhouse.com/docs/sql-reference (syntax, functions/string-search-functions,
 * string-replace-functions, type-conversion-functions, date-time-functions, url-functions; settings: join_use_nulls).
 */
const dialect: Dialect = {
  ...common,
  ...names,
  nothing: 'CAST(NULL AS Nullable(String))',
  text: sqlEscapedText,
  asText,
  address: asText,
  trim: (expression) => `replaceRegexpAll(${expression}, '^[ \\t\\r\\n]+|[ \\t\\r\\n]+$', '')`,
  whole: (expression) => `toInt64OrNull(extract(ifNull(${asText(expression)}, ''), '^[0-9]{1,15}$'))`,
  matches: (expression, pattern) => `match(${expression}, ${pattern})`,
  extract: (expression, pattern) => `extract(${expression}, ${pattern})`,
  without: (expression, pattern) => `replaceRegexpAll(${expression}, ${pattern}, '')`,
  nfkc: (expression) => `normalizeUTF8NFKC(${expression})`,
  decoded: (expression) => `decodeURLComponent(${expression})`,
  instant: (column, type) =>
    type === 'timestamp'
      ? `toDateTime64(${column}, 3, 'UTC')`
      : `fromUnixTimestamp64Milli(toInt64(floor(toFloat64(${column})${type === 'epoch' ? ' * 1000' : ''})), 'UTC')`,
  day: (instant, zone) => `formatDateTime(${instant}, '%Y-%m-%d', ${zone})`,
  stamp: (instant) => `concat(replaceOne(toString(toDateTime64(${instant}, 3, 'UTC')), ' ', 'T'), 'Z')`,
  // Outer joins fill up with NULL, as in other engines.
  ending: '\nSETTINGS join_use_nulls = 1',
  table: createAndInsert(names, (name, columns) => [
    `CREATE OR REPLACE TABLE ${name} (${columns}) ENGINE = MergeTree ORDER BY tuple()`,
  ]),
  // The parser's default limit (max_query_size) is 262,144 bytes.
  longestStatement: 200_000,
};

export const catalogExport = sqlExport('ClickHouse', dialect, [
  'With --time timestamp the time column is a DateTime or DateTime64.',
]);
