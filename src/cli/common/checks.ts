import type { Check } from '../../core/check.js';
import { safeLine } from '../../core/terminal.js';

const marks = { ok: 'ok     ', warning: 'warning', failed: 'FAILED ' } as const;

/** A line for each check, and one with what to do where something is wrong. */
export function checkLines(checks: readonly Check[]): string[] {
  const width = Math.max(0, ...checks.map(({ name }) => name.length));
  return checks.flatMap(({ name, outcome, found, remedy }) => [
    `${marks[outcome]} ${safeLine(name).padEnd(width)}  ${safeLine(found)}`,
    ...(outcome === 'ok' || remedy === '' ? [] : [`        ${safeLine(remedy)}`]),
  ]);
}
