import { existsSync, writeFileSync } from 'node:fs';
import { safeLine } from '../../../core/terminal.js';
import { detectFormat } from '../../../formats/common/detect.js';
import { type ExpensePreview, previewExpenses } from '../../../formats/common/expense-preview.js';
import { moneyText } from '../../../formats/common/money.js';
import { allFormats } from '../../../formats/common/registry.js';
import { takeSample } from '../../../formats/common/sample.js';
import type { SourceSetup } from '../../../jobs/setup.js';
import { fitted, wrap } from '../../../reports/text-width.js';
import { withContents } from '../../../scan/archive.js';
import { type Input, openInput } from '../../../scan/input.js';
import { withMapping } from '../../../scan/mapped-formats.js';
import { CliError, exitCodes, explainFileError } from '../errors.js';

/** What a file, an entry of an archive or a sheet will be read as. */
export interface FilePreview {
  file: string;
  format: string | undefined;
  title: string | undefined;
  why: string;
  expenses: ExpensePreview | undefined;
}

/** Files of an archive and sheets of a workbook that are looked at. */
const mostInside = 10;
/** Archives are put on disk to be looked at; larger ones are not. */
const mostBytes = 256 << 20;

/** Looks at the beginning of what a chunk holds. */
export async function previewInput(input: Input, source: SourceSetup): Promise<FilePreview[]> {
  const known = await allFormats();
  const formats = source.mapping === undefined ? known : withMapping(known, source.mapping, source.logZone);
  if ((input.size ?? 0) > mostBytes) return [];
  return withContents(input, async ({ inputs, problems }) => {
    const previews: FilePreview[] = problems.map((why) => ({ file: input.name, ...unread, why }));
    for (const one of inputs.slice(0, mostInside)) {
      const { head, whole, close } = await openInput(one);
      await close();
      const prime = one.prime === undefined ? '' : `${one.prime}\n`;
      const sample = takeSample(
        one.name.slice(one.name.lastIndexOf('/') + 1),
        Buffer.concat([Buffer.from(prime), head]),
        whole,
      );
      const { format, why } =
        source.format === undefined
          ? detectFormat(formats, sample)
          : { format: source.format, why: 'chosen in the configuration' };
      const context = { zone: source.logZone, modified: one.modified, sample };
      previews.push({
        file: one.name,
        format,
        title: formats.get(format ?? '')?.title,
        why,
        expenses: format === 'expense-csv' ? previewExpenses(context) : undefined,
      });
    }
    return previews;
  });
}

const unread = { format: undefined, title: undefined, expenses: undefined };
const width = 80;

/** For people, at 80 columns. */
export function previewLines({ file, format, title, why, expenses }: FilePreview): string[] {
  const inner = (text: string, indent = 4): string[] =>
    wrap(safeLine(text), width - indent).map((line) => ' '.repeat(indent) + line);
  if (format === undefined) return inner(`${file}: not read: ${why}`, 2);
  if (expenses === undefined) return inner(`${file}: read as ${title ?? format} (${format})`, 2);
  const delimiter = expenses.delimiter === '\t' ? 'a tab' : `"${expenses.delimiter}"`;
  const row = ({ line, day, merchant, amount, currency, who }: ExpensePreview['rows'][number]): string => {
    const paid = amount === undefined ? 'no amount' : moneyText(amount, currency);
    return `    ${String(line).padStart(5)}  ${fitted(day, 10)}  ${fitted(safeLine(merchant), 24)}  ${paid.padStart(14)}  ${fitted(safeLine(who), 15).trimEnd()}`;
  };
  return [
    ...inner(`${file}: read as expenses. The header is line ${expenses.line}; ${delimiter} stands between columns.`, 2),
    ...expenses.used.map(
      ({ column, means }) => `    ${fitted(safeLine(column), 30)}  ${fitted(safeLine(means), 42).trimEnd()}`,
    ),
    ...(expenses.unused.length === 0 ? [] : inner(`Left out: ${expenses.unused.join(', ')}`)),
    '    The first rows, as they are read:',
    ...expenses.rows.map(row),
    ...expenses.rejects.flatMap(({ line, reason }) => inner(`Line ${line} is not understood: ${reason}`)),
    ...expenses.doubts.flatMap((doubt) => inner(`LOOK AT THIS: ${doubt}`)),
  ];
}

/** Refused before the work, not behind it. */
export function checkNewFile(path: string): void {
  if (existsSync(path))
    throw new CliError(`${safeLine(path)} exists already: name another file, or remove it first`, exitCodes.usage);
}

/** Writes the mapping of a table of expenses, for a person to correct. */
export async function saveMapping(path: string, file: string, { mapping, doubts }: ExpensePreview): Promise<void> {
  const { stringify } = await import('yaml');
  const note = [
    `How the columns of ${safeLine(file)} are read. Correct it, try it with`,
    '"halflight scan FILE --mapping THIS", and name it as mapping of the source.',
    ...doubts.map((doubt) => `Look at this: ${safeLine(doubt)}`),
  ];
  const comment = note.flatMap((text) => wrap(text, width - 2)).map((line) => `# ${line}\n`);
  const { framing, expenses } = mapping;
  try {
    writeFileSync(path, `${comment.join('')}${stringify({ framing, expenses })}`, { flag: 'wx' });
  } catch (error) {
    throw new CliError(explainFileError(error, path));
  }
}
