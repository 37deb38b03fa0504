import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dayOf } from '../../core/time.js';
import { actorsOf } from '../../scan/candidate-table.js';
import type { InputResult } from '../../scan/result.js';
import { sampleEvidence } from '../../scan/rollup.js';
import type { ScanResult } from '../../scan/scan.js';
import { periodOf } from '../../scan/scan.js';
import { loadCandidates } from '../../store/candidates.js';
import { loadCoverage, saveChunk } from '../../store/chunks.js';
import { loadEvidence } from '../../store/evidence.js';
import { countRepeated } from '../../store/expenses.js';
import type { Db } from '../../store/tables.js';
import { loadUsage } from '../../store/usage.js';
import { loadUses } from '../../store/uses.js';
import { keepFindings, type ScanRegisters } from './keep-findings.js';
import { inWords, openData } from './open-data.js';
import type { Kept, ScanRequest } from './scan-types.js';

/** The database of a data folder, open for one scan. */
export interface Results {
  /** Keeps each input's results, and reads back all that the database holds for the days asked for. */
  keep(result: ScanResult, request: ScanRequest, registers: Omit<ScanRegisters, 'folder' | 'zone'>): Promise<Kept>;
  close(): Promise<void>;
}

/** @throws CliError where the folder cannot be used */
export async function openResults(folder: string): Promise<Results> {
  const store = await openData(folder);
  return {
    keep: (result, request, registers) => inWords(folder, keep(store.db, result, request, { ...registers, folder })),
    close: () => store.close(),
  };
}

async function keep(
  db: Db,
  result: ScanResult,
  request: ScanRequest,
  registers: Omit<ScanRegisters, 'zone'>,
): Promise<Kept> {
  const kept = await keepResults(db, result, request, registers.catalog.hash);
  await keepFindings(db, { ...registers, zone: request.zone });
  return kept;
}

async function keepResults(db: Db, result: ScanResult, request: ScanRequest, catalogHash: string): Promise<Kept> {
  const rules = rulesHash(request, catalogHash);
  for (const input of result.inputs) await saveChunk(db, chunkOf(input, rules));
  const { since, until, zone } = request;
  const days = {
    from: since === undefined ? undefined : dayOf(since, zone),
    to: until === undefined ? undefined : dayOf(until - 1, zone),
  };
  const [usage, uses, evidence, candidates, coverage] = [
    await loadUsage(db, days),
    await loadUses(db, days),
    await loadEvidence(db, { since, until }),
    await loadCandidates(db, { since, until }),
    await loadCoverage(db),
  ];
  return {
    period: periodOf(coverage, request),
    usage,
    uses,
    evidence: sampleEvidence(evidence, zone),
    hits: usage.reduce((sum, row) => sum + row.events + row.attempts, 0),
    repeated: await countRepeated(db),
    candidates: candidates,
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
    uses: input.uses,
    expenses: input.expenses,
    evidence: input.evidence,
    candidates: candidates.map(({ file: _file, ...candidate }) => ({
      ...candidate,
      actors: candidate.who.size,
      who: actorsOf(candidate),
    })),
  };
}

/** Everything beside the bytes that decides a result: another catalog, zone, mapping or people file replaces what was kept. */
function rulesHash(request: ScanRequest, catalogHash: string): string {
  const hash = createHash('sha256').update(JSON.stringify([catalogHash, request.zone, request.logZone]));
  for (const path of [request.mapping, request.people])
    hash.update(path === undefined ? '-' : createHash('sha256').update(readFileSync(path)).digest());
  return hash.digest('hex');
}
