import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { InventoryEntry } from '../../src/core/register.js';
import { formulaGuard, joinList, splitList, undoFormulaGuard } from '../../src/inventory/csv-cells.js';
import { readInventory } from '../../src/inventory/read.js';
import { inventorySchema } from '../../src/inventory/schema.js';
import { toCsv, toYaml } from '../../src/inventory/write.js';
import { anyEntry, entry } from './helpers.js';

const inventories = fc.uniqueArray(anyEntry, { selector: ({ id }) => id, maxLength: 4 });
const errors = (file: ReturnType<typeof readInventory>) =>
  file.problems.filter((problem) => problem.severity === 'error');

it('what is exported as YAML reads back as it was', () => {
  fc.assert(
    fc.property(inventories, (entries) => {
      const file = readInventory(toYaml(entries), { file: 'inventory.yaml' });
      expect(errors(file)).toEqual([]);
      expect(file.entries).toEqual(entries);
      expect(toYaml(file.entries)).toBe(toYaml(entries));
    }),
    { seed: 20260103, numRuns: 300 },
  );
});

it('what is exported as CSV reads back as it was', () => {
  fc.assert(
    fc.property(inventories, (entries) => {
      const file = readInventory(toCsv(entries), { file: 'inventory.csv' });
      expect(errors(file)).toEqual([]);
      expect(file.entries).toEqual(entries);
      expect(toCsv(file.entries)).toBe(toCsv(entries));
    }),
    { seed: 20260104, numRuns: 300 },
  );
});

it('what goes from one form to the other stays the same', () => {
  fc.assert(
    fc.property(inventories, (entries) => {
      const viaCsv = readInventory(toCsv(entries), { file: 'a.csv' }).entries;
      expect(toYaml(viaCsv)).toBe(toYaml(entries));
    }),
    { seed: 20260105, numRuns: 100 },
  );
});

it('what is exported is what the schema for editors accepts', () => {
  fc.assert(
    fc.property(inventories, (entries) => {
      const defined = JSON.parse(JSON.stringify(entries)) as unknown;
      expect(inventorySchema.safeParse(defined).success).toBe(true);
    }),
    { seed: 20260106, numRuns: 100 },
  );
});

it('no cell of the CSV can run as a formula', () => {
  const hostile = ['=cmd|calc', '+1', '-1', '@sum', '\t=1', '\r=1', "'=1"];
  for (const name of hostile) {
    const cells = toCsv([entry({ name } as Partial<InventoryEntry>)]).split('\n')[1] ?? '';
    expect(/(^|,)"?[=+\-@\t\r]/.test(cells)).toBe(false);
  }
  fc.assert(
    fc.property(fc.string(), (cell) => {
      expect(formulaGuard(cell)).not.toMatch(/^[=+\-@\t\r]/);
      expect(undoFormulaGuard(formulaGuard(cell))).toBe(cell);
    }),
    { seed: 20260107 },
  );
});

it('lists in a cell keep their semicolons and backslashes', () => {
  expect(splitList('a; b ;;ACME\\x;c\\;d')).toEqual(['a', 'b', 'ACME\\x', 'c;d']);
  const items = fc.array(
    fc
      .string({ minLength: 1 })
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );
  fc.assert(
    fc.property(items, (list) => {
      expect(splitList(joinList(list))).toEqual(list);
    }),
    { seed: 20260108 },
  );
});
