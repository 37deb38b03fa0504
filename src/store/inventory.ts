import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { RecordedDecision } from '../core/decision.js';
import type { InventoryEntry } from '../core/register.js';
import { dayStart } from '../core/time.js';
import { holdingDecisions, withDecisions } from '../inventory/overlay.js';
import { loadRecordedDecisions } from './decisions.js';
import type { InventoryOrigin, InventoryVersionTable } from './inventory-tables.js';
import { saveRegister } from './registers.js';
import type { Db } from './tables.js';
import { json, text } from './values.js';

// The inventory has two parts: the base, of which every version is kept, and the decisions over it. What both give together stands in
// `register`, where everybody reads it.

/** A version of the base, without decisions. */
export interface InventoryBase {
  hash: string;
  entries: readonly InventoryEntry[];
  origin: InventoryOrigin;
  /** Name of the file. */
  name: string;
  who: string;
  why: string;
  /** Milliseconds since 1970. */
  loadedAt: number;
}

/** What the register said at a time. */
export interface InventoryState {
  entries: readonly InventoryEntry[];
  /** Of all that counts; what findings and reports name as the version of the inventory. */
  hash: string;
  /** Undefined: none was known yet. */
  base: InventoryBase | undefined;
  /** All decisions until then, oldest first. */
  decisions: readonly RecordedDecision[];
  /** Those that counted. */
  holding: readonly RecordedDecision[];
}

/** Whoever changes base or decisions waits here for the others, for the rest of the transaction. */
export async function lockInventory(trx: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('halflight inventory'))`.execute(trx);
}

/** The newest base, or the newest of those that were loaded before an instant (milliseconds since 1970). */
export async function baseInventory(db: Db, before?: number): Promise<InventoryBase | undefined> {
  let query = db
    .selectFrom('inventory_load')
    .innerJoin('inventory_version', 'inventory_version.hash', 'inventory_load.hash')
    .select(['inventory_load.hash', 'body', 'origin', 'name', 'who', 'why', 'loaded_at'])
    .orderBy('id', 'desc')
    .limit(1);
  if (before !== undefined) query = query.where('loaded_at', '<', before);
  const row = await query.executeTakeFirst();
  if (row === undefined) return undefined;
  const { hash, body: entries, origin, name, who, why, loaded_at: loadedAt } = row;
  return { hash, entries, origin, name, who, why, loadedAt };
}

/** The register as it is. */
export const currentInventory = (db: Db): Promise<InventoryState> => stateBefore(db, undefined);

/**
 * The register as it was at the end of a day (`YYYY-MM-DD`): the base of then and the decisions that held then. What came later changes
 * nothing of the answer. Without a `base` no register was known yet, and what decisions made is all there is.
 * @param timezone IANA zone in which the day ends
 * @throws RangeError when it is no day
 */
export async function inventoryAsOf(db: Db, day: string, timezone = 'UTC'): Promise<InventoryState> {
  const next = dayStart(dayAfter(day), timezone);
  if (next === undefined) throw new RangeError(`"${day}" is no day; write it as 2026-11-22`);
  return stateBefore(db, next);
}

function dayAfter(day: string): string {
  const start = dayStart(day, 'UTC');
  return start === undefined ? '' : new Date(start + 86_400_000).toISOString().slice(0, 10);
}

async function stateBefore(db: Db, before: number | undefined): Promise<InventoryState> {
  const base = await baseInventory(db, before);
  const decisions = await loadRecordedDecisions(db, before === undefined ? {} : { before });
  const holding = holdingDecisions(base?.entries ?? [], decisions);
  const entries = withDecisions(base?.entries ?? [], decisions);
  return { entries, hash: stateHash(base, holding, entries), base, decisions, holding };
}

/** Without decisions that hold it is the hash of the base, so that a register in a file keeps the hash of its file. */
function stateHash(
  base: InventoryBase | undefined,
  holding: readonly RecordedDecision[],
  entries: readonly InventoryEntry[],
): string {
  if (holding.length === 0) return base?.hash ?? 'none';
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex');
}

/** A change of the register: what counted before and what counts now. */
export interface InventoryChange {
  before: InventoryState;
  after: InventoryState;
}

/**
 * Makes a register the base, and keeps it. Undefined: it is the base already. Within the transaction that marks what it touches and
 * writes the audit log.
 */
export async function setBaseInventory(
  trx: Db,
  base: Omit<InventoryBase, 'loadedAt'>,
  at: number,
): Promise<InventoryChange | undefined> {
  await lockInventory(trx);
  const before = await currentInventory(trx);
  if (before.base?.hash === base.hash) return undefined;
  await trx
    .insertInto('inventory_version')
    .values({
      hash: base.hash,
      entries: base.entries.length,
      body: json(base.entries) as unknown as InventoryVersionTable['body'],
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { hash, origin, name, who, why } = base;
  await trx
    .insertInto('inventory_load')
    .values({ hash, origin, name: text(name), who: text(who), why: text(why), loaded_at: Math.round(at) })
    .execute();
  return { before, after: await refreshInventory(trx, at) };
}

/** Writes what counts now to where everybody reads it. Within the transaction of the change. */
export async function refreshInventory(trx: Db, at: number): Promise<InventoryState> {
  const state = await currentInventory(trx);
  await saveRegister(trx, 'inventory', { hash: state.hash, body: state.entries }, at);
  return state;
}

/** A version that counted at some time, without its entries. */
export interface InventoryLoad {
  id: number;
  hash: string;
  entries: number;
  origin: InventoryOrigin;
  name: string;
  who: string;
  why: string;
  loadedAt: number;
}

/** When which version began to count, oldest first. */
export async function inventoryLoads(db: Db): Promise<InventoryLoad[]> {
  const rows = await db
    .selectFrom('inventory_load')
    .innerJoin('inventory_version', 'inventory_version.hash', 'inventory_load.hash')
    .select(['id', 'inventory_load.hash', 'entries', 'origin', 'name', 'who', 'why', 'loaded_at'])
    .orderBy('id')
    .execute();
  return rows.map(({ loaded_at: loadedAt, ...row }) => ({ ...row, loadedAt }));
}
