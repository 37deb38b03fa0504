import { safeLine } from '../../../core/terminal.js';
import type { Store } from '../../../store/db.js';
import { userName } from '../user.js';
import { openDatabase } from './database.js';
import { type OpenedSetup, openSetup } from './setup.js';

/** Configuration and database for a command that works beside a running service, or alone. */
export interface Beside {
  opened: OpenedSetup;
  store: Store;
  /** Who runs the command, for the audit log. */
  who: string;
}

/**
 * Opens the database beside a service that runs, or by itself where none does, and closes it behind the work.
 * @throws CliError where configuration or database cannot be used
 */
export async function besideService<T>(config: string | undefined, work: (beside: Beside) => Promise<T>): Promise<T> {
  const opened = await openSetup(config, (line) => void process.stderr.write(`halflight: ${safeLine(line)}\n`));
  const store = await openDatabase(opened.loaded.config, { join: true });
  try {
    return await work({ opened, store, who: `cli:${userName()}` });
  } finally {
    await store.close();
  }
}
