import type { InventoryEntry } from '../../core/register.js';
import { dayOf } from '../../core/time.js';
import { addDays } from '../../inventory/days.js';
import {
  type NudgeRules,
  type NudgeSubject,
  type PersonReason,
  subjectsOf,
  whyNot,
} from '../../inventory/nudges/choose.js';
import { isWithinLimits } from '../../inventory/nudges/limits.js';
import { type NudgeText, nudgeText } from '../../inventory/nudges/text.js';
import type { Person } from '../../people/person.js';
import { loadHolds } from '../../store/holds.js';
import { loadNudges, loadPersonUse, type PersonUse } from '../../store/nudges.js';
import { loadRegister } from '../../store/registers.js';
import type { Db } from '../../store/tables.js';
import type { ServiceContext } from '../context.js';
import type { NudgeSetup } from '../setup.js';

/** What planning uses of the context. */
export type NudgeContext = Pick<ServiceContext, 'db' | 'now' | 'catalog' | 'pseudonymOf'> & {
  setup(): Pick<ReturnType<ServiceContext['setup']>, 'zone' | 'nudges'>;
};

/** A mail that may be written now. Holds a pseudonym and nothing else of the person. */
export interface PlannedNudge {
  person: string;
  subject: NudgeSubject;
  text: NudgeText;
}

export interface NudgePlan {
  /** Today in the organisation's zone. */
  day: string;
  /** In the order of pseudonyms, which says nothing about anybody. */
  planned: readonly PlannedNudge[];
  /** People who used something that is not approved for them, and get no mail now, by reason. */
  without: Readonly<Partial<Record<PersonReason | 'limit' | 'unknown', number>>>;
}

/** How old use may be: a hint comes soon or never. */
export const freshDays = 7;

/** Whom a hold, a list or a group keeps from mails, as the configuration and the holds of now say. */
export async function rulesOf(db: Db, setup: NudgeSetup): Promise<NudgeRules> {
  const held = (await loadHolds(db)).flatMap(({ scope }) => (scope.actor === undefined ? [] : [scope.actor]));
  const { groups, excludedGroups, excludedPeople } = setup;
  return { groups, excludedGroups, excludedPeople, held: new Set(held) };
}

/** As `whyNot`, also for the ids that a person had before. */
export const whyNotNow = (person: Person, rules: NudgeRules): PersonReason | undefined =>
  (person.former ?? []).some((id) => rules.held.has(id)) ? 'held' : whyNot(person, rules);

/** Whom the service would write to at this moment, and what. Changes nothing. */
export async function planNudges({ db, now, setup, catalog, pseudonymOf }: NudgeContext): Promise<NudgePlan> {
  const { zone, nudges } = setup();
  const day = dayOf(now(), zone);
  const people = (await loadRegister<Person[]>(db, 'people'))?.body ?? [];
  const entries = (await loadRegister<InventoryEntry[]>(db, 'inventory'))?.body;
  // Without a register nobody has said what is approved, and nobody can be told.
  if (nudges === undefined || entries === undefined) return { day, planned: [], without: {} };
  const byService = new Map<string, InventoryEntry[]>();
  for (const entry of entries)
    for (const id of new Set(entry.services)) byService.set(id, [...(byService.get(id) ?? []), entry]);
  const register = { byService, services: catalog.services, day };
  const rules = await rulesOf(db, nudges);
  const byId = new Map(people.map((person) => [person.id, person]));
  const past = await loadNudges(db);
  const uses = new Map<string, PersonUse[]>();
  for (const use of await loadPersonUse(db, addDays(day, -freshDays), day)) {
    const own = uses.get(use.person);
    if (own === undefined) uses.set(use.person, [use]);
    else own.push(use);
  }

  const planned: PlannedNudge[] = [];
  const without: Partial<Record<PersonReason | 'limit' | 'unknown', number>> = {};
  for (const [id, own] of uses) {
    const person = byId.get(id);
    const subjects = subjectsOf(own, person?.group ?? '', register);
    if (subjects.length === 0) continue;
    const reason = person === undefined ? 'unknown' : whyNotNow(person, rules);
    const pseudonym = pseudonymOf(id);
    const before = past.get(pseudonym) ?? [];
    const subject =
      reason === undefined
        ? subjects.find(({ service }) => isWithinLimits(before, service.id, { day, perQuarter: nudges.perQuarter }))
        : undefined;
    if (subject === undefined) {
      const why = reason ?? 'limit';
      without[why] = (without[why] ?? 0) + 1;
    } else planned.push({ person: pseudonym, subject, text: nudgeText(subject, nudges) });
  }
  return { day, planned: planned.sort((a, b) => (a.person < b.person ? -1 : 1)), without };
}
