/**
 * One escaper for each language. What signatures and command lines hold is not trusted: whatever comes in, one literal or name
 * comes out, and reading it in that language gives the same text again. Only NUL, which no engine takes in text, is dropped.
 */
const withoutNul = (text: string): string => text.replaceAll('\0', '');

/** A text in standard SQL (PostgreSQL with standard_conforming_strings, DuckDB, Athena): quotes are doubled, backslashes are text. */
export const sqlText = (text: string): string => `'${withoutNul(text).replaceAll("'", "''")}'`;

/**
 * A text where the backslash escapes: BigQuery (Lexical structure, Escape sequences), Snowflake (String & binary data types, Escape
 * sequences in single-quoted string constants), ClickHouse (Syntax, String literals).
 */
export const sqlEscapedText = (text: string): string =>
  `'${withoutNul(text).replace(/[\\'\n\r\t]/g, (character) => sqlEscapes[character] ?? character)}'`;
const sqlEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A name in standard SQL, in double quotes. */
export const sqlName = (name: string): string => `"${withoutNul(name).replaceAll('"', '""')}"`;

/** A name in backticks, in which the backslash escapes (BigQuery, ClickHouse). */
export const sqlBacktickName = (name: string): string =>
  `\`${withoutNul(name).replace(/[\\`\n\r\t]/g, (character) => (character === '`' ? '\\`' : (sqlEscapes[character] ?? character)))}\``;

/** What stands behind a comment sign must not leave its line. */
export const commentText = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ');
