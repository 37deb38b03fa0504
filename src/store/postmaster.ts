import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Programs } from './binaries.js';
import { codeOf, StoreError } from './errors.js';
import type { RunAs } from './folders.js';
import { isAlive, processesIn } from './process-table.js';
import { runDetached } from './run.js';

/** A server that answers. */
export interface Server {
  pid: number;
  /** Folder of its socket. */
  host: string;
  port: number;
}

export interface ServerPlace {
  /** The data folder as the user knows it, for messages. */
  dataDir: string;
  /** PostgreSQL's data. */
  cluster: string;
  runDir: string;
  log: string;
  runAs: RunAs;
}

/** How long remains of a killed server may stand in the way: its orphans need up to about 2 s to go. */
const patience = 15_000;
/** How long what looks left over may still be something that is starting or stopping. */
const grace = 1500;
/** How long a server that lives may take to answer: repeating the log after a crash takes time. */
const recovery = 600_000;

/**
 * A server on this data that answers: the one that a killed process left, or a new one. Only the owner of the data folder
 * may call this.
 */
export async function serve(place: ServerPlace, programs: Programs): Promise<Server> {
  const started = performance.now();
  for (;;) {
    const waited = performance.now() - started;
    const found = describedServer(place.cluster);
    if (found !== undefined) {
      const answer = await ask(found);
      const ours = isOurs(found, place.cluster);
      // The socket answers and the process cannot be seen: it runs in another container that shares the folder.
      if (!ours && answer !== 'no') throw servedElsewhere(place);
      if (answer === 'yes') return found;
      if (answer === 'not yet' && waited < recovery) {
        await sleep(50);
        continue;
      }
      // It lives, and its socket is gone (a cleaner of temporary files): ask it to stop, and start another.
      if (waited > grace && processesIn(place.cluster)?.includes(found.pid)) signal(found.pid, 'SIGINT');
    }
    const outcome = await start(place, programs);
    if (typeof outcome !== 'string') return outcome;
    const inTheWay = /lock file ".*" already exists|is still in use|lock file ".*" is empty/.test(outcome);
    if (!inTheWay || waited > patience) throw explainStart(place, outcome);
    if (waited > grace) removeStaleLock(place.cluster);
    await sleep(200);
  }
}

/** The server that works on this data and answers, whoever started it. */
export async function runningServer(cluster: string): Promise<Server | undefined> {
  const found = describedServer(cluster);
  return found !== undefined && isOurs(found, cluster) && (await ask(found)) === 'yes' ? found : undefined;
}

/** Servers that do not answer yet, by their data: their lock file may not say yet who they are. */
const starting = new Map<string, ChildProcess>();

/** Starts a server and waits until it answers, or until it ends: then what it said. */
async function start(place: ServerPlace, programs: Programs): Promise<Server | string> {
  const log = openSync(place.log, 'w', 0o600);
  let child: ChildProcess;
  try {
    child = runDetached(
      join(programs.bin, 'postgres'),
      ['-D', place.cluster, ...settings(place.runDir)],
      place.runAs,
      log,
    );
  } finally {
    closeSync(log);
  }
  let ended = false;
  let failure: string | undefined;
  child.on('error', (error) => {
    ended = true;
    failure = error.message;
  });
  child.on('exit', () => {
    ended = true;
  });
  starting.set(place.cluster, child);
  try {
    const started = performance.now();
    for (let wait = 5; !ended; wait = Math.min(wait * 2, 100)) {
      const server = describedServer(place.cluster);
      if (server !== undefined && server.pid === child.pid && (await ask(server)) === 'yes') return server;
      if (performance.now() - started > recovery) {
        child.kill('SIGQUIT');
        return 'it did not answer within 10 minutes';
      }
      await sleep(wait);
    }
    return failure ?? readFileSync(place.log, 'utf8');
  } finally {
    starting.delete(place.cluster);
  }
}

