import { Memo } from '../core/memo.js';
import type { Actor } from '../core/usage.js';
import type { Person } from '../people/person.js';
import { type MergedGroups, mergeSmallGroups, pseudonym } from '../people/privacy.js';

/** How actors appear in everything that leaves: by name where that was asked for, else by pseudonym. */
export interface Labels {
  readonly names: boolean;
  actor(actor: Actor): string;
  /** The group as shown in lists of single actors: small groups of the directory are `other`. */
  group(actor: Actor): string;
}

/** Some 100 bytes each. */
const rememberedActors = 262_144;

/** What is said of a person. */
type Known = Pick<Person, 'name' | 'group' | 'disabled'>;

/** `key`: of the pseudonyms. `sizes`: people by group, where something else than the directory tells them. */
export function createLabels(
  names: boolean,
  people: ReadonlyMap<string, Known>,
  key: string,
  sizes: ReadonlyMap<string, number> = sizesOf(people),
): Labels {
  const { shownAs } = mergeSmallGroups(sizes);
  // An actor stands in many rows, and a pseudonym costs several microseconds. Rows come by service, so that all of a large organisation
  // come again with the next one: fewer than they are would all be forgotten each time.
  const pseudonyms = new Memo<string>(rememberedActors);
  const pseudonymOf = (actor: Actor): string =>
    pseudonyms.get(`${actor.kind}\0${actor.id}`, () => pseudonym(key, actor));
  return {
    names,
    actor: (actor) => (names ? nameOf(actor, people) : pseudonymOf(actor)),
    group: (actor) => (actor.group === '' ? '' : shownAs(actor.group)),
  };
}

function sizesOf(people: ReadonlyMap<string, Known>): Map<string, number> {
  const sizes = new Map<string, number>();
  // Who has left is a member of no group.
  for (const { group, disabled } of people.values())
    if (group !== '' && disabled !== true) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  return sizes;
}

function nameOf(actor: Actor, people: ReadonlyMap<string, Known>): string {
  const person = actor.kind === 'person' ? people.get(actor.id) : undefined;
  return person?.name || actor.id || 'unknown';
}

/** Distinct persons by group, small groups merged. Persons without a group count as `other`. */
export function groupsOf(actors: Iterable<Actor>): MergedGroups {
  const people = new Map<string, string>();
  for (const actor of actors) if (actor.kind === 'person') people.set(actor.id, actor.group);
  const sizes = new Map<string, number>();
  for (const group of people.values()) sizes.set(group || 'other', (sizes.get(group || 'other') ?? 0) + 1);
  return mergeSmallGroups(sizes);
}
