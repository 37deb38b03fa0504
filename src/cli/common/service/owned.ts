import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { inUse, ownerOf } from '../../../store/owner.js';
import { loadConfig } from '../config.js';
import { CliError } from '../errors.js';

/**
 * Refuses a data folder that another process has before the service is loaded, which takes longer than all else of a refusal. It
 * only looks; who starts claims the folder all the same.
 * @throws CliError that names the process
 */
export function refuseOwned(configFile: string | undefined): void {
  const { data, database } = loadConfig({ config: configFile }).config;
  if (database.url !== undefined || !existsSync(data)) return;
  const file = join(realpathSync(data), 'owner');
  const owner = ownerOf(file);
  if (owner !== undefined) throw new CliError(inUse(data, owner, file));
}
