import { safeLine } from '../../../core/terminal.js';
import { dayStart } from '../../../core/time.js';
import { toCsv, toYaml } from '../../../inventory/write.js';
import { currentInventory, inventoryAsOf } from '../../../store/inventory.js';
import { CliError, exitCodes } from '../errors.js';
import type { RegisterPlace } from './place.js';

/** The register as text. `notice`: what the reader should know about it. @throws CliError for what is no day */
export async function exportInventory(
  { db, zone }: RegisterPlace,
  { asOf, format }: { asOf?: string; format: 'yaml' | 'csv' },
): Promise<{ text: string; notice: string | undefined }> {
  if (asOf !== undefined && dayStart(asOf, 'UTC') === undefined)
    throw new CliError(`--as-of ${safeLine(asOf)} is no day; write it as 2026-11-22`, exitCodes.usage);
  const { entries, base } = asOf === undefined ? await currentInventory(db) : await inventoryAsOf(db, asOf, zone);
  const notice =
    base !== undefined || entries.length > 0
      ? undefined
      : asOf === undefined
        ? 'there is no register yet: "halflight inventory import FILE" takes one in'
        : `no register was known on ${asOf} yet`;
  return { text: format === 'csv' ? toCsv(entries) : toYaml(entries), notice };
}
