import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type pg from 'pg';
import { openDb, type Store, type StoreLocation } from './db.js';
import { findRunning, startEmbedded } from './embedded.js';
import { StoreError } from './errors.js';
import { clusterIn } from './folders.js';

/**
 * Opens the database and leaves its tables as they are, whichever they are: for what looks at it, copies it or fills it.
 * `join`: work beside another live process that runs the embedded database; `create`: make an embedded one where there is none.
 * @throws StoreError when the embedded database cannot be started; a server is only connected to by the first query
 */
export async function openBare(
  location: StoreLocation,
  { join = false, create = false }: { join?: boolean; create?: boolean } = {},
): Promise<Store> {
  if ('url' in location) {
    const connection: pg.PoolConfig = { connectionString: location.url };
    const db = openDb({ ...connection, max: 4 });
    return { db, connection, owned: false, close: once(() => db.destroy()) };
  }
  if (!create && !existsSync(clusterIn(resolve(location.dataDir))))
    throw new StoreError(
      `There is no database in ${location.dataDir}: name the data folder of your installation (data in the configuration, or HALFLIGHT_DATA).`,
    );
  const running = join ? (await findRunning(location.dataDir))?.connection : undefined;
  const server =
    running === undefined
      ? await startEmbedded(location.dataDir)
      : { connection: running, stop: () => Promise.resolve() };
  const db = openDb({ ...server.connection, max: 4 });
  return {
    db,
    connection: server.connection,
    owned: running === undefined,
    close: once(() => db.destroy().finally(() => server.stop())),
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
