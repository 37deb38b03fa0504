import { isDeepStrictEqual } from 'node:util';
import type { RecordedDecision } from '../../core/decision.js';
import type { InventoryEntry } from '../../core/register.js';
import { DecisionRefused, type DecisionRequest, decisionBody, refuseOwnCause } from '../../inventory/decision.js';
import { newEntry } from '../../inventory/new-entry.js';
import { entryHash } from '../../inventory/overlay.js';
import { samePerson } from '../../inventory/two-person.js';
import { acknowledgeFor } from '../../store/alerts.js';
import { appendAudit } from '../../store/audit.js';
import { insertDecision, markSeconded } from '../../store/decisions.js';
import { currentInventory, type InventoryState, lockInventory, refreshInventory } from '../../store/inventory.js';
import type { Db } from '../../store/tables.js';
import { json } from '../../store/values.js';
import { type ChangeContext, markTouched } from './change.js';

/** A decision asked for: on which entry, or on a service that has none. */
export type DecisionTarget = { entry: string } | { newFor: string };

export interface Decided {
  decision: RecordedDecision;
  /** The entry as it counts now. */
  entry: InventoryEntry;
  /** As it counted before; undefined: there was none. */
  before: InventoryEntry | undefined;
  /** Ids of open alerts about its services, which the decision answered. */
  acknowledged: readonly string[];
}

/**
 * Records a decision and lets it count, in one transaction: the decision, the audit log, and the findings that are to be looked at again.
 * Two at the same time come one after the other; the later one counts. `recordedBy`: who ran the command or uses the console.
 * @throws DecisionRefused
 */
export async function decideEntry(
  db: Db,
  asked: { subject: string; target: DecisionTarget; request: DecisionRequest },
  context: ChangeContext,
  recordedBy: string,
): Promise<Decided> {
  const { at, services } = context;
  const { subject, target, request } = stored(asked);
  return db.transaction().execute(async (trx) => {
    await lockInventory(trx);
    const state = await currentInventory(trx);
    const { base, made } = baseOf(state, target, services);
    const body = decisionBody(base, request, made);
    const { action, until, conditions, why, who } = request;
    const id = await insertDecision(trx, {
      subject,
      entry: base.id,
      action,
      until,
      conditions,
      why,
      who,
      recordedBy,
      at,
      baseHash: made ? undefined : entryHash(base),
      body,
    });
    const after = await settle(trx, state, context);
    const [decision, entry] = [
      after.decisions.find((item) => item.id === id),
      after.entries.find((item) => item.id === base.id),
    ];
    if (decision === undefined || entry === undefined) throw new Error(`decision ${id} was not kept`);
    // Before the audit log, whose lock others take behind that of the alerts.
    const acknowledged = await answerAlerts(trx, decision, entry);
    await appendAudit(trx, {
      at,
      who: recordedBy,
      action: 'decision.made',
      subject: `entry ${base.id}`,
      details: { decision: id, action, until: until ?? null, conditions, why, who, set: body.set, hash: after.hash },
    });
    return { decision, entry, before: state.entries.find((item) => item.id === base.id), acknowledged };
  });
}

/**
 * Puts a second person behind a decision that counts.
 * @throws DecisionRefused for the same person, where there is a second one already, and for a decision that does not count any more
 */
export async function secondDecision(
  db: Db,
  { id, who }: { id: number; who: string },
  context: ChangeContext,
  recordedBy: string,
): Promise<Decided> {
  const { at } = context;
  return db.transaction().execute(async (trx) => {
    await lockInventory(trx);
    const state = await currentInventory(trx);
    const known = state.decisions.find((item) => item.id === id);
    refuseSecond(state, known, id, who);
    await markSeconded(trx, id, who, at);
    const after = await settle(trx, state, context);
    const decision = after.decisions.find((item) => item.id === id);
    const entry = after.entries.find((item) => item.id === decision?.entry);
    if (decision === undefined || entry === undefined) throw new Error(`decision ${id} was not kept`);
    await appendAudit(trx, {
      at,
      who: recordedBy,
      action: 'decision.seconded',
      subject: `entry ${decision.entry}`,
      details: { decision: id, action: decision.action, who, first: decision.who, hash: after.hash },
    });
    return { decision, entry, before: state.entries.find((item) => item.id === decision.entry), acknowledged: [] };
  });
}