function settings(runDir: string): string[] {
  const values: Record<string, string> = {
    // A socket that only the server's user can reach, no TCP port.
    listen_addresses: '',
    unix_socket_directories: runDir,
    unix_socket_permissions: '0700',
    // The log tells of starts and crashes; statements and values, which hold log data, stay out.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    log_timezone: 'UTC',
    timezone: 'UTC',
    // A start after a crash syncs the disk at once instead of file by file. Only Linux can.
    ...(process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Fast shutdown: open transactions are rolled back, the data is left clean. Returns when the process is gone. */
export async function stopServer(server: Server): Promise<void> {
  // Immediate shutdown only when it hangs: the next start then repeats the log, nothing committed is lost.
  for (const [name, time] of [
    ['SIGINT', 60_000],
    ['SIGQUIT', 10_000],
  ] as const) {
    signal(server.pid, name);
    const until = performance.now() + time;
    while (performance.now() < until) {
      if (!isAlive(server.pid)) return;
      await sleep(10);
    }
  }
}

/** Asks whatever server works on this data to shut down, without waiting: for a process that is about to end. */
export function interrupt(cluster: string): void {
  if (starting.get(cluster)?.kill('SIGINT') === true) return;
  const server = describedServer(cluster);
  if (server !== undefined && isOurs(server, cluster)) signal(server.pid, 'SIGINT');
}

function signal(pid: number, name: 'SIGINT' | 'SIGQUIT'): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already.
  }
}

/** What postmaster.pid says: its lines are process id, data, start, port, socket folder, address, memory, state. */
function describedServer(cluster: string): Server | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const [pid, port, host] = [Number(lines[0]), Number(lines[3]), lines[4]];
  return !Number.isSafeInteger(pid) || pid <= 1 || !port || !host ? undefined : { pid, port, host };
}

/** Whether the process that the file names lives and works on this data; another program may have its id by now. */
function isOurs(server: Server, cluster: string): boolean {
  return isAlive(server.pid) && processesIn(cluster)?.includes(server.pid) !== false;
}

/** Whether a server answers: a successful connection is the only proof. */
async function ask(server: Server): Promise<'yes' | 'not yet' | 'no'> {
  const client = connectTo(server);
  try {
    await client.connect();
    return 'yes';
  } catch (error) {
    // 57P03: starting up, repeating the log, or shutting down.
    return codeOf(error) === '57P03' ? 'not yet' : 'no';
  } finally {
    await client.end().catch(() => {});
  }
}

/** A connection as the administrator of an embedded server. */
export function connectTo(server: Server): pg.Client {
  const client = new pg.Client({
    host: server.host,
    port: server.port,
    user: 'app',
    database: 'postgres',
    ssl: false,
    application_name: 'halflight start',
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => {});
  return client;
}

/**
 * Removes a lock file that no process stands behind: written for a process id that, after a restart of the machine or the
 * container, belongs to another program. Only where the system shows that no process, orphans included, works on the data.
 */
function removeStaleLock(cluster: string): void {
  if (processesIn(cluster)?.length === 0) rmSync(join(cluster, 'postmaster.pid'), { force: true });
}

const servedElsewhere = (place: ServerPlace): StoreError =>
  new StoreError(
    `The database in ${place.dataDir} is already running in another container or on another machine: stop that Halflight, or use another data folder.`,
  );

function explainStart(place: ServerPlace, said: string): StoreError {
  const reason = /(?:FATAL|PANIC): +(.*)/.exec(said)?.[1] ?? said.trim().split('\n').at(-1) ?? '';
  if (/No space left on device/.test(said)) {
    return new StoreError(`The disk of ${place.dataDir} is full: free at least 100 MB, then try again.`);
  }
  return new StoreError(
    `The database in ${place.dataDir} does not start (${reason}): see ${place.log}, end other programs that use the folder, or restore it from a backup.`,
  );
}
