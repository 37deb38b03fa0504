import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDb, openStore } from '../../src/store/db.js';
import { startEmbedded } from '../../src/store/embedded.js';
import { removeFolder, temporaryFolder } from './helpers/databases.js';
import { clusterOf, killChildren, serverOf, serversOf, startChild } from './helpers/processes.js';

// All tests share one data folder, created by the first start: each must leave it stopped.
const parent = temporaryFolder();
const folder = join(parent, 'data');

beforeAll(async () => {
  await (await startEmbedded(folder)).stop();
});
afterAll(async () => {
  killChildren();
  // Where a test failed: the server that it left.
  await startEmbedded(folder)
    .then((server) => server.stop())
    .catch(() => {});
  removeFolder(parent);
});

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const startAndStop = async (): Promise<void> => (await startEmbedded(folder)).stop();

test('the database is closed to everybody else: files, socket, no port, no administrator', async () => {
  const server = await startEmbedded(folder);
  const db = openDb(server.connection);
  try {
    expect(modeOf(folder)).toBe(process.getuid?.() === 0 ? '710' : '700');
    expect(modeOf(clusterOf(folder))).toBe('700');
    expect(modeOf(join(folder, 'run'))).toBe('700');
    const { rows } = await sql`
      select current_setting('listen_addresses') as listen, rolsuper, pg_encoding_to_char(encoding) as encoding
      from pg_roles, pg_database where rolname = current_user and datname = current_database()`.execute(db);
    expect(rows).toEqual([{ listen: '', rolsuper: false, encoding: 'UTF8' }]);
  } finally {
    await db.destroy();
    await server.stop();
  }
});

test('stopping leaves no process, no socket and no owner', async () => {
  const server = await startEmbedded(folder);
  expect(serversOf(folder)).not.toEqual([]);
  await Promise.all([server.stop(), server.stop()]);
  expect(serversOf(folder)).toEqual([]);
  expect(readdirSync(folder).filter((name) => !name.startsWith('native-'))).toEqual(['postgres', 'postgres.log']);
});

test('a second start in the same process is refused', async () => {
  const server = await startEmbedded(folder);
  await expect(startEmbedded(folder)).rejects.toThrow(`in use by another Halflight, process ${process.pid}`);
  await server.stop();
});

test('a folder in use by another process is refused, naming that process, which goes on', async () => {
  const child = startChild('hold', folder);
  expect(await child.line()).toBe('open');
  await expect(openStore({ dataDir: folder })).rejects.toThrow(`in use by another Halflight, process ${child.pid}`);
  expect(serversOf(folder)).toContain(serverOf(folder));
  await child.kill('SIGTERM');
});

test('of several that start at once on a new folder one wins, and the others name it', async () => {
  const fresh = join(parent, 'fresh');
  const children = [startChild('hold', fresh), startChild('hold', fresh), startChild('hold', fresh)];
  const lines = await Promise.all(children.map((child) => child.line()));
  const winner = children[lines.indexOf('open')];
  expect(lines.filter((line) => line?.includes(`process ${winner?.pid}:`))).toHaveLength(2);
  await winner?.kill('SIGINT');
  await expect.poll(() => serversOf(fresh), { timeout: 20_000 }).toEqual([]);
});

test('the server that a killed process left is adopted, and stopped in the end', async () => {
  const child = startChild('hold', folder);
  expect(await child.line()).toBe('open');
  const orphan = serverOf(folder);
  await child.kill('SIGKILL');
  const store = await openStore({ dataDir: folder });
  expect(serverOf(folder)).toBe(orphan);
  await store.close();
  expect(serversOf(folder)).toEqual([]);
});

