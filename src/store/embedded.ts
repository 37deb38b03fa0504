import { existsSync, realpathSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type pg from 'pg';
import { usablePrograms } from './binaries.js';
import { ensureCluster } from './cluster.js';
import { StoreError } from './errors.js';
import { onExit } from './exit-hooks.js';
import { clusterIn, prepareDataDir, runDirFor } from './folders.js';
import { claimOwnership, inUse, ownerOf } from './owner.js';
import { packageFor, thisPlatform } from './platform.js';
import { connectTo, interrupt, runningServer, type Server, serve, stopServer } from './postmaster.js';
import { isAlive } from './process-table.js';

// A real PostgreSQL from npm binaries, for installations without a database server. The application talks to it as to any
// other; only the connection differs. The data folder holds: postgres/ (the data), run/ (the socket), owner (who runs it),
// postgres.log (of the last start), and perhaps native-VERSION/ (a copy of the programs).

export interface Embedded {
  /** For `pg`: a user without administrator's rights, on a database of its own. */
  connection: pg.PoolConfig;
  /** Shuts the server down and gives the folder up; nothing is left running. Safe to call twice. */
  stop(): Promise<void>;
}

/** How often it is looked whether the server still runs. */
const lookMs = 500;

/**
 * Starts the database in a folder, which is created where it is missing; a server that a killed process left there is
 * adopted. Creating takes some seconds, a later start a fraction of one.
 * @throws StoreError when another live process uses the folder, or the machine cannot run it
 */
export async function startEmbedded(folder: string): Promise<Embedded> {
  packageFor(thisPlatform());
  const given = resolve(folder);
  const { dataDir, runAs } = prepareDataDir(given);
  const ownerFile = join(dataDir, 'owner');
  const claim = claimOwnership(ownerFile);
  if ('ownedBy' in claim) {
    throw new StoreError(inUse(given, claim.ownedBy, ownerFile));
  }

  let server: Server | undefined;
  let runDir: string | undefined;
  let startAgain: () => Promise<Server>;
  const giveUp = () => {
    if (runDir !== undefined) rmSync(runDir, { recursive: true, force: true });
    claim.release();
  };
  const forget = onExit(() => {
    interrupt(clusterIn(dataDir));
    giveUp();
  });
  try {
    const programs = await usablePrograms(dataDir, runAs);
    const cluster = await ensureCluster(dataDir, programs, runAs);
    const log = join(dataDir, 'postgres.log');
    runDir = runDirFor(dataDir, runAs);
    const place = { dataDir: given, cluster, runDir, log, runAs };
    startAgain = () => serve(place, programs);
    server = await startAgain();
    await createDatabase(server);
  } catch (error) {
    forget();
    // Without a server of ours, the socket of one in another container may be in the folder: it stays.
    if (server === undefined) claim.release();
    else await stopServer(server).then(giveUp);
    throw error;
  }
  let current = server;
  let stopping: Promise<void> | undefined;
  // A server that ends by itself (killed, out of memory) is started again; who is connected connects anew.
  let starting: Promise<void> | undefined;
  const watch = setInterval(() => {
    if (starting !== undefined || stopping !== undefined || isAlive(current.pid)) return;
    starting = startAgain()
      .then((next) => {
        current = next;
      })
      // What is in the way may go: it is tried again.
      .catch(() => {})
      .finally(() => {
        starting = undefined;
      });
  }, lookMs);
  watch.unref();
  const stop = async () => {
    clearInterval(watch);
    await starting;
    await stopServer(current);
    giveUp();
    forget();
  };
  return {
    connection: connectionTo(server),
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

const connectionTo = ({ host, port }: Server): pg.PoolConfig => ({
  host,
  port,
  user: 'halflight',
  database: 'halflight',
  ssl: false,
});

/**
 * A connection to the database that another live process of Halflight runs in a folder, for a command that works beside it.
 * Undefined: none does, or its server does not answer yet.
 */
export async function findRunning(folder: string): Promise<{ owner: number; connection: pg.PoolConfig } | undefined> {
  const given = resolve(folder);
  if (!existsSync(clusterIn(given))) return undefined;
  const owner = ownerOf(join(given, 'owner'));
  if (owner === undefined) return undefined;
  const server = await runningServer(realpathSync(clusterIn(given)));
  return server === undefined ? undefined : { owner, connection: connectionTo(server) };
}

/** A kill between the two statements is made good by the next start. */
async function createDatabase(server: Server): Promise<void> {
  const client = connectTo(server);
  try {
    await client.connect();
    const { rows } = await client.query<{ role: boolean; database: boolean }>(
      `select exists (select from pg_roles where rolname = 'halflight') as role,
              exists (select from pg_database where datname = 'halflight') as database`,
    );
    if (rows[0]?.role !== true) await client.query('create role halflight login');
    if (rows[0]?.database !== true) await client.query('create database halflight owner halflight');
  } finally {
    await client.end();
  }
}
