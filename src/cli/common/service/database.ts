import type { Config } from '../../../config/schema.js';
import { openStore, type Store, type StoreLocation } from '../../../store/db.js';
import { StoreError } from '../../../store/errors.js';
import { CliError } from '../errors.js';

// Apart from ./open.ts: most commands need the database and nothing of the queue and its runtime, which take long to load.

/** Where the database is, as the configuration says. */
export const locationOf = (config: Config): StoreLocation =>
  config.database.url === undefined ? { dataDir: config.data } : { url: config.database.url.value };

/** @throws CliError where the database cannot be used */
export async function openDatabase(
  config: Config,
  options: { join?: boolean; migrate?: boolean } = {},
): Promise<Store> {
  try {
    return await openStore(locationOf(config), { ...options, pool: config.database.pool });
  } catch (error) {
    throw error instanceof StoreError ? new CliError(error.message) : error;
  }
}
