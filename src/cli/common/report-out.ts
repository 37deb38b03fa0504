import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { safeLine } from '../../core/terminal.js';
import type { ReportDocument } from '../../reports/blocks/block.js';
import { plainText } from '../../reports/writers/common/plain.js';
import { type NamedWriter, writersOf } from '../../reports/writers.js';
import { writeDurably } from '../../store/durable.js';
import { CliError, exitCodes, explainWriteError } from './errors.js';
import type { ReportOptions } from './report-options.js';

/** Rows of a table that a terminal shows; the files have all. */
const shownRows = 15;

/**
 * Writes a report to where `--out` says: one format to a file, or into a folder that is there or whose name ends with a slash; without
 * `--format` every format into a folder. @throws CliError where a file cannot be written
 */
export async function writeDocument(
  document: ReportDocument,
  { out = '', format }: Pick<ReportOptions, 'out' | 'format'>,
): Promise<string[]> {
  const writers = await writersOf();
  try {
    if (format === undefined) {
      mkdirSync(out, { recursive: true, mode: 0o700 });
      const written: string[] = [];
      for (const writer of writers.values()) written.push(await write(join(out, writer.fileName), writer, document));
      return written;
    }
    const writer = writerOf(writers, format);
    const folder = out.endsWith('/') || isFolder(out);
    mkdirSync(folder ? out : dirname(out), { recursive: true, mode: 0o700 });
    return [await write(folder ? join(out, writer.fileName) : out, writer, document)];
  } catch (error) {
    throw error instanceof CliError ? error : new CliError(explainWriteError(error, out));
  }
}

/** Prints a report: as text of so many columns, or in a format. @throws CliError for what a terminal cannot show */
export async function printDocument(
  document: ReportDocument,
  { format, columns, terminal }: { format: ReportOptions['format']; columns: number | undefined; terminal: boolean },
): Promise<void> {
  if (format === undefined) {
    process.stdout.write(plainText(document, Math.min(120, Math.max(60, columns ?? 80)), shownRows));
    return;
  }
  const writer = writerOf(await writersOf(), format);
  if (terminal && !writer.mediaType.startsWith('text/'))
    throw new CliError(`${format} is no text: write it to a file with --out`, exitCodes.usage);
  process.stdout.write(await writer.write(document));
}

function writerOf(writers: ReadonlyMap<string, NamedWriter>, format: string): NamedWriter {
  const writer = writers.get(format);
  if (writer === undefined)
    throw new CliError(
      `there is no format ${safeLine(format)}; use one of ${[...writers.keys()].join(', ')}`,
      exitCodes.usage,
    );
  return writer;
}

async function write(path: string, writer: NamedWriter, document: ReportDocument): Promise<string> {
  // A reader meets the old file or the new one, whole, and its owner alone may read it.
  writeDurably(path, await writer.write(document), 0o600);
  return path;
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
