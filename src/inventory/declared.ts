import { isUnverified } from '../core/provenance.js';
import type { Usage } from '../core/usage.js';
import { count, number } from './words.js';

/** What people of the directory say of a service, held against what was seen of the same people. */
export interface DeclaredCheck {
  service: string;
  declaredAndSeen: number;
  declaredNotSeen: number;
  /** People who answered, were seen using it, and did not name it. */
  seenNotDeclared: number;
}

export interface SurveyCheck {
  /** People of the directory who named a tool at all. */
  answered: number;
  /** By service. */
  services: DeclaredCheck[];
}

/** Use that somebody vouches for; a lookup of a name is none. */
const isSeen = (row: Usage): boolean =>
  row.events > 0 && row.strength !== 'declared' && row.strength !== 'contact' && !isUnverified(row.provenance);

/** Holds answers against the rest. Undefined where nobody of the directory answered. Pure; numbers of people, never who. */
export function surveyCheck(usage: readonly Usage[]): SurveyCheck | undefined {
  const answered = new Set<string>();
  const declared = new Map<string, Set<string>>();
  for (const { strength, actor, service } of usage) {
    if (strength !== 'declared' || actor.kind !== 'person') continue;
    answered.add(actor.id);
    put(declared, service, actor.id);
  }
  if (answered.size === 0) return undefined;
  const seen = new Map<string, Set<string>>();
  for (const row of usage)
    if (row.actor.kind === 'person' && answered.has(row.actor.id) && isSeen(row)) put(seen, row.service, row.actor.id);
  const services = [...new Set([...declared.keys(), ...seen.keys()])].sort().map((service) => {
    const [said, was] = [declared.get(service) ?? new Set(), seen.get(service) ?? new Set()];
    const both = [...said].filter((person) => was.has(person)).length;
    return { service, declaredAndSeen: both, declaredNotSeen: said.size - both, seenNotDeclared: was.size - both };
  });
  return { answered: answered.size, services };
}

/** `In a survey 12 people say that they use it: 9 of them were seen, 3 were not.` Empty where nobody says so. */
export function declaredSentence(check: DeclaredCheck | undefined): string {
  const [both, only] = [check?.declaredAndSeen ?? 0, check?.declaredNotSeen ?? 0];
  const all = both + only;
  if (all === 0) return '';
  return (
    `In a survey ${count(all, 'person says', 'people say')} that they use it: ` +
    `${number(both)} ${both === 1 ? 'was' : 'were'} seen using it, ${number(only)} ${only === 1 ? 'was' : 'were'} not.`
  );
}

function put(index: Map<string, Set<string>>, key: string, person: string): void {
  const people = index.get(key) ?? new Set<string>();
  index.set(key, people.add(person));
}
