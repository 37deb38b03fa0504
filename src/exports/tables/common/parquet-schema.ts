import type { ColumnSource } from 'hyparquet-writer';
import type { Column, ColumnType } from '../../../core/columns.js';

const dayMs = 86_400_000;

/** Elements of a Parquet schema (parquet-format, LogicalTypes.md), depth first. */
type Element = ConstructorParameters<typeof import('hyparquet-writer').ParquetWriter>[0]['schema'][number];

const utf8 = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const;
const int64 = { type: 'INT64' } as const;

const elements: Record<ColumnType, (name: string) => Element[]> = {
  text: (name) => [{ name, ...utf8, repetition_type: 'OPTIONAL' }],
  integer: (name) => [{ name, ...int64, repetition_type: 'OPTIONAL' }],
  flag: (name) => [{ name, type: 'BOOLEAN', repetition_type: 'OPTIONAL' }],
  day: (name) => [
    { name, type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' }, repetition_type: 'OPTIONAL' },
  ],
  time: (name) => [
    {
      name,
      ...int64,
      converted_type: 'TIMESTAMP_MILLIS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
      repetition_type: 'OPTIONAL',
    },
  ],
  texts: (name) => [
    { name, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' }, repetition_type: 'OPTIONAL' },
    { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
    { name: 'element', ...utf8, repetition_type: 'REQUIRED' },
  ],
  sums: (name) => [
    { name, num_children: 1, converted_type: 'MAP', logical_type: { type: 'MAP' }, repetition_type: 'OPTIONAL' },
    { name: 'key_value', num_children: 2, repetition_type: 'REPEATED' },
    { name: 'key', ...utf8, repetition_type: 'REQUIRED' },
    { name: 'value', ...int64, repetition_type: 'REQUIRED' },
  ],
};

/** The schema of a file with these columns. */
export const parquetSchema = <T>(columns: readonly Column<T>[]): Element[] => [
  { name: 'schema', num_children: columns.length },
  ...columns.flatMap(({ name, type }) => elements[type](name)),
];

/** The values of a column in the types of its schema. */
export function parquetColumn<T>(column: Column<T>, rows: readonly T[]): ColumnSource {
  return { name: column.name, data: valuesOf(column, rows) };
}

function valuesOf<T>(column: Column<T>, rows: readonly T[]): unknown[] {
  const { type } = column;
  switch (type) {
    case 'integer':
    case 'time':
      return rows.map((row) => {
        const value = column.of(row);
        return value === null ? null : BigInt(value);
      });
    case 'day':
      return rows.map((row) => {
        const value = column.of(row);
        return value === null ? null : Date.parse(`${value}T00:00:00Z`) / dayMs;
      });
    case 'sums':
      return rows.map((row) => [...(column.of(row) ?? [])].map(([key, value]) => ({ key, value: BigInt(value) })));
    default:
      return rows.map((row) => column.of(row));
  }
}
