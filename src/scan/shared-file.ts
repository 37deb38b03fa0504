import { joinNews } from '../people/leases/lease.js';
import type { Input, InputSource } from './input.js';
import type { ScanOptions } from './options.js';
import { lineOf, linesBefore, partsJob, partsLeft } from './parts.js';
import { type InputResult, maxRejectSamples } from './result.js';
import { mergeParts } from './rollup.js';
import { type PartsResult, scanInput, scanParts } from './scan-input.js';
import type { ScanThread } from './thread.js';

type SharedFile = Input & { size: number; source: Extract<InputSource, { kind: 'file' }> };

/** A file that is worth being read by several threads. */
export const isSharedFile = (input: Input, partBytes: number): input is SharedFile =>
  input.source?.kind === 'file' && input.size !== undefined && input.size >= 2 * partBytes;

/**
 * Reads one file with all threads, each taking the next part when it is done with one. The result is that of one thread: where
 * the parts do not add up to it (a header in the middle, more candidates than are told apart, a thread that died), the file is
 * read again in one piece.
 */
export async function readShared(
  input: SharedFile,
  options: ScanOptions,
  workers: readonly ScanThread[],
  partBytes: number,
): Promise<InputResult> {
  const job = partsJob(input.source, input.size, partBytes);
  let inParts = true;
  let sha256: string | undefined;
  // The main thread hashes the whole file first; meanwhile the others take its parts.
  const own = scanParts(job, input, options, async (file) => {
    if (options.hash) sha256 = await file.sha256(input.size);
  })
    .catch(() => undefined)
    .then((result) => {
      inParts = result !== undefined;
      return result;
    });
  const others = workers.map(async (worker) => {
    await Promise.race([worker.ready, own]);
    return inParts && partsLeft(job) && (await worker.ready) ? worker.readParts(job) : 'idle';
  });
  const first = await own;
  const results = [first, ...(await Promise.all(others))].filter((result) => result !== 'idle');
  const merged = results.every((result): result is PartsResult => result !== undefined && !(result instanceof Error))
    ? merge(results, options)
    : undefined;
  if (merged !== undefined) return { ...merged, sha256 };
  // What was read of it before is in the progress already.
  const { progress: _progress, ...rest } = options;
  return scanInput(input, first === undefined ? options : rest);
}

function merge(results: readonly PartsResult[], options: ScanOptions): InputResult | undefined {
  const before = linesBefore(results.flatMap(({ parts }) => parts));
  const [first] = results;
  if (before === undefined || first === undefined) return undefined;
  const all = results.map(({ result }) => result);
  const rollup = mergeParts(all, options.zone, (line) => lineOf(line, before), options.maxCandidates);
  if (rollup.candidatesCut) return undefined;
  const total = { ...first.result, ...rollup };
  const [counts, skips, rejects] = [{ ...total.counts }, new Map(total.skips), new Map(total.rejects)];
  for (const other of all.slice(1)) {
    for (const key of Object.keys(counts) as (keyof typeof counts)[]) counts[key] += other.counts[key];
    add(skips, other.skips);
    add(rejects, other.rejects);
    total.bytes += other.bytes;
    total.first = least(total.first, other.first);
    total.last = least(other.last, total.last, -1);
  }
  const rejectSamples = all
    .flatMap((result) => result.rejectSamples)
    .sort((a, b) => a.line - b.line)
    .slice(0, maxRejectSamples)
    .map((sample) => ({ ...sample, line: lineOf(sample.line, before) }));
  const leases = joinNews(all.map((result) => result.leases));
  return { ...total, counts, skips, rejects, rejectSamples, leases };
}

function add(sums: Map<string, number>, more: ReadonlyMap<string, number>): void {
  for (const [key, count] of more) sums.set(key, (sums.get(key) ?? 0) + count);
}

/** The lesser of two, or with `sign` -1 the greater. */
function least(a: number | undefined, b: number | undefined, sign = 1): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return sign * Math.min(sign * a, sign * b);
}
