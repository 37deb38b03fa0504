import type { InventoryFile, ReadOptions } from './file.js';
import { readCsvInventory } from './read-csv.js';
import { readYamlInventory } from './read-yaml.js';

export type { InventoryFile, ReadOptions } from './file.js';

/** Reads an inventory file. A wrong entry costs itself; the others stand. Never throws. */
export function readInventory(text: string, options: ReadOptions): InventoryFile {
  return /\.(csv|tsv)$/i.test(options.file) ? readCsvInventory(text, options) : readYamlInventory(text, options);
}
