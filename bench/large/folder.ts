import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCatalog } from '../../src/cli/common/open-catalog.js';
import { openStore } from '../../src/store/db.js';
import type { Db } from '../../src/store/tables.js';
import { count } from '../print.js';
import { type Amounts, fillLarge } from './fill.js';

const none: Amounts = { usage: 0, people: 0, findings: 0, entries: 0, evidence: 0, audit: 0, shares: 0 };

/**
 * A data folder with an embedded database of this size for commands with `--data`, and what remains of it removed behind. `keep`: a
 * folder that is filled once and used again by runs with the same amounts.
 */
export async function withDataFolder<T>(
  amounts: Partial<Amounts>,
  keep: string | undefined,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const whole = { ...none, ...amounts };
  const root = keep ?? mkdtempSync(join(tmpdir(), 'halflight-bench-large-'));
  // A server started by root runs as another user, who must be able to reach its folder.
  chmodSync(root, 0o755);
  const folder = join(root, Object.values(whole).join('-'));
  try {
    if (!existsSync(join(folder, 'postgres'))) await filled(folder, whole);
    return await work(folder);
  } finally {
    if (keep === undefined) rmSync(root, { recursive: true, force: true });
  }
}

async function filled(folder: string, amounts: Amounts): Promise<void> {
  const began = performance.now();
  await asked(folder, async (db) => fillLarge(db, await openCatalog(), amounts)).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  console.log(`${count(amounts.usage)} rows of usage: filled in ${count((performance.now() - began) / 1000)} s`);
}

/** Asks the database of a folder itself, for what an answer has to be. */
export async function asked<T>(folder: string, work: (db: Db) => Promise<T>): Promise<T> {
  const store = await openStore({ dataDir: folder });
  try {
    return await work(store.db);
  } finally {
    await store.close();
  }
}
