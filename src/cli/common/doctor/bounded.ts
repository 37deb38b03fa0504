import type { Check } from '../../../core/check.js';

/** No check takes longer: what does not answer in time has failed. */
export const patienceMs = 5000;

export const ok = (name: string, found: string): Check => ({ name, outcome: 'ok', found, remedy: '' });
export const warning = (name: string, found: string, remedy: string): Check => ({
  name,
  outcome: 'warning',
  found,
  remedy,
});
export const failed = (name: string, found: string, remedy: string): Check => ({
  name,
  outcome: 'failed',
  found,
  remedy,
});

export class LateError extends Error {}

/** @throws LateError when it takes longer; what it gives later is dropped */
export async function within<T>(ms: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new LateError(`it did not answer within ${ms / 1000} s`)), ms);
  });
  const done = work();
  done.catch(() => {});
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Checks of one thing: what is thrown, or does not come in time, is a failed check with this remedy. */
export async function bounded(
  name: string,
  remedy: string,
  work: () => Promise<Check[]>,
  ms: number = patienceMs,
): Promise<Check[]> {
  try {
    return await within(ms, work);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return [failed(name, found, remedy)];
  }
}

/** `3 min`, `5 h`, `12 days`. */
export function ageText(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 1) return `${Math.max(0, Math.round(ms / 1000))} s`;
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}

/** `512 MiB`. */
export function sizeText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const unit = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 2 ** (10 * unit);
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
