import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** A PostgreSQL server as a machine has one: of its packages, asked over TCP. */
export interface OwnServer {
  url: string;
  stop(): Promise<void>;
}

const packages = '/usr/lib/postgresql';
const nobody = { uid: 65534, gid: 65534 };

/** Where Debian and Ubuntu put the programs of the newest server; undefined: none is installed there. */
export function findPrograms(): string | undefined {
  if (!existsSync(packages)) return undefined;
  const versions = readdirSync(packages).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(packages, version, 'bin')).find((bin) => existsSync(join(bin, 'postgres')));
}

/** Starts a server of this run in a folder. The settings that keep data safe stay as they are: `halflight doctor` looks at them. */
export async function startOwnServer(bin: string, folder: string): Promise<OwnServer> {
  mkdirSync(folder, { mode: 0o700 });
  // PostgreSQL refuses to run as root.
  const user = process.getuid?.() === 0 ? nobody : {};
  if (user === nobody) chownSync(folder, nobody.uid, nobody.gid);
  const data = join(folder, 'data');
  const settings = ['-U', 'root', '-A', 'trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'];
  execFileSync(join(bin, 'initdb'), ['-D', data, ...settings], { ...user, stdio: 'pipe' });
  const port = await freePort();
  const options = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: folder,
    // Two test files at a time, with pools of several databases each.
    max_connections: 300,
  };
  const args = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(bin, 'postgres'), ['-D', data, ...args], { ...user, stdio: 'ignore' });
  let ended = false;
  const end = new Promise<void>((resolve) => {
    child.once('close', () => {
      ended = true;
      resolve();
    });
  });
  const killed = () => void child.kill('SIGQUIT');
  process.once('exit', killed);
  const url = `postgresql://root@127.0.0.1:${port}/postgres`;
  while (!(await answers(url))) {
    if (ended) throw new Error(`${join(bin, 'postgres')} ended at its start`);
    await sleep(50);
  }
  return {
    url,
    stop: async () => {
      process.off('exit', killed);
      child.kill('SIGINT');
      await end;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  );
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