function refuseSecond(state: InventoryState, known: RecordedDecision | undefined, id: number, who: string): void {
  const say = (message: string): never => {
    throw new DecisionRefused(message);
  };
  if (known === undefined)
    throw new DecisionRefused(`there is no decision ${id}; "halflight decide --list" shows them`);
  if (samePerson(who, '')) say('--who names nobody; give the name of the second person');
  if (who.length > 200) say('--who has more than 200 characters');
  if (samePerson(who, known.who) || samePerson(who, known.recordedBy))
    say(`${who} made or recorded decision ${id}; a second person has to stand behind it`);
  if (known.secondedBy !== undefined) say(`decision ${id} is seconded already, by ${known.secondedBy}`);
  if (known.action === 'review')
    say(`decision ${id} asks for a review, and decides nothing that needs a second person`);
  if (!state.holding.some((item) => item.id === id)) {
    const newer = state.decisions.findLast((item) => item.entry === known.entry);
    say(
      newer !== undefined && newer.id !== id
        ? `decision ${id} does not count any more: decision ${newer.id} on ${known.entry} came after it`
        : `decision ${id} does not count any more: the entry ${known.entry} was changed after it; decide again`,
    );
  }
  const entry = state.entries.find((item) => item.id === known.entry);
  if (entry !== undefined && (known.action === 'approve' || known.action === 'except'))
    refuseOwnCause(entry, who, 'second');
}

/** The base entry that a decision is laid over, or the one that it makes. */
function baseOf(
  state: InventoryState,
  target: DecisionTarget,
  services: ChangeContext['services'],
): { base: InventoryEntry; made: boolean } {
  const inBase = (id: string): InventoryEntry | undefined => state.base?.entries.find((entry) => entry.id === id);
  if ('entry' in target) {
    const base = inBase(target.entry);
    if (base !== undefined) return { base, made: false };
    // Made by an earlier decision that counts.
    const made = state.holding.find((item) => item.entry === target.entry)?.body.made;
    if (made !== undefined) return { base: made, made: true };
    throw new DecisionRefused(`there is no entry ${target.entry} in the register`);
  }
  const naming = state.entries.filter((entry) => entry.services.includes(target.newFor));
  const [only] = naming;
  // Somebody may have made one since it was asked for.
  if (only !== undefined) return baseOf(state, { entry: only.id }, services);
  const service = services.get(target.newFor);
  if (service === undefined) throw new DecisionRefused(`the catalog has no service ${target.newFor}`);
  const taken = [...state.entries.map(({ id }) => id), ...state.decisions.map(({ entry }) => entry)];
  return { base: newEntry(service, taken), made: true };
}

/** Who decides about a service has seen its alerts. */
async function answerAlerts(trx: Db, decision: RecordedDecision, entry: InventoryEntry): Promise<string[]> {
  const { id, action, why, who, at } = decision;
  const open: string[] = [];
  for (const service of entry.services)
    open.push(...(await acknowledgeFor(trx, { service, who, why: `decision ${id}: ${action}; ${why}`, at })));
  return [...new Set(open)];
}

async function settle(trx: Db, before: InventoryState, context: ChangeContext): Promise<InventoryState> {
  const after = await refreshInventory(trx, context.at);
  if (!isDeepStrictEqual(before.entries, after.entries)) await markTouched(trx, { before, after }, context);
  return after;
}

/** As the database gives it back: what it cannot hold is replaced before anything is hashed. */
const stored = <T>(value: T): T => JSON.parse(json(value)) as T;
