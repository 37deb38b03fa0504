import { dayOf } from '../core/time.js';
import type { Period } from '../core/usage.js';
import { candidatesOfInput } from './candidate-table.js';
import type { Input } from './input.js';
import { keepNurserySmall } from './memory.js';
import type { ScanOptions } from './options.js';
import { readAll, type Threads } from './pool.js';
import type { InputResult } from './result.js';
import { mergeRollups, type RollupResult, withExpenses } from './rollup.js';
import type { NotRead } from './walk.js';
import { closeArchive } from './zip.js';

/** What a scan gave: each input by itself, and all together, with the payments in `usage` and `uses`. */
export interface ScanResult extends RollupResult {
  /** Payments that another input held already. */
  repeated: number;
  inputs: InputResult[];
  notRead: NotRead[];
  period: Period;
}

/**
 * Reads inputs, with `threads` several at a time; the result is the same whatever their number. Nothing that one of the
 * inputs holds stops the others.
 */
export async function scan(
  inputs: AsyncIterable<Input>,
  notRead: NotRead[],
  options: ScanOptions,
  threads?: Threads,
): Promise<ScanResult> {
  keepNurserySmall();
  const found: Input[] = [];
  for await (const input of inputs) found.push(input);
  const results: InputResult[] = [];
  const own = { maxCandidates: candidatesOfInput(found.length), ...options };
  for (const result of await readAll(found, own, threads)) {
    if (result.format !== undefined) results.push(result);
    const why = result.format === undefined ? whyNot(result, options.mapping !== undefined) : result.problem;
    if (why !== undefined) notRead.push({ name: result.name, why });
  }
  closeArchive();
  const period = periodOf(results, options);
  return { ...mergeInputs(results, options.zone), inputs: results, notRead, period };
}

/** All inputs together, with those payments in `usage` and `uses` that count. */
export function mergeInputs(
  results: readonly InputResult[],
  zone: string,
): RollupResult & Pick<ScanResult, 'repeated'> {
  const merged = mergeRollups(results, zone);
  const seen = results.reduce((sum, { expenses }) => sum + expenses.length, 0);
  return { ...merged, ...withExpenses(merged, seen), repeated: seen - merged.expenses.length };
}

function whyNot({ problem, bytes, why }: InputResult, mapped: boolean): string {
  if (problem !== undefined) return problem;
  if (bytes === 0 && why === 'the file is empty') return 'is empty';
  if (mapped)
    return `${why}, and the mapping fits less than half of its first records: "halflight parse --explain" with it says why`;
  return `${why}: if it is a log, name its format with --format or describe it with --mapping`;
}

/** First and last day that the inputs cover, within what was asked for. */
export function periodOf(
  inputs: readonly { first: number | undefined; last: number | undefined }[],
  { zone, since, until }: Pick<ScanOptions, 'zone' | 'since' | 'until'>,
): Period {
  let [first, last]: [number | undefined, number | undefined] = [undefined, undefined];
  for (const input of inputs) {
    if (input.first !== undefined && (first === undefined || input.first < first)) first = input.first;
    if (input.last !== undefined && (last === undefined || input.last > last)) last = input.last;
  }
  if (first === undefined || last === undefined) return { from: '', to: '' };
  if (since !== undefined) first = Math.max(first, since);
  if (until !== undefined) last = Math.min(last, until - 1);
  return first > last ? { from: '', to: '' } : { from: dayOf(first, zone), to: dayOf(last, zone) };
}
