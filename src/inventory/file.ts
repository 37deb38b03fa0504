import type { Problem } from '../core/problem.js';
import type { InventoryEntry } from '../core/register.js';

/** What reading an inventory file gives. */
export interface InventoryFile {
  /** The entries that stand, in the order of the file. */
  entries: readonly InventoryEntry[];
  problems: readonly Problem[];
}

export interface ReadOptions {
  /** Name that problems carry; `.csv` and `.tsv` are read as CSV, everything else as YAML. */
  file: string;
  /** Ids of the catalog; without them services are not checked. */
  services?: ReadonlySet<string> | undefined;
}
