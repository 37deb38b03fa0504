import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { claimOwnership } from '../../src/store/owner.js';
import { removeFolder, temporaryFolder } from './helpers/databases.js';
import { killChildren, startChild } from './helpers/processes.js';

const folder = temporaryFolder();
const file = join(folder, 'owner');
afterAll(() => {
  killChildren();
  removeFolder(folder);
});

test('a folder is claimed once, and again after it was given up', () => {
  const claim = claimOwnership(file);
  expect(claimOwnership(file)).toEqual({ ownedBy: process.pid });
  if ('release' in claim) claim.release();
  const next = claimOwnership(file);
  expect(next).toHaveProperty('release');
  // Late, and no longer its own: changes nothing.
  if ('release' in claim) claim.release();
  expect(claimOwnership(file)).toEqual({ ownedBy: process.pid });
  if ('release' in next) next.release();
  expect(readdirSync(folder)).toEqual([]);
});

test('of several processes that find a dead owner one takes over', async () => {
  writeFileSync(file, JSON.stringify({ pid: 2 ** 22 + 1, id: 'dead' }));
  // A process that was killed while it took over, too.
  writeFileSync(`${file}.next`, JSON.stringify({ pid: 2 ** 22 + 2, id: 'dead too' }));
  const children = Array.from({ length: 5 }, () => startChild('claim', folder));
  const lines = await Promise.all(children.map((child) => child.line()));
  expect(lines.filter((line) => line === 'claimed')).toHaveLength(1);
  expect(lines.filter((line) => line?.startsWith('owned by'))).toHaveLength(4);
});
