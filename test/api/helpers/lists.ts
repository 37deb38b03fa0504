import { createHash } from 'node:crypto';
import { addVersion, saveFeed } from '../../../src/store/blocklists.js';
import type { Db } from '../../../src/store/tables.js';
import { noon } from './seed.js';

/** A version of a list as the service would have published it; written to the tables as a file that nobody made by the code under test. */
export async function serveList(
  db: Db,
  list: { format: string; body: string; version?: number; at?: number; note?: string; state?: 'published' | 'pending' },
): Promise<void> {
  const { format, body, version = 1, at = noon, state = 'published' } = list;
  const sha256 = createHash('sha256').update(body).digest('hex');
  const isPublished = state === 'published';
  await addVersion(db, {
    version: {
      format,
      version,
      state,
      day: '2026-10-05',
      serial: Math.floor(at / 1000) + version,
      entries: body.split('\n').length - 1,
      entriesHash: sha256,
      bodyHash: sha256,
      base: version > 1 ? version - 1 : undefined,
      added: 1,
      removed: 0,
      inventoryHash: 'inventory-1',
      catalogHash: 'catalog-1',
      restores: undefined,
      waitsFor: isPublished ? undefined : 'more than 5 % of the 1 before',
      madeAt: at,
      madeBy: 'service',
      decidedAt: undefined,
      approvedBy: undefined,
      publishedAt: isPublished ? at : undefined,
      note: isPublished ? (list.note ?? `note of ${format} ${version}\n`) : undefined,
    },
    body: Buffer.from(body),
    changes: [],
  });
  await saveFeed(db, { format, active: true });
}
