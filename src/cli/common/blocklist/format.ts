import { nearest } from '../../../core/problem.js';
import { safeLine } from '../../../core/terminal.js';
import type { BlockListFormat } from '../../../exports/blocklists/common/format.js';
import { allBlockListFormats } from '../../../exports/blocklists/common/registry.js';
import { CliError, exitCodes } from '../errors.js';

/** The format of an id. @throws CliError that names the formats */
export async function formatNamed(id: string): Promise<BlockListFormat> {
  const formats = await allBlockListFormats();
  const format = formats.get(id);
  if (format !== undefined) return format;
  const meant = nearest(id, formats.keys());
  throw new CliError(
    `"${safeLine(id)}" is no format of block lists${meant === undefined ? '' : `; did you mean ${meant}?`} (there are ${[...formats.keys()].join(', ')})`,
    exitCodes.usage,
  );
}
