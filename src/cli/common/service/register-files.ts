import { existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Logger } from 'pino';
import type { Catalog } from '../../../catalog/compile.js';
import type { MatchedContract } from '../../../core/contract.js';
import { describeProblem } from '../../../core/problem.js';
import type { ServiceSetup } from '../../../jobs/setup.js';
import type { RegisterFiles } from '../../../jobs/sync-registers.js';
import { readContractsFile } from '../contracts.js';
import { CliError } from '../errors.js';
import { readRegisters } from '../registers.js';

/**
 * Reads the register files of the configuration, when they changed by size or time, or the catalog whose services they name did; between, and where a file is missing or not to be
 * read, the answer is "nothing new". Rows and entries that are wrong cost themselves and are logged once.
 */
export function registerReader(
  setup: () => ServiceSetup,
  catalog: () => Pick<Catalog, 'hash' | 'services'>,
  log: Pick<Logger, 'warn'>,
): () => Promise<RegisterFiles> {
  let seen = '';
  return async () => {
    const { people, inventory, contracts } = setup();
    const paths = [people, inventory, contracts].map((path) =>
      path !== undefined && existsSync(path) ? path : undefined,
    );
    const state = paths
      .map((path) => {
        if (path === undefined) return '-';
        const { size, mtimeMs, ino } = statSync(path);
        return `${path} ${size} ${mtimeMs} ${ino}`;
      })
      .concat(catalog().hash)
      .join('\n');
    if (state === seen) return { people: undefined, inventory: undefined, contracts: undefined };
    const [peopleFile, inventoryFile, contractsFile] = paths;
    const registers = await readRegisters(
      {
        ...(peopleFile !== undefined && { people: peopleFile }),
        ...(inventoryFile !== undefined && { inventory: inventoryFile }),
      },
      new Set(catalog().services.keys()),
    );
    const bought = contractsFile === undefined ? undefined : await contractsIn(contractsFile, catalog().services);
    for (const error of [...registers.errors, ...(bought?.errors ?? [])].slice(0, 20))
      log.warn({ why: error }, 'a register is wrong in one place; the rest counts');
    seen = state;
    // A file that gives nothing and has errors is broken, not empty: what was known stays.
    const counts = <T>(file: string | undefined, list: readonly T[], errors: readonly string[]) =>
      file === undefined || (list.length === 0 && errors.length > 0) ? undefined : list;
    return {
      people: counts(peopleFile, [...registers.directory.people.values()], registers.errors),
      inventory: counts(inventoryFile, registers.entries, registers.errors),
      inventoryName: inventoryFile === undefined ? undefined : basename(inventoryFile),
      inventoryTrouble: troubleOf(inventory, inventoryFile, registers.inventoryErrors),
      contracts: counts(contractsFile, bought?.contracts ?? [], bought?.errors ?? []),
    };
  };
}

/** What is wrong with the inventory as a whole, without its content; null: nothing. Undefined: none is configured. */
function troubleOf(
  configured: string | undefined,
  found: string | undefined,
  errors: readonly string[],
): string | null | undefined {
  if (configured === undefined) return undefined;
  if (found === undefined) return 'the file of the inventory is not there';
  if (errors.length === 0) return null;
  return `the file of the inventory has ${errors.length === 1 ? 'an error' : `${errors.length} errors`}, in which a permission may be lost`;
}

/** The vendor list, or why it cannot be read. */
async function contractsIn(
  path: string,
  services: Catalog['services'],
): Promise<{ contracts: readonly MatchedContract[]; errors: string[] }> {
  try {
    const { contracts, problems } = await readContractsFile(path, services.values());
    return { contracts, errors: problems.map(describeProblem) };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { contracts: [], errors: [error.message] };
  }
}
