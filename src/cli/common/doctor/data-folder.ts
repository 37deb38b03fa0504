import { accessSync, constants, existsSync, type Stats, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../../../config/schema.js';
import type { Check } from '../../../core/check.js';
import { readPrivateFile } from '../config-secrets.js';
import { CliError, explainFileError } from '../errors.js';
import { badStarts } from '../service/crash-guard.js';
import { failed, ok, sizeText, warning } from './bounded.js';

const gib = 2 ** 30;
/** An empty embedded database and its log of changes, which grows to 1 GiB before it is reused (max_wal_size). */
const databaseBytes = 1.25 * gib;
/** Less than this and nothing works for long. */
const leastBytes = 256 * 2 ** 20;
const [leastInodes, fewInodes] = [1000, 20_000];

/** The data folder: there, ours, closed to others, with room; the key in it; bad starts. */
export function checkDataFolder(config: Config, now: number): Check[] {
  const { data } = config;
  if (!existsSync(data)) return [checkParent(data), ...checkRoom(config, nearest(data))];
  let found: Stats;
  try {
    found = statSync(data);
  } catch (error) {
    return [failed('data folder', explainFileError(error, data), 'Name a folder that this user can reach.')];
  }
  return [checkOwner(data, found), ...checkRoom(config, data), checkSealKey(data), ...checkStarts(data, now)];
}

const nearest = (path: string): string => (existsSync(path) ? path : nearest(dirname(path)));

function checkParent(data: string): Check {
  const parent = nearest(data);
  try {
    accessSync(parent, constants.W_OK | constants.X_OK);
    return ok('data folder', `${data} is not there yet: the first start makes it`);
  } catch (error) {
    return failed(
      'data folder',
      `${data} is not there, and ${explainFileError(error, parent)}`,
      `Make it for the user of the service: install -d -m 700 -o USER ${data}`,
    );
  }
}

function checkOwner(data: string, { uid, mode }: Stats): Check {
  const me = process.getuid?.();
  try {
    accessSync(data, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return failed(
      'data folder',
      `${data} belongs to user id ${uid}, and user id ${me} may not write to it`,
      'Run this as the user of the service, or give the folder to it.',
    );
  }
  const bits = (mode & 0o777).toString(8);
  if (process.platform !== 'win32' && (mode & 0o007) !== 0)
    return warning('data folder', `${data} is open to everybody (mode ${bits})`, `Run: chmod o-rwx ${data}`);
  return ok('data folder', `${data}, user id ${uid}, mode ${bits}`);
}

function checkRoom(config: Config, folder: string): Check[] {
  const embedded = config.database.url === undefined;
  const { bavail, bsize, ffree, files } = statfsSync(folder);
  const free = bavail * bsize;
  const wanted = config.spool.size + (embedded ? databaseBytes : 0);
  const needs = `${sizeText(wanted)} for ${embedded ? 'the embedded database and ' : ''}a full spool`;
  const remedy = 'Free space, move the data folder to a larger disk, or make spool.size smaller.';
  const room =
    free < leastBytes
      ? failed('disk space', `${sizeText(free)} free`, remedy)
      : free < wanted
        ? warning('disk space', `${sizeText(free)} free, and it may need ${needs}`, remedy)
        : ok('disk space', `${sizeText(free)} free (needed: ${needs})`);
  // Some file systems (btrfs) make inodes as they need them and say 0 of 0.
  if (files === 0) return [room];
  const inodes = `${ffree.toLocaleString('en-US')} free`;
  const fewer = 'Remove files that nobody needs, or move the data folder to another disk.';
  if (ffree < leastInodes) return [room, failed('inodes', inodes, fewer)];
  return [room, ffree < fewInodes ? warning('inodes', inodes, fewer) : ok('inodes', inodes)];
}

function checkSealKey(data: string): Check {
  const file = join(data, 'seal.key');
  if (!existsSync(file)) return ok('seal key', 'not there yet: the first start makes it');
  const remedy =
    'Restore it from a backup; without it nobody reads what is in quarantine. Every process needs the same one.';
  try {
    if (/^[0-9a-f]{64}\s*$/.test(readPrivateFile(file, 1000).toString('latin1'))) return ok('seal key', file);
    return failed('seal key', `${file} holds no key of 64 hexadecimal digits`, remedy);
  } catch (error) {
    return failed('seal key', error instanceof CliError ? error.message : explainFileError(error, file), remedy);
  }
}

function checkStarts(data: string, now: number): Check[] {
  const { bad, limit } = badStarts(data, 'serve', now);
  // A service that has just been started has one.
  if (bad < 2) return [];
  const remedy =
    'See its log for why it ended. After several bad starts in a row it takes data in and does no work (safe mode).';
  const found = `${bad} starts in the last ten minutes were followed by no good end`;
  return [bad >= limit ? failed('safe mode', found, remedy) : warning('starts', found, remedy)];
}
