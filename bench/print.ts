/** Prints rows of text under each other: the first column to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(`  ${cells.join('  ')}`.trimEnd());
  }
}

export const count = (value: number): string => Math.round(value).toLocaleString('en-US');
export const seconds = (value: number): string => value.toFixed(value < 1 ? 3 : 2);
export const times = (value: number): string => `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} x`;
export const megabytes = (bytes: number): string => count(bytes / 1e6);

/** Prints what is wrong with an answer and ends the program: nothing is measured where the answer differs. */
export function failOn(what: string, wrong: readonly string[]): void {
  if (wrong.length === 0) return;
  console.error(`WRONG ANSWER of ${what}: ${wrong.length} differences`);
  for (const sentence of wrong.slice(0, 20)) console.error(`  ${sentence}`);
  process.exitCode = 1;
  throw new WrongAnswer(what);
}

export class WrongAnswer extends Error {}
