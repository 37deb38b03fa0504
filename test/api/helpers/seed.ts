import type { StoredFinding } from '../../../src/core/finding-state.js';
import { saveChunk } from '../../../src/store/chunks.js';
import { saveFinding } from '../../../src/store/findings.js';
import { commitBatch } from '../../../src/store/intake.js';
import { addToHour, saveGaps } from '../../../src/store/ledger.js';
import { beginCollecting, noteSourceError, syncSources } from '../../../src/store/sources.js';
import type { Db } from '../../../src/store/tables.js';
import { chunk, usage } from '../../store/helpers/results.js';

/** Noon of 5 October 2026, UTC: the now of these tests. */
export const noon = Date.UTC(2026, 9, 5, 12);
export const hourMs = 3_600_000;

/** A finding as the service keeps it; only what a test is about has to be said. */
export const finding = (change: Partial<StoredFinding> = {}): StoredFinding => ({
  id: 'chatgpt/personal',
  service: 'chatgpt',
  accountKind: 'personal',
  state: 'open',
  verdict: 'unregistered',
  reason: 'Nothing in the inventory names ChatGPT.',
  entry: null,
  risk: {
    score: 62,
    level: 'medium',
    factors: [{ group: 'governance', name: 'verdict', points: 62, why: 'Unregistered.' }],
    rules: 'rules-1',
  },
  signals: [{ name: 'new-group', why: 'Since 1 October it is used by Sales.', numbers: { groups: 1 } }],
  strength: 'visit',
  contactOnly: false,
  provenance: 'observed',
  claimedOnly: false,
  unverified: { actors: 0, events: 0, attempts: 0 },
  people: 9,
  actors: 9,
  events: 40,
  attempts: 2,
  bytesOut: 100,
  bytesIn: 200,
  firstSeen: noon - 10 * hourMs,
  lastSeen: noon - hourMs,
  lastUsed: noon - hourMs,
  learnedAt: noon,
  openedAt: noon - 10 * hourMs,
  changedAt: noon - 2 * hourMs,
  resolvedAt: null,
  groups: [
    { group: 'Sales', verdict: 'unregistered', reason: 'Not for Sales.', actors: 7, events: 30 },
    { group: 'Legal', verdict: 'denied', reason: 'Ada of Legal.', actors: 1, events: 6 },
    { group: 'Board', verdict: 'unregistered', reason: 'Bob of Board.', actors: 1, events: 4 },
  ],
  ...change,
});

export const opened = (id: string, at: number) => ({
  finding: id,
  kind: 'opened' as const,
  at,
  from: null,
  to: { state: 'open' as const, verdict: 'unregistered' as const },
  reason: 'It is used, and nothing names it.',
  signals: [],
  inventoryVersion: 'inventory-1',
  catalogHash: 'catalog-1',
});

/** A day of a small service: two sources, three chunks, two findings. Gives the number of the scanned chunk. */
export async function seed(db: Db): Promise<{ done: number; waiting: number }> {
  await syncSources(
    db,
    [
      { id: 'proxy', kind: 'folder', expectEvery: hourMs },
      { id: 'firewall', kind: 'syslog', expectEvery: undefined },
    ],
    noon - 100 * hourMs,
  );
  await saveChunk(
    db,
    chunk('a', {
      source: 'proxy',
      rejects: new Map([['no time', 1]]),
      usage: [
        usage({ source: 'proxy', events: 3, attempts: 1, bytesOut: 100, bytesIn: 2000 }),
        usage({
          source: 'proxy',
          actor: { kind: 'person', id: 'p-17', group: 'Research' },
          day: '2026-10-04',
          accountKind: 'personal',
          strength: 'transfer',
          events: 5,
          attempts: 0,
          bytesOut: 900,
          bytesIn: 10,
        }),
        usage({ source: 'proxy', day: '', service: 'chatgpt', events: 2, attempts: 0, bytesOut: 7, bytesIn: 8 }),
        usage({ source: 'proxy', service: 'claude', events: 1, attempts: 0, bytesOut: 1, bytesIn: 1 }),
      ],
    }),
  );
  const { id: done } = await db.selectFrom('chunk').select('id').executeTakeFirstOrThrow();
  await db
    .updateTable('source')
    .set({ last_data_at: noon - 2 * hourMs, last_event_at: noon - 3 * hourMs })
    .where('id', '=', 'proxy')
    .execute();
  const fence = await beginCollecting(db, 'proxy', noon - hourMs);
  const { ids: [waiting = 0] = [] } =
    (await commitBatch(
      db,
      { source: 'proxy', fence: fence?.fence ?? 0 },
      {
        chunks: [{ key: 'k1', name: 'logs/<b>.log', place: { path: '/logs' }, size: 10, modified: noon }],
        cursor: new Map(),
      },
      noon - hourMs / 2,
    )) ?? {};
  await db
    .insertInto('quarantine')
    .values({
      chunk_id: done,
      source: 'proxy',
      part_start: 5,
      part_end: 9,
      reason: 'It ended its worker.',
      sealed: Buffer.from('SECRET-RAW-BYTES'),
      at: noon,
    })
    .execute();
  await addToHour(db, 'proxy', noon - hourMs, {
    chunks: 1,
    bytes: 5000,
    received: 10,
    landed: 9,
    rejected: 1,
    hits: 12,
  });
  await addToHour(db, 'proxy', noon - 60 * hourMs, { chunks: 1, received: 7, landed: 7 });
  await saveGaps(db, 'proxy', [{ at: noon - hourMs, why: 'The file was gone.', lines: 4 }]);
  await noteSourceError(db, 'firewall', 'It does not listen.', noon);
  await saveFinding(db, finding(), opened('chatgpt/personal', noon - 10 * hourMs), { chunkId: done, now: noon });
  await saveFinding(
    db,
    finding({
      id: 'claude/unknown',
      service: 'claude',
      accountKind: 'unknown',
      state: 'watched',
      verdict: 'sanctioned',
      risk: { score: 10, level: 'low', factors: [], rules: 'rules-1' },
      groups: [],
      signals: [],
    }),
    undefined,
    { chunkId: undefined, now: noon },
  );
  return { done, waiting };
}
