import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../../../catalog/compile.js';
import { safeLine } from '../../../core/terminal.js';
import type { Store } from '../../../store/db.js';
import type { Db } from '../../../store/tables.js';
import { CliError } from '../errors.js';
import { openCatalog } from '../open-catalog.js';
import { openData } from '../open-data.js';
import { besideService } from '../service/beside.js';
import { openServiceQueue } from '../service/queue.js';
import type { OpenedSetup } from '../service/setup.js';
import { userName } from '../user.js';

/** Where the register is: the database of the service, or a data folder of scans. */
export interface RegisterOptions {
  data?: string;
  config?: string;
}

export interface RegisterPlace {
  db: Db;
  /** Who runs the command, for the audit log. */
  recordedBy: string;
  /** The organisation's time zone. */
  zone: string;
  /** The inventory file of the configuration, which is the base then. */
  file: string | undefined;
  catalog(): Promise<Catalog>;
  /** Has a service that runs look at findings at once; says when they are looked at. */
  ring(): Promise<string>;
}

/** Opens the register for a command. @throws CliError where it cannot be used */
export async function withRegister<T>(
  { data, config }: RegisterOptions,
  work: (place: RegisterPlace) => Promise<T>,
): Promise<T> {
  if (data === undefined)
    return besideService(config, async ({ opened, store, who }) => {
      const { config: loaded } = opened.loaded;
      return work({
        db: store.db,
        recordedBy: who,
        zone: loaded.organisation.timezone,
        file: loaded.inventory,
        catalog: () => openCatalog(loaded.signatures, { data: loaded.data, folder: loaded.catalog.folder }),
        ring: () => ringService(opened, store),
      });
    });
  if ((process.env.DATABASE_URL ?? '') === '' && !existsSync(join(data, 'postgres')))
    throw new CliError(
      `${safeLine(data)} holds no results: name the folder of a scan with --data, or leave --data out for the service`,
    );
  const store = await openData(data);
  try {
    return await work({
      db: store.db,
      recordedBy: `cli:${userName()}`,
      zone: 'UTC',
      file: undefined,
      catalog: () => openCatalog(),
      ring: async () => 'the next scan into this folder looks at findings again',
    });
  } finally {
    await store.close();
  }
}

/** Only quicker: what is marked in the database is done by the next sweep too. */
async function ringService({ loaded: { config } }: OpenedSetup, store: Store): Promise<string> {
  if (store.owned) return 'the next "halflight serve" looks at findings again';
  const silent = { warn: () => {}, debug: () => {} };
  try {
    const { queue, close } = await openServiceQueue(config, store, silent);
    await queue.enqueue('reconcile', `decided-${Date.now()}`, { priority: 1 }).finally(() => close(1000));
  } catch {
    // The queue is away: the sweep finds it.
  }
  return 'findings are looked at again';
}
