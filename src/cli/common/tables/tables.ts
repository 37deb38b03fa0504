import type { Catalog } from '../../../catalog/compile.js';
import { faultPoint } from '../../../core/fault.js';
import type { InventoryEntry } from '../../../core/register.js';
import { dayStart } from '../../../core/time.js';
import { findingsTable } from '../../../exports/tables/common/findings.js';
import type { Sink, TableFormat, TableName } from '../../../exports/tables/common/format.js';
import { inventoryTable } from '../../../exports/tables/common/inventory.js';
import { usageTable } from '../../../exports/tables/common/usage.js';
import type { Labels } from '../../../reports/people.js';
import { type ExportChoice, findingPages, usagePages } from '../../../store/reads/export.js';
import { loadRegister } from '../../../store/registers.js';
import type { Db } from '../../../store/tables.js';

/** What a table is made from. */
export interface TableSource {
  /** In a transaction that sees one moment. */
  trx: Db;
  catalog: Catalog;
  labels: Labels;
  choice: ExportChoice;
  /** Of the organisation: its days are those that are asked for. */
  zone: string;
}

/** Writes a table, and says how many rows it has. */
export async function writeTable(
  name: TableName,
  format: TableFormat,
  { trx, catalog, labels, choice, zone }: TableSource,
  sink: Sink,
): Promise<number> {
  let rows = 0;
  const counted = async function* <T>(pages: AsyncIterable<readonly T[]>): AsyncGenerator<readonly T[]> {
    for await (const page of pages) {
      await faultPoint('export.page');
      rows += page.length;
      yield page;
    }
  };
  const describe = (id: string) => {
    const service = catalog.services.get(id);
    return service && { name: service.name, vendor: service.vendor.name, category: service.category };
  };
  switch (name) {
    case 'usage': {
      const vendor = (id: string): string => describe(id)?.vendor ?? '';
      const table = usageTable({ actor: labels.actor, group: labels.group, vendor });
      await format.write(table, counted(usagePages(trx, choice)), sink);
      break;
    }
    case 'findings': {
      const { from, until, service } = choice;
      const instant = (day: string | undefined) => (day === undefined ? undefined : dayStart(day, zone));
      const asked = { since: instant(from), until: instant(until), service };
      await format.write(findingsTable(describe), counted(findingPages(trx, asked)), sink);
      break;
    }
    case 'inventory': {
      const register = await loadRegister<InventoryEntry[]>(trx, 'inventory');
      const entries = (register?.body ?? []).filter(
        ({ services }) => choice.service === undefined || services.includes(choice.service),
      );
      const pages = (async function* () {
        yield entries;
      })();
      await format.write(inventoryTable(register?.loadedAt ?? 0), counted(pages), sink);
      break;
    }
  }
  return rows;
}
