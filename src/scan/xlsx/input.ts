import { InputError } from '../decompress.js';
import type { Input, InputSource } from '../input.js';
import { holdsTable, sheetCsv } from './sheet.js';
import { openWorkbook } from './workbook.js';

type SheetSource = Extract<InputSource, { kind: 'sheet' }>;

/** One sheet of a workbook as an input: a table in CSV. */
export const sheetInput = (source: SheetSource): Input => ({
  name: source.name,
  modified: source.modified,
  size: source.size,
  source,
  bytes: async () => {
    const workbook = await openWorkbook(source.path);
    const sheet = workbook.sheets[source.sheet];
    if (sheet === undefined || sheetName(source.path, sheet) !== source.name)
      throw new InputError('is no longer in its workbook, which was changed meanwhile: scan it again');
    return sheetCsv(workbook, sheet);
  },
});

const sheetName = (path: string, { name, hidden }: { name: string; hidden: boolean }): string =>
  `${path}/${name}${hidden ? ' (hidden)' : ''}`;

/** The sheets of a workbook that hold a table, as inputs, in their order; a damaged one is told to `problem`. @throws InputError where it is no workbook */
export async function* sheetInputs(
  path: string,
  modified: number,
  problem: (name: string, error: unknown) => void,
): AsyncGenerator<Input> {
  const workbook = await openWorkbook(path);
  if (workbook.sheets.length === 0)
    throw new InputError('is a workbook without sheets that can be read: save it again');
  for (const [index, sheet] of workbook.sheets.entries()) {
    const name = sheetName(path, sheet);
    try {
      if (!(await holdsTable(workbook, sheet))) continue;
    } catch (error) {
      problem(name, error);
      continue;
    }
    yield sheetInput({ kind: 'sheet', name, path, sheet: index, modified, size: sheet.entry.uncompressedSize });
  }
}
