import { createHash } from 'node:crypto';
import { actorsOf } from '../../scan/candidate-table.js';
import type { InputResult } from '../../scan/result.js';
import type { Claim } from '../../store/claims.js';
import type { ChunkResult } from '../../store/types.js';
import type { ServiceSetup, SourceSetup } from '../setup.js';

/** What a scan gave, as the database keeps it: usage belongs to the configured source. */
export function chunkResult(claim: Claim, result: InputResult, rules: string, scannedAt: number): ChunkResult {
  const { counts, candidates, usage, uses, expenses, evidence, rejects, first, last, bytes, format, leases } = result;
  return {
    source: claim.source,
    sha256: result.sha256 ?? '',
    name: claim.name,
    format: format ?? '',
    catalogHash: rules,
    scannedAt,
    bytes,
    ...counts,
    first,
    last,
    rejects,
    usage: usage.map((row) => ({ ...row, source: claim.source })),
    uses,
    expenses: expenses.map((expense) => ({ ...expense, usage: { ...expense.usage, source: claim.source } })),
    leases,
    evidence,
    candidates: candidates.map(({ file: _file, ...candidate }) => ({
      ...candidate,
      actors: candidate.who.size,
      who: actorsOf(candidate),
    })),
  };
}

/** Everything beside the bytes that decides what a chunk gives: another hash, another result. */
export function rulesHash(
  catalogHash: string,
  { zone }: Pick<ServiceSetup, 'zone'>,
  source: SourceSetup | undefined,
  peopleHash: string,
): string {
  return createHash('sha256')
    .update(
      JSON.stringify([
        catalogHash,
        zone,
        source?.logZone,
        source?.format,
        source?.mapping,
        peopleHash,
        source?.provenance,
      ]),
    )
    .digest('hex');
}