test('the server that a killed process left is replaced when its socket is gone', async () => {
  const child = startChild('hold', folder);
  expect(await child.line()).toBe('open');
  const orphan = serverOf(folder);
  await child.kill('SIGKILL');
  rmSync(join(folder, 'run'), { recursive: true });
  const server = await startEmbedded(folder);
  expect(serverOf(folder)).not.toBe(orphan);
  expect(serversOf(folder)).not.toContain(orphan);
  await server.stop();
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  test(`a process ended by ${signal} takes its server along, and ends by that signal`, async () => {
    const child = startChild('hold', folder);
    expect(await child.line()).toBe('open');
    await child.kill(signal);
    expect(await child.ended).toEqual({ code: null, signal });
    await expect.poll(() => serversOf(folder), { timeout: 20_000 }).toEqual([]);
    expect(existsSync(join(folder, 'owner'))).toBe(false);
  });
}

test('a process ended while it starts leaves no server', async () => {
  const child = startChild('hold', join(parent, 'cut-off'));
  const lock = join(clusterOf(join(parent, 'cut-off')), 'postmaster.pid');
  await expect.poll(() => existsSync(lock), { timeout: 20_000, interval: 2 }).toBe(true);
  await child.kill('SIGTERM');
  await expect.poll(() => serversOf(join(parent, 'cut-off')), { timeout: 20_000 }).toEqual([]);
});

test('a process that ends without closing the store does end, and takes its server along', async () => {
  const child = startChild('leave', folder);
  expect(await child.ended).toEqual({ code: 0, signal: null });
  await expect.poll(() => serversOf(folder), { timeout: 20_000 }).toEqual([]);
});

test('a new start waits for a server that is just stopping', async () => {
  const child = startChild('hold', folder);
  expect(await child.line()).toBe('open');
  await child.kill('SIGTERM');
  await startAndStop();
});

test('a dead owner is taken over, whoever has its process id now', async () => {
  writeFileSync(join(folder, 'owner'), JSON.stringify({ pid: process.ppid, start: 'an earlier boot', id: 'x' }));
  await startAndStop();
  writeFileSync(join(folder, 'owner'), JSON.stringify({ pid: 2 ** 22 + 1, id: 'x' }));
  await startAndStop();
});

test('what a power failure left of the owner is taken over', async () => {
  writeFileSync(join(folder, 'owner'), '');
  await startAndStop();
});

test('a lock of PostgreSQL whose process id belongs to another program now does not block the start', async () => {
  const server = await startEmbedded(folder);
  const lock = readFileSync(join(clusterOf(folder), 'postmaster.pid'), 'utf8');
  await server.stop();
  writeFileSync(join(clusterOf(folder), 'postmaster.pid'), lock.replace(/^\d+/, String(process.pid)));
  await startAndStop();
});

test('an empty lock of PostgreSQL, as a power failure leaves it, does not block the start', async () => {
  writeFileSync(join(clusterOf(folder), 'postmaster.pid'), '');
  await startAndStop();
});

test('a creation that was cut short is begun again', async () => {
  const cut = join(parent, 'cut');
  mkdirSync(join(cut, 'postgres.new-x/base'), { recursive: true });
  await (await startEmbedded(cut)).stop();
  expect(readdirSync(cut)).not.toContain('postgres.new-x');
});

test('a long path has its socket elsewhere, in a folder of its own that goes with the server', async () => {
  const long = join(parent, 'x'.repeat(100), 'y'.repeat(100));
  const server = await startEmbedded(long);
  const socketFolder = String(server.connection.host);
  expect(socketFolder.startsWith(long)).toBe(false);
  expect(modeOf(socketFolder)).toBe('700');
  const db = openDb(server.connection);
  expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
  await db.destroy();
  await server.stop();
  expect(existsSync(socketFolder)).toBe(false);
});

test('data of another major version is refused, naming both', async () => {
  const file = join(clusterOf(folder), 'PG_VERSION');
  const version = readFileSync(file, 'utf8');
  writeFileSync(file, '17\n');
  await expect(startEmbedded(folder)).rejects.toThrow(/written by PostgreSQL 17, .* has PostgreSQL 18: run "halflight/);
  writeFileSync(file, version);
  await startAndStop();
});

test('data that does not start is a sentence with the reason and the log', async () => {
  const file = join(clusterOf(folder), 'global/pg_control');
  const control = readFileSync(file);
  writeFileSync(file, control.subarray(0, 100));
  await expect(startEmbedded(folder)).rejects.toThrow(/does not start \(.*pg_control.*postgres\.log/);
  writeFileSync(file, control);
  await startAndStop();
});

test('a folder that cannot be used is a sentence', async () => {
  writeFileSync(join(parent, 'file'), '');
  await expect(startEmbedded(join(parent, 'file'))).rejects.toThrow('name a folder that this user may write to');
  await expect(startEmbedded(join(parent, 'file/below'))).rejects.toThrow('name a folder that this user may write to');
});

test.runIf(process.getuid?.() === 0)('root is told which folder on the way is closed', async () => {
  const closed = join(parent, 'closed');
  mkdirSync(closed, { mode: 0o700 });
  await expect(startEmbedded(join(closed, 'data'))).rejects.toThrow(`cannot enter ${closed}: choose a data folder`);
});
