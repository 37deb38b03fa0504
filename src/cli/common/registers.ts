import { readFileSync } from 'node:fs';
import { describeProblem, type Problem } from '../../core/problem.js';
import type { InventoryEntry } from '../../core/register.js';
import { Directory } from '../../people/directory.js';
import type { PeopleFile } from '../../people/read-people.js';
import { CliError, explainFileError } from './errors.js';
import type { ScanRequest } from './scan-types.js';

/** The people directory and the inventory, and what was wrong in their files. */
export interface Registers {
  directory: Directory;
  entries: readonly InventoryEntry[];
  /** For the report, warnings marked as such. */
  problems: readonly string[];
  /** Those that cost a row or an entry. */
  errors: readonly string[];
  /** Those of the inventory alone. */
  inventoryErrors: readonly string[];
}

/**
 * Reads both files; wrong rows and entries cost themselves. Absent paths give empty registers. What reads a file is loaded
 * only where one is named.
 */
export async function readRegisters(
  { people: peopleFile, inventory: inventoryFile, names }: Pick<ScanRequest, 'people' | 'inventory' | 'names'>,
  services: ReadonlySet<string>,
): Promise<Registers> {
  const people = peopleFile === undefined ? undefined : await readPeopleFile(readText(peopleFile), peopleFile);
  const directory = new Directory(people?.people, peopleFile);
  const inventory =
    inventoryFile === undefined
      ? undefined
      : (await import('../../inventory/read.js')).readInventory(readText(inventoryFile), {
          file: inventoryFile,
          services,
        });
  const aboutRows = people?.problems ?? [];
  const problems = [
    ...(names === true
      ? [...aboutRows, ...directory.problems]
      : [...aboutRows.map(withoutValues), ...directory.problems.map(withoutOwners)]),
    ...(inventory?.problems ?? []),
  ];
  const hints = [
    ...(inventory === undefined
      ? ['warning: no inventory was given, so every service counts as unregistered: name yours with --inventory']
      : []),
    ...(people === undefined
      ? [
          'warning: no people directory was given, so users, devices and addresses stand for themselves: name yours with --people',
        ]
      : []),
  ];
  return {
    directory,
    entries: inventory?.entries ?? [],
    problems: [
      ...hints,
      ...problems.map((problem) => `${problem.severity === 'error' ? '' : 'warning: '}${describeProblem(problem)}`),
    ],
    errors: problems.filter((problem) => problem.severity === 'error').map(describeProblem),
    inventoryErrors: (inventory?.problems ?? []).filter(({ severity }) => severity === 'error').map(describeProblem),
  };
}

/** CSV, or users as JSON. */
async function readPeopleFile(text: string, file: string): Promise<PeopleFile> {
  const { looksLikeJson, readScim } = await import('../../people/read-scim.js');
  return looksLikeJson(text)
    ? readScim(text, file)
    : (await import('../../people/read-people.js')).readPeople(text, file);
}

/** Without what the file holds, quoted in the message: a report without names must not get them from here. File and line tell where to look. */
const withoutValues = (problem: Problem): Problem => ({
  ...problem,
  value: '',
  message: problem.message.replace(/".*"/s, '"..."'),
});

/** The directory's own problems name the people who share an alias. */
const withoutOwners = (problem: Problem): Problem => ({
  ...problem,
  value: '',
  message: 'an alias of this row stands on another row too, so it names nobody; leave it with one of them',
});

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CliError(explainFileError(error, path));
  }
}
