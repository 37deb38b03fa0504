import type { Logger } from 'pino';
import type { Catalog } from '../../../catalog/compile.js';
import type { Config } from '../../../config/schema.js';
import type { Queue } from '../../../jobs/queue.js';
import { Runtime, type RuntimeParts } from '../../../jobs/runtime.js';
import type { Store } from '../../../store/db.js';
import { openCatalog } from '../open-catalog.js';
import { givenPseudonymKey, pseudonymKeyOf } from '../pseudonym-key.js';
import { expiryNotice } from '../release/notice.js';
import { version } from '../version.js';
import { openDatabase } from './database.js';
import { poisonOf } from './faults.js';
import { sealKeyOf, signerFor } from './keys.js';
import { refuseLostLog } from './lost-log.js';
import { openServiceQueue } from './queue.js';
import { registerReader } from './register-files.js';
import { loadKinds, type OpenedSetup } from './setup.js';

/** Database, queue and runtime of a process, opened. */
export interface OpenedService {
  store: Store;
  queue: Queue;
  runtime: Runtime;
  close(): Promise<void>;
}

/** The catalog of the service; that it expires goes into the log. @throws CliError where it cannot be read */
export const openServiceCatalog = (config: Config, log: Pick<Logger, 'warn'>): Promise<Catalog> =>
  openCatalog(config.signatures, { folder: config.catalog.folder, data: config.data }, (why) =>
    log.warn({ why }, 'the catalog'),
  );

const dayMs = 86_400_000;

/** Told at the start and once a day: a service runs for longer than anybody remembers its start. */
function tellExpiry(catalog: Catalog, log: Pick<Logger, 'warn'>): void {
  const notice = expiryNotice(catalog.release, Date.now());
  if (notice !== undefined) log.warn({ why: notice.text }, 'the catalog');
}

/** Opens what a process of the service needs. @throws CliError where something of it cannot be used */
export async function openService(opened: OpenedSetup, role: string, log: Logger): Promise<OpenedService> {
  const { config } = opened.loaded;
  // The database first: who is refused there, as a second process on the same data, hears of it at once.
  const store = await openDatabase(config);
  try {
    const [catalog, kinds] = await Promise.all([openServiceCatalog(config, log), loadKinds()]);
    await refuseLostLog(store.db, config, log);
    const sealKey = sealKeyOf(config.data);
    const { queue, close } = await openServiceQueue(config, store, log);
    const parts: RuntimeParts = {
      db: store.db,
      // The runtime ends the queue, and with it its connections.
      queue: { ...queue, close },
      log,
      version,
      role,
      setup: opened.setup,
      catalog,
      collectors: kinds.collectors,
      channels: kinds.channels,
      sealKey,
      signer: signerFor(config),
      pseudonymKey: givenPseudonymKey() ?? pseudonymKeyOf(config.data),
      registerFiles: registerReader(
        () => runtime.context.setup(),
        () => runtime.context.catalog,
        log,
      ),
      poison: poisonOf(process.env),
      // The embedded database has one owner, and this process is it.
      alone: config.database.url === undefined,
    };
    const runtime = new Runtime(parts);
    const told = setInterval(() => tellExpiry(runtime.context.catalog, log), dayMs).unref();
    const end = async (): Promise<void> => {
      clearInterval(told);
      await store.close();
    };
    return { store, queue: parts.queue, runtime, close: end };
  } catch (error) {
    await store.close();
    throw error;
  }
}
