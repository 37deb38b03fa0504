import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dayOf } from '../../core/time.js';
import { sampleEvidence } from '../../scan/rollup.js';
import type { ScanResult } from '../../scan/scan.js';
import { periodOf } from '../../scan/scan.js';
import type { InputResult } from '../../scan/scan-input.js';
import { loadCandidates } from '../../store/candidates.js';
import { loadCoverage, saveChunk } from '../../store/chunks.js';
import { openStore } from '../../store/db.js';
import { StoreError } from '../../store/errors.js';
import { loadEvidence } from '../../store/evidence.js';
import { loadUsage } from '../../store/usage.js';
import { CliError } from './errors.js';
import type { Kept, ScanRequest } from './scan-types.js';

/** Keeps each input's results in the database of `folder`, and reads back all that it holds for the days asked for. */
export async function keepResults(
  folder: string,
  result: ScanResult,
  request: ScanRequest,
  catalogHash: string,
): Promise<Kept> {
  try {
    const store = await openStore({ dataDir: folder });
    try {
      const rules = rulesHash(request, catalogHash);
      for (const input of result.inputs) await saveChunk(store.db, chunkOf(input, rules));
      const { since, until, zone } = request;
      const [usage, evidence, candidates, coverage] = [
        await loadUsage(store.db, {
          from: since === undefined ? undefined : dayOf(since, zone),
          to: until === undefined ? undefined : dayOf(until - 1, zone),
        }),
        await loadEvidence(store.db, { since, until }),
        await loadCandidates(store.db, { since, until }),
        await loadCoverage(store.db),
      ];
      return {
        period: periodOf(coverage, request),
        usage,
        evidence: sampleEvidence(evidence, zone),
        hits: usage.reduce((sum, row) => sum + row.events + row.attempts, 0),
        candidates,
        inputs: coverage.map((chunk) => ({
          name: chunk.name,
          format: chunk.format,
          confidence: 1,
          why: 'kept from a scan',
          bytes: chunk.bytes,
          lines: chunk.lines,
          records: chunk.records,
          recordsWithEvents: chunk.withEvents,
          events: chunk.events,
          skipped: chunk.skipped,
          rejected: chunk.rejected,
          hits: chunk.hits,
          first: chunk.first,
          last: chunk.last,
          skips: new Map(),
          rejects: chunk.rejects,
          problem: null,
        })),
      };
    } finally {
      await store.close();
    }
  } catch (error) {
    if (error instanceof StoreError) throw new CliError(error.message);
    throw error;
  }
}

/** An input that could not be read to its end is kept as far as it was read: its bytes are another chunk than those of the whole file. */
function chunkOf(input: InputResult, rules: string): Parameters<typeof saveChunk>[1] {
  const { counts, candidates, format = '', sha256 = '' } = input;
  return {
    source: format ?? '',
    sha256: sha256 ?? '',
    name: input.name,
    format: format ?? '',
    catalogHash: rules,
    scannedAt: Date.now(),
    bytes: input.bytes,
    ...counts,
    first: input.first,
    last: input.last,
    rejects: input.rejects,
    usage: input.usage,
    evidence: input.evidence,
    candidates: candidates.map(({ who, file: _file, ...candidate }) => ({ ...candidate, actors: who.size })),
  };
}

/** Everything beside the bytes that decides a result: another catalog, zone, mapping or people file replaces what was kept. */
function rulesHash(request: ScanRequest, catalogHash: string): string {
  const hash = createHash('sha256').update(JSON.stringify([catalogHash, request.zone, request.logZone]));
  for (const path of [request.mapping, request.people])
    hash.update(path === undefined ? '-' : createHash('sha256').update(readFileSync(path)).digest());
  return hash.digest('hex');
}
