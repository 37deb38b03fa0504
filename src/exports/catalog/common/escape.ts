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

/** A field of a CSV file (RFC 4180) that a machine reads: always in quotes, so that nothing is taken for a number or a formula's start. */
export const csvField = (text: string): string => `"${withoutNul(text).replaceAll('"', '""')}"`;

/** A text in KQL, in double quotes. Source: Kusto documentation, "The string data type", escape sequences. */
export const kqlText = (text: string): string =>
  `"${withoutNul(text).replace(/[\\"\p{Cc}\u2028\u2029]/gu, (character) => (character === '\\' || character === '"' ? `\\${character}` : `\\u${hex(character)}`))}"`;

/** A name of a column or table in KQL: `['name']`. Source: Kusto documentation, "Entity names". */
export const kqlName = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? `['${name}']` : `[${kqlText(name)}]`);

/**
 * A text in SPL's eval and search, in double quotes; there the backslash escapes itself and the quote. Line ends are dropped: a search
 * has no escape for them. Source: Splunk Search Manual, "Quotation marks" and "Backslashes".
 */
export const splText = (text: string): string =>
  `"${withoutNul(text)
    .replace(/[\r\n]/g, '')
    .replace(/[\\"]/g, '\\$&')}"`;

/** A name of a field in SPL's eval, in single quotes; a quote within is not possible in a field's name, so it is dropped. */
export const splField = (name: string): string => `'${withoutNul(name).replace(/['\r\n]/g, '')}'`;

/** A text in YAML, in double quotes (YAML 1.2, section 5.7), with `*`, `?` and `\` escaped for Sigma where they are no wildcards. */
export const sigmaText = (text: string): string => yamlText(text.replace(/[\\*?]/g, '\\$&'));

/** A text in YAML, in double quotes. JSON's escapes are YAML's. */
export const yamlText = (text: string): string =>
  JSON.stringify(withoutNul(text)).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (character) => `\\u${hex(character)}`);

/** A field of a Zeek intelligence file: tabs and line ends separate, so they become blanks; empty is `-`. */
export const zeekField = (text: string): string => {
  const field = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return field === '' || field === '-' ? '-' : field;
};

/** A line of a Suricata data set of type string: Base64 of the bytes. */
export const suricataEntry = (text: string): string => Buffer.from(text).toString('base64');

/** A value in a Suricata rule, in quotes: what the language uses and what is not plain ASCII is written in hex, `|3b|`. */
export const suricataContent = (text: string): string =>
  `"${[...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return byte < 0x20 || byte > 0x7e || /[";:\\|]/.test(character)
        ? `|${byte.toString(16).padStart(2, '0')}|`
        : character;
    })
    .join('')}"`;

/** Text of a rule's `msg`, which has no hex form: what the language uses is left out. */
export const suricataMessage = (text: string): string =>
  `"${text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ').replace(/[";\\]/g, '')}"`;

const hex = (character: string): string => character.charCodeAt(0).toString(16).padStart(4, '0');
