import type { Check } from '../../core/check.js';
import { safeLine } from '../../core/terminal.js';
import { wrap } from '../../reports/text-width.js';

const marks = { ok: 'ok     ', warning: 'warning', failed: 'FAILED ' } as const;

const columns = 80;
/** Longer names have a line of their own. */
const longestName = 24;

/** A line for each check, and below one where something is wrong what to do; wrapped to 80 columns. */
export function checkLines(checks: readonly Check[]): string[] {
  const width = Math.min(longestName, Math.max(0, ...checks.map(({ name }) => name.length)));
  const indent = ' '.repeat(8 + width + 2);
  const below = (text: string): string[] => wrap(safeLine(text), columns - indent.length).map((line) => indent + line);
  return checks.flatMap(({ name, outcome, found, remedy }) => {
    const head = `${marks[outcome]} ${safeLine(name).padEnd(width)}`;
    const [first = '', ...rest] = below(found);
    const lines = name.length > width ? [head, first, ...rest] : [`${head}  ${first.trimStart()}`.trimEnd(), ...rest];
    return outcome === 'ok' || remedy === '' ? lines : [...lines, ...below(remedy)];
  });
}
