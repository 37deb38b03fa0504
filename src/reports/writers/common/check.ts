import type { ReportDocument, TableBlock } from '../../blocks/block.js';

/** Ids become names of files and anchors of a page, so they are no free text. */
const id = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const key = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;

/**
 * Holds a document to its model, once for all writers.
 * @throws Error that names the block, where an id is no word or there twice, a row has not as many cells as there are columns, or a
 *   number is none. A section is wrong then, never a log.
 */
export function checkDocument({ at, blocks }: ReportDocument): void {
  if (!(Number.isInteger(at) && at >= 0 && at < lastTime))
    throw new Error(`The report has no end of its period: at is ${at}.`);
  const seen = new Set(['main', 'about', 'report']);
  for (const block of blocks) {
    if (block.kind === 'bars' && block.bars.some(({ value, before }) => !counts(value) || !counts(before ?? 0)))
      throw new Error(`A bar of "${block.caption}" has no length: values are numbers from 0.`);
    if (block.kind !== 'heading' && block.kind !== 'table') continue;
    if (!id.test(block.id)) throw new Error(`The id ${JSON.stringify(block.id)} of a ${block.kind} is not kebab-case.`);
    if (seen.has(block.id)) throw new Error(`The id ${block.id} is there twice in one report.`);
    seen.add(block.id);
    if (block.kind === 'table') checkTable(block);
  }
}

function checkTable({ id: name, columns, rows, more }: TableBlock): void {
  const keys = new Set(columns.map((column) => column.key));
  if (columns.length === 0 || keys.size < columns.length || columns.some((column) => !key.test(column.key)))
    throw new Error(`The table ${name} needs columns with keys of their own in snake_case.`);
  if (columns.some(({ weight = 1 }) => !(weight > 0 && Number.isFinite(weight))))
    throw new Error(`A column of the table ${name} has a weight that is no share of a width.`);
  const odd = rows.findIndex((row) => row.length !== columns.length);
  if (odd >= 0)
    throw new Error(
      `Row ${odd + 1} of the table ${name} has ${rows[odd]?.length} cells for ${columns.length} columns.`,
    );
  if (!counts(more) || !Number.isInteger(more)) throw new Error(`The table ${name} left out ${more} rows.`);
}

/** The year 9999 ends here: no format of a time goes further. */
const lastTime = 253_402_300_800_000;

const counts = (value: number): boolean => Number.isFinite(value) && value >= 0;
