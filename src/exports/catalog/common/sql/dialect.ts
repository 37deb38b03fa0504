import type { TimeType } from '../export.js';

/** What differs between SQL engines. Every argument but texts and names is an expression, and so is every result. */
export interface Dialect {
  /** A literal; the escaper. */
  text(value: string): string;
  /** One quoted name. */
  name(value: string): string;
  /** Types of columns of the lookup tables. */
  readonly textType: string;
  readonly numberType: string;
  /** NULL as a text. */
  readonly nothing: string;
  /** Control characters, as part of a bracket expression. */
  readonly control: string;
  /** Anything as text. */
  asText(expression: string): string;
  /** An address as text, whatever the type of the column. */
  address(expression: string): string;
  /** Without white space at both ends. */
  trim(expression: string): string;
  /** Whole numbers of up to 15 digits, whatever the type of the column; NULL for anything else. */
  whole(expression: string): string;
  /** True where the pattern is found anywhere; `pattern` may be a column. */
  matches(expression: string, pattern: string): string;
  /** The only group of a pattern, a literal; NULL or the empty text where it does not match. */
  extract(expression: string, pattern: string): string;
  /** All matches replaced by nothing; `pattern` is a literal. */
  without(expression: string, pattern: string): string;
  /** Compatibility composition (NFKC) of text, where the engine has it; else as it is. */
  nfkc(expression: string): string;
  /** `%41` decoded, broken encodings as they are, where the engine can; else as it is. */
  decoded(expression: string): string;
  /** A point in time, from the column; NULL where it is none and the engine can tell. */
  instant(column: string, type: TimeType): string;
  /** `2026-03-01` of an instant in a zone, a literal. */
  day(instant: string, zone: string): string;
  /** `2026-03-01T23:59:59.999Z` of an instant, cut to milliseconds. */
  stamp(instant: string): string;
  /** Statements before the first query of a session. */
  readonly session: readonly string[];
  /** Behind `WITH name AS`, for parts that are used several times. */
  readonly materialized: string;
  /** At the end of the query. */
  readonly ending: string;
  /** Statements that make a table anew and fill it; rows are lists of literals, in portions. */
  table(name: string, columns: readonly Column[], portions: readonly (readonly string[])[]): string[];
  /** Longest statement in characters that the engine takes. */
  readonly longestStatement: number;
}

export interface Column {
  readonly name: string;
  readonly type: 'text' | 'number';
}

/** `security.halflight_` and `rules` -> a quoted name of several parts. */
export const tableName = (dialect: Dialect, ...parts: readonly string[]): string =>
  parts
    .join('')
    .split('.')
    .map((part) => dialect.name(part))
    .join('.');

/** What standard SQL and most engines do alike. */
export const common = {
  textType: 'VARCHAR',
  nothing: 'CAST(NULL AS VARCHAR)',
  control: '[:cntrl:]',
  numberType: 'BIGINT',
  asText: (expression: string): string => `CAST(${expression} AS VARCHAR)`,
  address: (expression: string): string => `CAST(${expression} AS VARCHAR)`,
  nfkc: (expression: string): string => expression,
  decoded: (expression: string): string => expression,
  session: [] as readonly string[],
  materialized: '',
  ending: '',
};

/** A table that is dropped, created and filled by INSERT. */
export function createAndInsert(
  dialect: Pick<Dialect, 'name' | 'textType' | 'numberType'>,
  create: (name: string, columns: string) => readonly string[],
): Dialect['table'] {
  return (name, columns, portions) => [
    ...create(
      name,
      columns
        .map(
          (column) => `${dialect.name(column.name)} ${column.type === 'text' ? dialect.textType : dialect.numberType}`,
        )
        .join(', '),
    ),
    ...portions.map((rows) => `INSERT INTO ${name} VALUES\n${rows.join(',\n')}`),
  ];
}
