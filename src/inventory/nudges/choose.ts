import type { Service } from '../../catalog/schema.js';
import type { AccountKind, Strength } from '../../core/hit.js';
import type { Provenance } from '../../core/provenance.js';
import type { InventoryEntry, Verdict } from '../../core/register.js';
import { allowing, decide } from '../decide.js';

/** One person's use of one service, as the roll-up has it. */
export interface NudgeUse {
  service: string;
  accountKind: AccountKind;
  strength: Strength;
  provenance: Provenance;
  /** The last day, `YYYY-MM-DD`. */
  day: string;
  /** Uses that went through; attempts are none. */
  events: number;
}

/** The person as far as it matters. */
export interface NudgePerson {
  /** Id in the people directory. */
  id: string;
  email: string;
  group: string;
  disabled?: true | undefined;
}

/** Who is written to, and when. */
export interface NudgeRules {
  groups: readonly string[];
  excludedGroups: readonly string[];
  excludedPeople: readonly string[];
  /** Ids of people whom a legal hold names: a mail would warn them. */
  held: ReadonlySet<string>;
}

/** Why a person is not written to at all. */
export type PersonReason = 'no-address' | 'left' | 'excluded' | 'held' | 'excluded-group' | 'other-group';

const plainAddress = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,10}$/;
const folded = (text: string): string => text.normalize('NFKC').trim().toLowerCase();
const has = (list: readonly string[], ...names: string[]): boolean =>
  list.some((one) => names.some((name) => name !== '' && folded(one) === folded(name)));

/** Undefined: the person may be written to. */
export function whyNot(person: NudgePerson, rules: NudgeRules): PersonReason | undefined {
  if (person.disabled === true) return 'left';
  if (rules.held.has(person.id)) return 'held';
  if (has(rules.excludedPeople, person.id, person.email)) return 'excluded';
  if (has(rules.excludedGroups, person.group)) return 'excluded-group';
  if (rules.groups.length > 0 && !has(rules.groups, person.group)) return 'other-group';
  return plainAddress.test(person.email) ? undefined : 'no-address';
}

/** Verdicts that the person can do something about. What waits for a decision, or lapsed, waits for the office. */
const nudged: ReadonlySet<Verdict> = new Set(['denied', 'retired', 'wrong-account', 'out-of-scope', 'unregistered']);

/** What a mail is about. */
export interface NudgeSubject {
  service: Service;
  verdict: Verdict;
  day: string;
  /** Names of what is approved for the person instead, three at most; for wrong-account the service itself is first. */
  alternatives: readonly string[];
}

export interface Register {
  /** Entries by service. */
  byService: ReadonlyMap<string, readonly InventoryEntry[]>;
  services: ReadonlyMap<string, Service>;
  /** Today in the organisation's zone. */
  day: string;
}

/** Whether use is proof enough to write to somebody about: seen or reported, and more than a name that was looked up. */
export const isProof = ({ strength, provenance, events }: NudgeUse): boolean =>
  events > 0 && strength !== 'contact' && (provenance === 'observed' || provenance === 'reported');

/**
 * What somebody of a group may be written to about, the latest first: use of services that are not approved for that person. `uses` are
 * those of that person alone.
 */
export function subjectsOf(uses: readonly NudgeUse[], group: string, register: Register): NudgeSubject[] {
  const found = new Map<string, NudgeSubject>();
  for (const use of [...uses].sort(byDay)) {
    const service = register.services.get(use.service);
    // A wider product is no choice of the person.
    if (service === undefined || service.embedded || found.has(service.id) || !isProof(use)) continue;
    const { verdict } = verdictFor(service.id, use.accountKind, group, register);
    if (!nudged.has(verdict)) continue;
    const alternatives = alternativesTo(service, verdict, group, register);
    found.set(service.id, { service, verdict, day: use.day, alternatives });
  }
  return [...found.values()];
}

const byDay = (a: NudgeUse, b: NudgeUse): number =>
  a.day !== b.day ? (a.day > b.day ? -1 : 1) : a.service !== b.service ? (a.service < b.service ? -1 : 1) : 0;

const verdictFor = (id: string, accountKind: AccountKind, group: string, { byService, day }: Register) =>
  decide(byService.get(id) ?? [], { accountKind, group, workspace: undefined, day });

const maxAlternatives = 3;
/** A permission for enterprise accounts alone is none for the account that somebody has at home. */
const withAccount = ({ name }: Service): string => `${name} (with your account of the organisation)`;

function alternativesTo(service: Service, verdict: Verdict, group: string, register: Register): string[] {
  const others = [...register.byService.keys()].sort().flatMap((id) => {
    const other = register.services.get(id);
    if (other === undefined || other.id === service.id || other.category !== service.category) return [];
    const isAllowed = (kind: AccountKind): boolean => allowing.has(verdictFor(id, kind, group, register).verdict);
    if (!isAllowed('enterprise')) return isAllowed('personal') ? [other.name] : [];
    return [isAllowed('personal') ? other.name : withAccount(other)];
  });
  const itself = verdict === 'wrong-account' ? [withAccount(service)] : [];
  return [...itself, ...new Set(others)].slice(0, maxAlternatives);
}
