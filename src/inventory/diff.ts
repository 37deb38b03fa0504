import type { InventoryEntry } from '../core/register.js';
import { columnNames } from './fields.js';
import { entryHash } from './overlay.js';
import { cellText } from './write.js';

/** A field that says something else; the texts are those of the CSV form, empty where nothing is said. */
export interface FieldChange {
  field: string;
  before: string;
  after: string;
}

/** What differs between two registers. The order of their entries does not matter. */
export interface InventoryDiff {
  added: readonly InventoryEntry[];
  removed: readonly InventoryEntry[];
  changed: readonly { entry: InventoryEntry; fields: readonly FieldChange[] }[];
  same: number;
}

export function diffInventories(before: readonly InventoryEntry[], after: readonly InventoryEntry[]): InventoryDiff {
  const old = new Map(before.map((entry) => [entry.id, entry]));
  const fresh = new Map(after.map((entry) => [entry.id, entry]));
  const changed = after.flatMap((entry) => {
    const was = old.get(entry.id);
    return was === undefined || entryHash(was) === entryHash(entry)
      ? []
      : [{ entry, fields: changedFields(was, entry) }];
  });
  const added = after.filter(({ id }) => !old.has(id));
  return {
    added,
    removed: before.filter(({ id }) => !fresh.has(id)),
    changed,
    same: after.length - added.length - changed.length,
  };
}

/** Columns in which two forms of an entry differ. */
export const changedFields = (before: InventoryEntry, after: InventoryEntry): FieldChange[] =>
  columnNames.flatMap((field) => {
    const [was, is] = [cellText(before, field), cellText(after, field)];
    return was === is ? [] : [{ field, before: was, after: is }];
  });

export const isEmptyDiff = ({ added, removed, changed }: InventoryDiff): boolean =>
  added.length + removed.length + changed.length === 0;
