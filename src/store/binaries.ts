import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { codeOf, StoreError } from './errors.js';
import type { RunAs } from './folders.js';
import { packageFor, thisPlatform } from './platform.js';
import { run } from './run.js';

/** The programs of PostgreSQL, usable by the server's user. */
export interface Programs {
  /** Folder of `initdb` and `postgres`. */
  bin: string;
  major: number;
}

/**
 * The programs from the npm package: in place, or, where the server's user cannot run them there (a read-only or closed
 * installation), from a copy in the data folder.
 */
export async function usablePrograms(dataDir: string, runAs: RunAs, root: string = packageRoot()): Promise<Programs> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const major = Number.parseInt(version, 10);
  const native = join(root, 'native');
  linkLibraries(native, native);
  if ((await whyUnusable(native, runAs)) === undefined) return { bin: join(native, 'bin'), major };

  const copy = join(dataDir, `native-${version}`);
  if (!existsSync(copy)) await copyPrograms(native, copy);
  const why = await whyUnusable(copy, runAs);
  if (why !== undefined) {
    rmSync(copy, { recursive: true, force: true });
    throw new StoreError(
      `The programs of the embedded database cannot be run from ${copy} (${why}): use a data folder on a disk that allows programs, or set DATABASE_URL to a PostgreSQL server.`,
    );
  }
  for (const name of readdirSync(dataDir)) {
    if (name.startsWith('native-') && name !== basename(copy)) {
      rmSync(join(dataDir, name), { recursive: true, force: true });
    }
  }
  return { bin: join(copy, 'bin'), major };
}

/**
 * Folder of the npm package.
 * @throws StoreError where the machine has none, or npm left it out
 */
export function packageRoot(): string {
  const name = packageFor(thisPlatform());
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    throw new StoreError(
      `The package ${name} is not installed: run "npm ci --include=optional" in the folder of Halflight, or set DATABASE_URL to a PostgreSQL server.`,
      { cause: error },
    );
  }
}

/**
 * Creates the names by which the libraries find each other. npm packages cannot hold symbolic links; the package makes
 * them in an install script, which npm may be told not to run (npm 12 does not by default).
 */
function linkLibraries(native: string, into: string): void {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(into, 'lib', basename(target)));
    } catch (error) {
      // There already; or not ours to write: then the programs do not start, and are copied.
      if (!['EEXIST', 'EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '')) throw error;
    }
  }
}

async function copyPrograms(native: string, copy: string): Promise<void> {
  // Under another name first: a copy that a kill cut short is never taken for a whole one.
  const draft = `${copy}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft);
  for (const part of ['bin', 'lib', 'share']) await copyTree(join(native, part), join(draft, part));
  await chmod(draft, 0o755);
  linkLibraries(native, draft);
  await rename(draft, copy);
}

/** Copies what is needed to run. The modes are ours: those of a read-only or closed installation would not do. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to);
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const target = join(to, entry.name);
    if (entry.isDirectory() && entry.name !== 'pkgconfig') await copyTree(join(from, entry.name), target);
    else if (entry.isFile() && !entry.name.endsWith('.a')) {
      await copyFile(join(from, entry.name), target);
      await chmod(target, 0o755);
    }
  }
}

/** Tries it, as only that is sure: permissions on the way, mount options, libraries. */
async function whyUnusable(native: string, runAs: RunAs): Promise<string | undefined> {
  const { code, output } = await run(join(native, 'bin/postgres'), ['-V'], runAs);
  return code === 0 ? undefined : output.trim().split('\n').at(-1) || `exit code ${code}`;
}
