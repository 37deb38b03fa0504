/** Rows in one statement: `unnest` gains little beyond, and the text of the parameters stays small. */
const batchSize = 2000;

/** The rows in batches, each with the position of its first row. */
export function* batches<T>(rows: readonly T[]): Generator<{ from: number; rows: readonly T[] }> {
  for (let from = 0; from < rows.length; from += batchSize) yield { from, rows: rows.slice(from, from + batchSize) };
}
