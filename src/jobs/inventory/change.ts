import type { Service } from '../../catalog/schema.js';
import type { RecordedDecision } from '../../core/decision.js';
import { affected } from '../../inventory/affected.js';
import { lastOfEach } from '../../inventory/overlay.js';
import { appendAudit } from '../../store/audit.js';
import { markDue } from '../../store/claims.js';
import { usedServices } from '../../store/findings.js';
import { type InventoryBase, type InventoryChange, setBaseInventory } from '../../store/inventory.js';
import type { Db } from '../../store/tables.js';

/** What a change of the register is made with: the services of the catalog, and the time (milliseconds since 1970). */
export interface ChangeContext {
  services: ReadonlyMap<string, Service>;
  at: number;
}

/** Decisions that counted until a change of the base, and yield to it. */
export function yieldedBy({ before, after }: InventoryChange): RecordedDecision[] {
  const still = new Set(after.holding.map(({ id }) => id));
  const last = new Set(lastOfEach(after.decisions).map(({ id }) => id));
  return before.holding.filter(({ id }) => last.has(id) && !still.has(id));
}

/**
 * Makes a register the base within the caller's transaction: kept as a version, in the audit log with the hashes before and after, and the
 * findings that it touches marked to be looked at again. Undefined: it is the base already.
 * @param recordedBy who ran the command, where that is not who the base names
 */
export async function changeBase(
  trx: Db,
  base: Omit<InventoryBase, 'loadedAt'>,
  { services, at }: ChangeContext,
  recordedBy = base.who,
): Promise<InventoryChange | undefined> {
  const change = await setBaseInventory(trx, base, at);
  if (change === undefined) return undefined;
  await markTouched(trx, change, { services, at });
  const yielded = yieldedBy(change).map(({ id }) => id);
  await appendAudit(trx, {
    at,
    who: recordedBy,
    action: base.origin === 'import' ? 'register.imported' : 'register.changed',
    subject: 'inventory',
    details: {
      hash: base.hash,
      before: change.before.base?.hash ?? null,
      entries: base.entries.length,
      ...(base.name !== '' && { file: base.name }),
      ...(base.origin === 'import' && { who: base.who, why: base.why }),
      ...(yielded.length > 0 && { yielded }),
    },
  });
  return change;
}

/** Marks the services whose findings a change touches, to be looked at before others. */
export async function markTouched(
  trx: Db,
  { before, after }: InventoryChange,
  { services, at }: ChangeContext,
): Promise<void> {
  const used = new Set(await usedServices(trx));
  await markDue(trx, affected(before.entries, after.entries, used, services), at, null);
}
