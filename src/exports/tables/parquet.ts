import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { type Sink, type Table, type TableFormat, tableNames } from './common/format.js';
import { parquetColumn, parquetSchema } from './common/parquet-schema.js';

/** Rows of a row group: the memory that writing takes, and the least that a reader reads. */
const groupRows = 32_768;

/** Apache Parquet for warehouses and data frames, with typed columns. */
export const tableFormat: TableFormat = {
  title: 'Apache Parquet',
  endings: ['.parquet'],
  binary: true,
  tables: tableNames,
  async write(table, pages, sink) {
    const bytes = new ByteWriter();
    const file = new ParquetWriter({
      writer: bytes,
      schema: parquetSchema(table.columns),
      createdBy: 'Halflight',
    });
    for await (const group of groupsOf(pages)) {
      await writeGroup(file, table, group);
      await moveOut(bytes, sink);
    }
    await file.finish();
    await moveOut(bytes, sink);
  },
};

const writeGroup = <T>(file: ParquetWriter, { columns }: Table<T>, rows: readonly T[]) =>
  file.write({ columnData: columns.map((column) => parquetColumn(column, rows)), rowGroupSize: rows.length });

/** What was written so far leaves the buffer; the writer counts its offsets from the beginning. */
async function moveOut(bytes: ByteWriter, sink: Sink): Promise<void> {
  await sink.write(bytes.getBytes());
  bytes.index = 0;
}

async function* groupsOf<T>(pages: AsyncIterable<readonly T[]>): AsyncGenerator<readonly T[]> {
  let group: T[] = [];
  for await (const page of pages) {
    for (const row of page) {
      group.push(row);
      if (group.length < groupRows) continue;
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}
