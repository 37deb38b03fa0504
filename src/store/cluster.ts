import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Programs } from './binaries.js';
import { syncFolder } from './durable.js';
import { StoreError } from './errors.js';
import { clusterIn, privateFolder, type RunAs } from './folders.js';
import { run } from './run.js';

// Without these a bare machine may get SQL_ASCII and an order that depends on its locale. The second set is for systems
// whose C library does not know C.UTF-8.
const base = ['-U', 'app', '-A', 'trust', '--encoding=UTF8', '--locale-provider=builtin', '--no-instructions'];
const locales = [['--locale=C.UTF-8'], ['--locale=C', '--builtin-locale=C.UTF-8']];

/**
 * PostgreSQL's data below the data folder, created where it is missing.
 * @throws StoreError where it is damaged or of another major version
 */
export async function ensureCluster(dataDir: string, programs: Programs, runAs: RunAs): Promise<string> {
  const cluster = clusterIn(dataDir);
  if (existsSync(cluster)) {
    checkVersion(dataDir, cluster, programs.major);
    return cluster;
  }
  // Created under another name: what a kill cut short is never taken for a database. The name is a new one each time, as
  // the initdb of a killed process may still be at work in the last one.
  removeDrafts(dataDir);
  const draft = join(dataDir, `${draftPrefix}${randomUUID()}`);
  let result = { code: -1, output: '' };
  for (const locale of locales) {
    rmSync(draft, { recursive: true, force: true });
    privateFolder(draft, runAs);
    result = await run(join(programs.bin, 'initdb'), ['-D', draft, ...base, ...locale], runAs);
    if (!result.output.includes('invalid locale')) break;
  }
  if (result.code !== 0) {
    rmSync(draft, { recursive: true, force: true });
    throw explainInitdb(dataDir, result.output);
  }
  renameSync(draft, cluster);
  syncFolder(dataDir);
  return cluster;
}

const draftPrefix = 'postgres.new-';

function removeDrafts(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    if (!name.startsWith(draftPrefix)) continue;
    try {
      rmSync(join(dataDir, name), { recursive: true, force: true });
    } catch {
      // Somebody still writes there: the next creation removes it.
    }
  }
}

function checkVersion(dataDir: string, cluster: string, major: number): void {
  let found: string;
  try {
    found = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  } catch {
    throw new StoreError(
      `The database in ${dataDir} is damaged (${join(cluster, 'PG_VERSION')} cannot be read): restore the folder from a backup, or use another data folder.`,
    );
  }
  if (found !== String(major)) {
    throw new StoreError(
      `The database in ${dataDir} was written by PostgreSQL ${found}, and this Halflight has PostgreSQL ${major}: run "halflight data export" with the version of Halflight that wrote it, then "halflight data import" with this one into a new data folder.`,
    );
  }
}

/** What initdb's output says, in words for people. */
export function explainInitdb(dataDir: string, output: string): StoreError {
  const user = /could not look up effective user ID (\d+)/.exec(output)?.[1];
  if (user !== undefined) {
    return new StoreError(
      `User id ${user} has no name on this machine, and the embedded database needs one: add the user to /etc/passwd, run Halflight as another user, or set DATABASE_URL to a PostgreSQL server.`,
    );
  }
  if (/No space left on device/.test(output)) {
    return new StoreError(`The disk of ${dataDir} is full: free at least 100 MB, then try again.`);
  }
  const line = /(?:error|FATAL|PANIC): *(.*)/.exec(output)?.[1] ?? output.trim().split('\n').at(-1) ?? '';
  return new StoreError(
    `The database in ${dataDir} could not be created (${line}): check the folder and its disk, or set DATABASE_URL to a PostgreSQL server.`,
  );
}
