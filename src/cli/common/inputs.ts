import { readFileSync, statSync } from 'node:fs';
import type { Format } from '../../core/format.js';
import type { Mapping } from '../../core/mapping.js';
import { nearest } from '../../core/problem.js';
import { safeLine } from '../../core/terminal.js';
import { compressionOf } from '../../scan/decompress.js';
import { fileInput, type Input, readHead, streamInput } from '../../scan/input.js';
import { CliError, exitCodes, explainFileError } from './errors.js';

/** One file (or `-`) as an input. */
export async function inputOf(path: string): Promise<Input> {
  if (path === '-') return streamInput('standard input', process.stdin, Date.now());
  try {
    const info = statSync(path);
    if (info.isDirectory())
      throw new CliError(`${safeLine(path)} is a folder; name a file, or use "halflight scan" for folders`);
    if (compressionOf(readHead(path)) === 'zip') return await onlyEntryOf(path);
    return fileInput(path, info.mtimeMs, info.size);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(explainFileError(error, path));
  }
}

/** The one file in a zip archive. */
async function onlyEntryOf(path: string): Promise<Input> {
  const { findInputs } = await import('../../scan/walk.js');
  const problems: string[] = [];
  const entries = [];
  for await (const entry of findInputs([path], new Set(), ({ why }) => problems.push(why))) entries.push(entry);
  const [only] = entries;
  if (only !== undefined && entries.length === 1) return only;
  const why = problems[0] ?? `holds ${entries.length} files; unpack the one you mean, or use "halflight scan" for all`;
  throw new CliError(`${safeLine(path)} ${safeLine(why)}`);
}

/** The format of an id, or a usage error that suggests the nearest. */
export function formatOf(formats: ReadonlyMap<string, Format>, id: string): Format {
  const format = formats.get(id);
  if (format !== undefined) return format;
  const close = nearest(id, formats.keys());
  throw new CliError(
    `there is no format "${id}"${close === undefined ? '.' : `; did you mean ${close}?`} The formats are: ${[...formats.keys()].join(', ')}`,
    exitCodes.usage,
  );
}

/** Reads a mapping file. The YAML reader and the schema are loaded only where one is named. */
export async function loadMapping(path: string | undefined): Promise<Mapping | undefined> {
  if (path === undefined) return undefined;
  const [{ parse: parseYaml }, { parseMapping }] = await Promise.all([
    import('yaml'),
    import('../../formats/common/mapping-file.js'),
  ]);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CliError(explainFileError(error, path));
  }
  let value: unknown;
  try {
    value = parseYaml(text);
  } catch (error) {
    throw new CliError(`${safeLine(path)} is no YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    return parseMapping(value, path);
  } catch (error) {
    throw new CliError(error instanceof Error ? error.message : String(error));
  }
}
