import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { Spool, type SpoolDraft, type SpoolOptions, type SpoolRecord } from '../../../src/receivers/common/spool.js';
import { claimOwnership } from '../../../src/store/owner.js';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'halflight-receivers-'));
  made.push(folder);
  return folder;
}

/** A spool without ballast, in a folder of its own unless one is named. */
export const openSpool = (options: Partial<SpoolOptions> = {}): Promise<Spool> =>
  Spool.open({ folder: join(temporaryFolder(), 'spool'), claim: claimOwnership, ballast: 0, ...options });

export const draft = (text: string, more: Partial<SpoolDraft> = {}): SpoolDraft => ({
  source: 'proxy',
  kind: 'push',
  receivedAt: 1_700_000_000_000,
  meta: {},
  payload: Buffer.from(text),
  ...more,
});

/** Everything behind a sequence, in small bites. */
export async function readAll(spool: Spool, after = 0): Promise<SpoolRecord[]> {
  const all: SpoolRecord[] = [];
  for (;;) {
    const got = await spool.read({ after: all.at(-1)?.sequence ?? after, maxRecords: 100, maxBytes: 1 << 20 });
    if (got.length === 0) return all;
    all.push(...got);
  }
}

export const texts = (records: readonly SpoolRecord[]): string[] => records.map((record) => String(record.payload));
