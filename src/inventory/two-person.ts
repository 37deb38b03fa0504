import type { InventoryEntry } from '../core/register.js';

/**
 * A name as it is compared with others: `cli:Jane `, `jane` and `JANE` are one person. Letters of other widths, invisible characters and
 * blanks make no second person; one who uses two names (`jane` and `jane.doe@acme.example`) cannot be told, so decide by one kind of name.
 * Empty: no name at all.
 */
export const personKey = (name: string): string =>
  name
    .normalize('NFKC')
    .replace(/\s/gu, ' ')
    .replace(/\p{C}/gu, '')
    .replace(/ +/g, ' ')
    .trim()
    .replace(/^cli:\s*/iu, '')
    .toLowerCase();

export const samePerson = (a: string, b: string): boolean => personKey(a) === personKey(b);

/** Different people among names; the first spelling of each, in their order. */
export function people(names: readonly string[]): string[] {
  const byKey = new Map<string, string>();
  for (const name of names) {
    const key = personKey(name);
    if (key !== '' && !byKey.has(key)) byKey.set(key, name.trim());
  }
  return [...byKey.values()];
}

/**
 * Whether two people stand behind what an entry says: `decided_by` names at least two different ones (`personKey`). That holds for any
 * status; a served block list asks it of each denial. `decided_by` is filled by `halflight decide` and `halflight decide second`, or
 * stands in the inventory file, where the history of the file shows who wrote it. `approvers` do not count: they are who may approve,
 * not who did.
 */
export const isTwoPerson = (entry: Pick<InventoryEntry, 'decided_by'>): boolean =>
  people(entry.decided_by ?? []).length >= 2;
