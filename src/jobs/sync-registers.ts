import type { Service } from '../catalog/schema.js';
import type { MatchedContract } from '../core/contract.js';
import type { InventoryEntry } from '../core/register.js';
import { changedServices } from '../inventory/affected.js';
import type { Person } from '../people/person.js';
import { appendAudit } from '../store/audit.js';
import { markDue } from '../store/claims.js';
import { usedServices } from '../store/findings.js';
import { baseInventory } from '../store/inventory.js';
import { noteRegisterTrouble } from '../store/register-trouble.js';
import { loadRegister, saveRegister } from '../store/registers.js';
import type { Db } from '../store/tables.js';
import type { ServiceContext } from './context.js';
import { changeBase, yieldedBy } from './inventory/change.js';
import { syncPeople } from './people/sync-people.js';
import { registerHash } from './registers.js';

/** The registers as files have them; undefined: not configured, and what the database has stays. */
export interface RegisterFiles {
  people: readonly Person[] | undefined;
  inventory: readonly InventoryEntry[] | undefined;
  /** Name of the inventory's file. */
  inventoryName?: string | undefined;
  /** What is wrong with the inventory's file, so that entries of it may be missing; null: nothing; undefined: as it was. */
  inventoryTrouble?: string | null | undefined;
  /** With the services of the catalog that they may be for. */
  contracts?: readonly MatchedContract[] | undefined;
}

/**
 * Brings registers and catalog into the database where they changed, and has the findings that this touches looked at again at once,
 * without reading logs again.
 */
export async function syncRegisters(context: ServiceContext, files: RegisterFiles): Promise<void> {
  const { db, catalog, now, log } = context;
  const at = now();
  await syncPeople(context, files.people);
  if (files.inventory !== undefined) {
    const { inventory: entries } = files;
    const hash = registerHash(entries);
    if ((await baseInventory(db))?.hash !== hash) {
      const base = { hash, entries, origin: 'file', name: files.inventoryName ?? '', who: 'service', why: '' } as const;
      const change = await db.transaction().execute((trx) => changeBase(trx, base, { services: catalog.services, at }));
      if (change !== undefined) {
        const yielded = yieldedBy(change).map(({ id }) => id);
        log.info(
          { entries: entries.length, ...(yielded.length > 0 && { yielded }) },
          'the inventory changed: findings are looked at again',
        );
        context.ring('reconcile', `inventory-${change.after.hash.slice(0, 16)}`, { priority: 1 });
      }
    }
  }
  if (files.inventoryTrouble !== undefined)
    await noteRegisterTrouble(db, 'inventory', files.inventoryTrouble ?? undefined, at);
  const { contracts } = files;
  if (contracts !== undefined) {
    // Evidence beside the findings, and no part of their verdicts: nothing is looked at again.
    const hash = registerHash(contracts);
    const isNew = await db.transaction().execute(async (trx) => {
      if (!(await saveRegister(trx, 'contracts', { hash, body: contracts }, at))) return false;
      await changed(trx, 'contracts', hash, { contracts: contracts.length }, at);
      return true;
    });
    if (isNew) log.info({ contracts: contracts.length }, 'the list of contracts changed');
  }
  await syncCatalog(context, at);
}

/** A new version of the catalog: what it says of services counts at once; logs are read by it from now on, or by a replay. */
async function syncCatalog({ db, catalog, ring, log }: ServiceContext, at: number): Promise<void> {
  const before = await loadRegister<Service[]>(db, 'catalog');
  if (before?.hash === catalog.hash) return;
  const services = [...catalog.services.values()];
  await db.transaction().execute(async (trx) => {
    if (!(await saveRegister(trx, 'catalog', { hash: catalog.hash, body: services }, at))) return;
    await changed(
      trx,
      'catalog',
      catalog.hash,
      { services: services.length, version: catalog.release?.version ?? null },
      at,
    );
    if (before === undefined) return;
    // Through JSON, as the stored one came: absent and undefined are the same there.
    const fresh = JSON.parse(JSON.stringify(services)) as Service[];
    const byId = (list: readonly Service[]): Map<string, Service> =>
      new Map(list.map((service) => [service.id, service]));
    const touched = changedServices(byId(before.body), byId(fresh));
    const used = await usedServices(trx);
    await markDue(
      trx,
      used.filter((id) => touched.has(id)),
      at,
      null,
    );
    log.info({ services: services.length, changed: touched.size }, 'the catalog changed');
  });
  if (before !== undefined) ring('reconcile', `catalog-${catalog.hash.slice(0, 16)}`, { priority: 1 });
}

const changed = (trx: Db, register: string, hash: string, details: object, at: number): Promise<void> =>
  appendAudit(trx, {
    at,
    who: 'service',
    action: 'register.changed',
    subject: register,
    details: { hash, ...details },
  });
