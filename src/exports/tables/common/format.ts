import type { Column } from '../../../core/columns.js';

export const tableNames = ['usage', 'findings', 'inventory'] as const;
export type TableName = (typeof tableNames)[number];

/** A table for others: what it is made of, whatever it is written as. */
export interface Table<T> {
  name: TableName;
  columns: readonly Column<T>[];
  /** A row as an event of the Open Cybersecurity Schema Framework; undefined: the framework has no class for such rows. */
  event: ((row: T) => Record<string, unknown>) | undefined;
}

/** Where a format writes to. The promise is kept when there is room for more. */
export interface Sink {
  write(part: string | Uint8Array): Promise<void>;
}

/** One form of tables. A file of this folder exports it as `tableFormat`. */
export interface TableFormat {
  title: string;
  /** Endings of file names that mean it, the usual one first; none where another format has them. */
  endings: readonly string[];
  /** It is for programs alone: a terminal gets none of it. */
  binary: boolean;
  /** Tables that it can say. */
  tables: readonly TableName[];
  /** Writes all pages as they come and holds a bounded number of rows. */
  write<T>(table: Table<T>, pages: AsyncIterable<readonly T[]>, sink: Sink): Promise<void>;
}
