import { dayOf } from '../core/time.js';
import type { Period } from '../core/usage.js';
import type { Input } from './input.js';
import { mergeRollups, type RollupResult } from './rollup.js';
import { type InputResult, type ScanOptions, scanInput } from './scan-input.js';
import type { NotRead } from './walk.js';

/** What a scan gave: each input by itself, and all together. */
export interface ScanResult extends RollupResult {
  inputs: InputResult[];
  notRead: NotRead[];
  period: Period;
}

/** Reads inputs one after the other, in the order given; nothing that one of them holds stops the others. */
export async function scan(
  inputs: AsyncIterable<Input>,
  notRead: NotRead[],
  options: ScanOptions,
  done?: (result: InputResult) => Promise<void>,
): Promise<ScanResult> {
  const results: InputResult[] = [];
  for await (const input of inputs) {
    const result = await scanInput(input, options);
    if (result.format === undefined) {
      notRead.push({
        name: result.name,
        why:
          result.problem ??
          (result.bytes === 0 && result.why === 'the file is empty'
            ? 'is empty'
            : `${result.why}: if it is a log, name its format with --format or describe it with --mapping`),
      });
      continue;
    }
    if (result.problem !== undefined) notRead.push({ name: result.name, why: result.problem });
    await done?.(result);
    results.push(result);
  }
  const merged = mergeRollups(results, options.zone);
  return { ...merged, inputs: results, notRead, period: periodOf(results, options) };
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
