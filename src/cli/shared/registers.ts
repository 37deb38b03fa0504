import { readFileSync } from 'node:fs';
import { describeProblem, type Problem } from '../../core/problem.js';
import type { InventoryEntry } from '../../core/register.js';
import { readInventory } from '../../inventory/read.js';
import { Directory } from '../../people/directory.js';
import { readPeople } from '../../people/read-people.js';
import { CliError, explainFileError } from './errors.js';

/** The people directory and the inventory, and what was wrong in their files. */
export interface Registers {
  directory: Directory;
  entries: readonly InventoryEntry[];
  problems: readonly string[];
  /** Some rows or entries do not stand. */
  broken: boolean;
}

/** Reads both files; wrong rows and entries cost themselves. Absent paths give empty registers. */
export function readRegisters(
  peopleFile: string | undefined,
  inventoryFile: string | undefined,
  services: ReadonlySet<string>,
): Registers {
  const people = peopleFile === undefined ? undefined : readPeople(readText(peopleFile), peopleFile);
  const directory = new Directory(people?.people, peopleFile);
  const inventory =
    inventoryFile === undefined ? undefined : readInventory(readText(inventoryFile), { file: inventoryFile, services });
  const problems: Problem[] = [...(people?.problems ?? []), ...directory.problems, ...(inventory?.problems ?? [])];
  return {
    directory,
    entries: inventory?.entries ?? [],
    problems: problems.map(
      (problem) => `${problem.severity === 'error' ? '' : 'warning: '}${describeProblem(problem)}`,
    ),
    broken: problems.some((problem) => problem.severity === 'error'),
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CliError(explainFileError(error, path));
  }
}
