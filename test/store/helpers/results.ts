import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Evidence, Usage } from '../../../src/core/usage.js';
import type { Db } from '../../../src/store/tables.js';
import type { ChunkCandidate, ChunkResult } from '../../../src/store/types.js';

export const noon = Date.UTC(2026, 9, 5, 12);

export const usage = (change: Partial<Usage> = {}): Usage => ({
  day: '2026-10-05',
  service: 'chatgpt',
  actor: { kind: 'user', id: 'ada', group: '' },
  source: 'squid',
  accountKind: 'unknown',
  strength: 'visit',
  provenance: 'observed',
  confidence: 'high',
  events: 3,
  attempts: 1,
  bytesOut: 100,
  bytesIn: 2000,
  spend: new Map(),
  first: noon,
  last: noon + 60_000,
  ...change,
});

export const evidence = (change: Partial<Evidence> = {}): Evidence => ({
  service: 'chatgpt',
  actor: { kind: 'user', id: 'ada', group: '' },
  accountKind: 'unknown',
  strength: 'visit',
  provenance: 'observed',
  attempt: false,
  time: noon,
  file: 'proxy/access.log',
  line: 1,
  signature: 'host chatgpt.com',
  reason: 'The host is chatgpt.com.',
  confidence: 'high',
  sha256: createHash('sha256').update('record').digest('hex'),
  sample: 'GET https://chatgpt.com/',
  ...change,
});

export const candidate = (change: Partial<ChunkCandidate> = {}): ChunkCandidate => ({
  subject: 'new-ai.example',
  kind: 'host',
  score: 50,
  reasons: [{ rule: 'word', points: 50, why: 'The name says "ai".' }],
  events: 4,
  bytesOut: 100,
  bytesIn: 900,
  actors: 2,
  who: [
    { kind: 'user', id: 'ada', events: 3 },
    { kind: 'user', id: 'bob', events: 1 },
  ],
  traces: ['new-ai.example'],
  first: noon,
  last: noon + 1000,
  line: 7,
  sample: 'GET https://new-ai.example/',
  ...change,
});

/** What a chunk named `bytes` gave; different names are different chunks. */
export const chunk = (bytes: string, change: Partial<ChunkResult> = {}): ChunkResult => ({
  source: 'squid',
  sha256: createHash('sha256').update(bytes).digest('hex'),
  name: 'proxy/access.log',
  format: 'squid',
  catalogHash: 'catalog-1',
  scannedAt: noon,
  bytes: 5000,
  lines: 12,
  records: 10,
  withEvents: 6,
  events: 7,
  skipped: 3,
  rejected: 1,
  first: noon,
  last: noon + 60_000,
  rejects: new Map([['no time', 1]]),
  usage: [usage()],
  uses: [{ day: '2026-03-02', service: 'chatgpt', accountKind: 'unknown', kind: 'web', model: '', events: 3 }],
  expenses: [],
  evidence: [evidence()],
  candidates: [candidate()],
  ...change,
});

const tables = [
  'chunk',
  'chunk_reject_count',
  'chunk_usage',
  'chunk_use',
  'usage',
  'usage_day',
  'usage_service_day',
  'expense',
  'evidence',
  'candidate',
] as const;

/** Every row of every table as text, sorted. */
export async function dump(db: Db): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const table of tables) {
    const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.table(table)} t`.execute(db);
    all[table] = rows.map(({ row }) => row).sort();
  }
  return all;
}

/** Rows of each table that a chunk of `bigChunk` has. */
export const bigChunkRows = 40;

/** A chunk of many rows, so that a kill may well fall between them. Its name is its content. */
export function bigChunk(name: string): ChunkResult {
  const each = Array.from({ length: bigChunkRows }, (_, i) => i);
  return chunk(name, {
    name,
    usage: each.map((i) => usage({ actor: { kind: 'user', id: `user-${i}`, group: '' } })),
    evidence: each.map((i) => evidence({ line: i + 1 })),
    candidates: each.map((i) => candidate({ subject: `host-${i}.example` })),
  });
}
