import { readFileSync } from 'node:fs';
import { describeProblem, type Problem } from '../../../core/problem.js';
import type { InventoryEntry } from '../../../core/register.js';
import { readInventory } from '../../../inventory/read.js';
import { CliError, explainFileError } from '../errors.js';

export interface CheckedInventory {
  entries: readonly InventoryEntry[];
  /** Those that cost an entry. */
  errors: readonly Problem[];
  warnings: readonly Problem[];
}

/** Reads an inventory file and says all that is wrong in it. @throws CliError where it cannot be read */
export function checkInventory(path: string, services: ReadonlySet<string>): CheckedInventory {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CliError(explainFileError(error, path));
  }
  const { entries, problems } = readInventory(text, { file: path, services });
  return {
    entries,
    errors: problems.filter(({ severity }) => severity === 'error'),
    warnings: problems.filter(({ severity }) => severity === 'warning'),
  };
}

/** `inventory.yaml:6: status: ...`, warnings marked as such. */
export const problemLines = ({ errors, warnings }: CheckedInventory): string[] => [
  ...errors.map(describeProblem),
  ...warnings.map((problem) => `warning: ${describeProblem(problem)}`),
];
