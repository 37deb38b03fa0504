import { existsSync } from 'node:fs';
import type { Config } from '../../config/schema.js';
import type { InventoryEntry } from '../../core/register.js';
import { safeLine } from '../../core/terminal.js';
import { dayStart } from '../../core/time.js';
import { withDecisions } from '../../inventory/overlay.js';
import { loadRecordedDecisions } from '../../store/decisions.js';
import { clusterIn } from '../../store/folders.js';
import { inventoryAsOf } from '../../store/inventory.js';
import type { Db } from '../../store/tables.js';
import { CliError, exitCodes } from './errors.js';
import { readRegisters } from './registers.js';
import { openDatabase } from './service/database.js';

/**
 * The register that a block list is made from, as of the end of a day: the file that is named, and nothing beside it; else what the
 * installation works by, which is the file of its configuration or what was imported, with the decisions over it.
 * @throws CliError where none is known, where it has errors, or where the database of the installation cannot be asked: a permission that
 * is lost would block what it permits
 */
export async function registerForList(
  given: string | undefined,
  config: Config,
  { day, services }: { day: string; services: ReadonlySet<string> },
): Promise<readonly InventoryEntry[]> {
  if (given !== undefined) return entriesIn(given, services);
  const base = config.inventory === undefined ? undefined : await entriesIn(config.inventory, services);
  if (config.database.url === undefined && !existsSync(clusterIn(config.data))) return base ?? nothing();
  const store = await openDatabase(config, { join: true });
  try {
    return base === undefined
      ? await imported(store.db, day, config.organisation.timezone)
      : withDecisions(base, await decisionsUntil(store.db, day, config.organisation.timezone));
  } finally {
    await store.close();
  }
}

async function entriesIn(inventory: string, services: ReadonlySet<string>): Promise<readonly InventoryEntry[]> {
  const { entries, errors } = await readRegisters({ inventory }, services);
  if (errors.length === 0) return entries;
  throw new CliError(
    `no list is made from an inventory with errors, as a permission may be lost in one:\n${errors.map((error) => `  ${safeLine(error)}`).join('\n')}`,
  );
}

async function imported(db: Db, day: string, zone: string): Promise<readonly InventoryEntry[]> {
  const { base, decisions, entries } = await inventoryAsOf(db, day, zone);
  return base === undefined && decisions.length === 0 ? nothing() : entries;
}

function decisionsUntil(db: Db, day: string, zone: string): ReturnType<typeof loadRecordedDecisions> {
  const start = dayStart(day, 'UTC') ?? 0;
  const next = dayStart(new Date(start + 86_400_000).toISOString().slice(0, 10), zone);
  return loadRecordedDecisions(db, next === undefined ? {} : { before: next });
}

function nothing(): never {
  throw new CliError(
    'a block list comes from recorded decisions: name the register with --inventory FILE, or as inventory in the configuration, or take it in with "halflight inventory import"',
    exitCodes.usage,
  );
}
