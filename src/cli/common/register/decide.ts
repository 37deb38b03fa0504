import { type DecisionAction, decisionActions } from '../../../core/decision.js';
import { nearest } from '../../../core/problem.js';
import { allowedAccounts, type InventoryEntry } from '../../../core/register.js';
import { safeLine } from '../../../core/terminal.js';
import { dayOf, dayStart } from '../../../core/time.js';
import { DecisionRefused, type DecisionRequest } from '../../../inventory/decision.js';
import { type Decided, type DecisionTarget, decideEntry, secondDecision } from '../../../jobs/inventory/decide.js';
import { decideCandidate } from '../../../store/candidate-decisions.js';
import { loadCandidates } from '../../../store/candidates.js';
import { currentInventory } from '../../../store/inventory.js';
import type { Candidate } from '../../../store/types.js';
import { CliError, exitCodes } from '../errors.js';
import { userName } from '../user.js';
import type { RegisterPlace } from './place.js';

/** Options of `halflight decide` as given. */
export interface DecideOptions {
  why?: string;
  who?: string;
  until?: string;
  conditions?: readonly string[];
  entry?: string;
  service?: string;
  accountKind?: string;
  groups?: readonly string[];
  owner?: string;
  tier?: string;
}

/** When the findings follow, in words. */
export interface Told {
  findings: string;
}

/** Records a decision on what the subject names, and has it count at once. @throws CliError */
export async function decide(
  place: RegisterPlace,
  subject: string,
  action: string,
  options: DecideOptions,
  now: number,
): Promise<Decided & Told> {
  const request = requestOf(action, options, dayOf(now, place.zone));
  const { services } = await place.catalog();
  const { target, candidate } = await targetOf(place, subject, options, services);
  const decided = await refusing(
    decideEntry(place.db, { subject, target, request }, { services, at: now }, place.recordedBy),
  );
  // That a candidate belongs to the service is kept as `candidate attach` keeps it.
  if (candidate !== undefined)
    await decideCandidate(place.db, { ...candidate, action: 'attached', who: place.recordedBy, at: now });
  return { ...decided, findings: await place.ring() };
}

/** Puts a second person behind a decision. @throws CliError */
export async function second(
  place: RegisterPlace,
  given: string,
  { who = userName() }: { who?: string },
  now: number,
): Promise<Decided & Told> {
  if (!/^\d{1,15}$/.test(given)) throw usage(`"${safeLine(given)}" is no number of a decision`);
  const { services } = await place.catalog();
  const decided = await refusing(
    secondDecision(place.db, { id: Number(given), who }, { services, at: now }, place.recordedBy),
  );
  return { ...decided, findings: await place.ring() };
}

function requestOf(action: string, options: DecideOptions, day: string): DecisionRequest {
  if (!isAction(action)) {
    const meant = nearest(action, decisionActions);
    throw usage(
      `"${safeLine(action)}" is nothing that can be decided${meant === undefined ? '' : `; did you mean ${meant}?`} (there are ${decisionActions.join(', ')})`,
    );
  }
  const { until, why = '', who = userName(), conditions = [], groups, owner, tier, accountKind } = options;
  if (why.trim() === '') throw usage('say why with --why TEXT, for who reads the decision later');
  if (until !== undefined && dayStart(until, 'UTC') === undefined)
    throw usage(`--until ${safeLine(until)} is no day; write it as 2026-11-22`);
  const account = allowedAccounts.find((kind) => kind === accountKind);
  if (accountKind !== undefined && account === undefined)
    throw usage(`--account-kind is one of ${allowedAccounts.join(', ')}`);
  return {
    action,
    why: why.trim(),
    who: who.trim(),
    day,
    until,
    conditions: conditions.map((text) => text.trim()).filter((text) => text !== ''),
    accountKind: account,
    groups: groups?.map((text) => text.trim()).filter((text) => text !== ''),
    owner: owner?.trim(),
    tier: tierOf(tier),
  };
}

const isAction = (text: string): text is DecisionAction => (decisionActions as readonly string[]).includes(text);

function tierOf(text: string | undefined): InventoryEntry['risk_tier'] {
  const tier = text === undefined ? undefined : ([1, 2, 3] as const).find((value) => String(value) === text);
  if (text !== undefined && tier === undefined) throw usage('--tier is 1 (low), 2 (moderate) or 3 (high)');
  return tier;
}

interface Target {
  target: DecisionTarget;
  /** What turns out to belong to the service. */
  candidate?: Pick<Candidate, 'kind' | 'subject'> & { service: string };
}

/** An entry by its id, the entry of a service, a service that has none, or the service that a candidate belongs to. */
async function targetOf(
  place: RegisterPlace,
  subject: string,
  { entry: wanted, service }: DecideOptions,
  services: ReadonlyMap<string, unknown>,
): Promise<Target> {
  const { entries } = await currentInventory(place.db);
  const byId = (id: string): InventoryEntry | undefined =>
    entries.find((entry) => entry.id.toLowerCase() === id.toLowerCase());
  if (wanted !== undefined) {
    const entry = byId(wanted);
    if (entry === undefined) throw usage(`there is no entry ${safeLine(wanted)}${maybe(wanted, entries)}`);
    return { target: { entry: entry.id } };
  }
  const own = byId(subject);
  if (own !== undefined) return { target: { entry: own.id } };
  if (services.has(subject)) return { target: entryOf(subject, entries) };
  const candidate = await candidateOf(place, subject);
  if (candidate === undefined)
    throw usage(
      `${safeLine(subject)} is no entry of the register, no service of the catalog and no candidate${maybeService(subject, entries, services)}`,
    );
  if (service === undefined)
    throw usage(
      `${safeLine(candidate.subject)} is a candidate, of no service yet. Say of which with --service ID; or make one of it with "halflight candidate signature", or put it away with "halflight candidate dismiss"`,
    );
  if (!services.has(service))
    throw usage(`no service has the id ${safeLine(service)}${maybeService(service, [], services)}`);
  const { kind, subject: name } = candidate;
  return { target: entryOf(service, entries), candidate: { kind, subject: name, service } };
}

function entryOf(service: string, entries: readonly InventoryEntry[]): DecisionTarget {
  const naming = entries.filter((entry) => entry.services.includes(service));
  const [only, other] = naming;
  if (only === undefined) return { newFor: service };
  if (other === undefined) return { entry: only.id };
  throw usage(
    `${safeLine(service)} has ${naming.length} entries: say which with --entry ID (${naming.map(({ id }) => safeLine(id)).join(', ')})`,
  );
}

async function candidateOf({ db }: RegisterPlace, subject: string): Promise<Candidate | undefined> {
  const byId = /^[0-9a-f]{10}$/.test(subject) ? await loadCandidates(db, { id: subject, decided: true }) : [];
  return byId[0] ?? (await loadCandidates(db, { subject, decided: true }))[0];
}

const maybe = (name: string, entries: readonly InventoryEntry[]): string => {
  const meant = nearest(
    name,
    entries.map(({ id }) => id),
  );
  return meant === undefined ? '' : `; did you mean ${safeLine(meant)}?`;
};

const maybeService = (
  name: string,
  entries: readonly InventoryEntry[],
  services: ReadonlyMap<string, unknown>,
): string => {
  const meant = nearest(name, [...entries.map(({ id }) => id), ...services.keys()]);
  return meant === undefined ? '; "halflight catalog list" shows the services' : `; did you mean ${safeLine(meant)}?`;
};

const usage = (message: string): CliError => new CliError(message, exitCodes.usage);

async function refusing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof DecisionRefused ? usage(safeLine(error.message)) : error;
  }
}
