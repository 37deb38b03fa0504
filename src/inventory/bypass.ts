import type { Category } from '../catalog/categories.js';
import type { Service } from '../catalog/schema.js';
import type { InventoryEntry, Signal, Verdict } from '../core/register.js';
import type { Usage } from '../core/usage.js';
import { foldName, stateOf } from './decide.js';
import { count, listed, number } from './words.js';

/** People of one group who use an unapproved service of a category in which their group has an approved one. */
export interface BypassCount {
  group: string;
  /** Names of the approved tools. */
  approved: readonly string[];
  /** People who use the unapproved service. */
  people: number;
  /** Those of them who were seen on an approved tool too. */
  alsoOnApproved: number;
  /** All people of the group who were seen on an approved tool. */
  onApproved: number;
  /** Those of `people` who have access to an approved tool: they signed in to it, or it is assigned to them. */
  withAccess?: number;
}

/** Verdicts that say: not an approved tool for these people. A lapsed approval is a late review, and no bypass. */
const unapproved: ReadonlySet<Verdict> = new Set([
  'denied',
  'retired',
  'wrong-account',
  'out-of-scope',
  'unregistered',
]);

/** The signal `bypass`, or undefined when nobody bypasses. Sums over groups, so that no small group is told. */
export function bypassSignal(service: string, category: string, counts: readonly BypassCount[]): Signal | undefined {
  const groups = counts.filter((item) => item.people > 0);
  if (groups.length === 0) return undefined;
  const sum = (of: (item: BypassCount) => number): number => groups.reduce((total, item) => total + of(item), 0);
  const [people, alsoOnApproved, onApproved, withAccess] = [
    sum((i) => i.people),
    sum((i) => i.alsoOnApproved),
    sum((i) => i.onApproved),
    sum((i) => i.withAccess ?? 0),
  ];
  const instead = people - alsoOnApproved;
  const tools = [...new Set(groups.flatMap((item) => item.approved))].sort();
  const those = groups.length === 1 ? 'that group' : 'those groups';
  const also =
    people === 1
      ? `this person was ${alsoOnApproved === 1 ? 'also' : 'not'} seen on an approved tool`
      : `${number(alsoOnApproved)} of the ${number(people)} ${alsoOnApproved === 1 ? 'was' : 'were'} also seen on an approved tool`;
  const why =
    `${count(people, 'person', 'people')} of ${count(groups.length, 'group')} ${people === 1 ? 'uses' : 'use'} ${service}, although ${listed(tools)} ` +
    `(${category}) ${tools.length === 1 ? 'is' : 'are'} approved for ${those}; ${also}. Of all people of ${those}, ` +
    `${number(onApproved)} ${onApproved === 1 ? 'was' : 'were'}.` +
    // Known only where sign-ins or assignments are read.
    (withAccess === 0
      ? ''
      : ` ${number(withAccess)} of the ${number(people)} ${withAccess === 1 ? 'has' : 'have'} an account of an approved tool (a sign-in or ` +
        'an assignment), so access is not what they lack.');
  return {
    name: 'bypass',
    why,
    numbers: {
      people,
      instead,
      alsoOnApproved,
      onApproved,
      groups: groups.length,
      ...(withAccess > 0 && { withAccess }),
    },
  };
}

/** Gathers the counts while usage is reconciled. Only persons with a group count. */
export class BypassTally {
  readonly #services: ReadonlyMap<string, Service>;
  readonly #approvedFor: (group: string, category: Category) => readonly string[];
  /** Service -> group -> people. */
  readonly #users = new Map<string, Map<string, Set<string>>>();
  /** Service -> group -> people who have access: an enterprise sign-in, or an assignment. */
  readonly #access = new Map<string, Map<string, Set<string>>>();
  /** Finding -> group -> people whose use is unapproved. */
  readonly #bypassing = new Map<string, Map<string, Set<string>>>();

  constructor(services: ReadonlyMap<string, Service>, entries: readonly InventoryEntry[], asOf: string) {
    this.#services = services;
    const running = entries.filter((entry) => {
      const { verdict } = stateOf(entry, asOf);
      return verdict === 'sanctioned' || verdict === 'conditional';
    });
    const known = new Map<string, readonly string[]>();
    this.#approvedFor = (group, category) => {
      const key = `${category}\0${group}`;
      const found = known.get(key) ?? approvedTools(running, services, group, category);
      known.set(key, found);
      return found;
    };
  }

  add(findingId: string, row: Usage, verdict: Verdict): void {
    const { kind, id, group } = row.actor;
    if (kind !== 'person' || group === '') return;
    // A personal account of an approved tool is its own verdict, and no use of that tool as approved.
    if (unapproved.has(verdict)) put(this.#bypassing, findingId, group, id);
    else {
      put(this.#users, row.service, group, id);
      if (row.accountKind === 'enterprise' && (row.strength === 'account' || row.strength === 'permission'))
        put(this.#access, row.service, group, id);
    }
  }

  signal(findingId: string, serviceId: string): Signal | undefined {
    const service = this.#services.get(serviceId);
    if (service === undefined) return undefined;
    const counts = [...(this.#bypassing.get(findingId) ?? [])].flatMap(([group, people]): BypassCount[] => {
      const tools = this.#approvedFor(group, service.category).filter((tool) => tool !== serviceId);
      if (tools.length === 0) return [];
      const peopleOf = (index: ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>): Set<string> =>
        new Set(tools.flatMap((tool) => [...(index.get(tool)?.get(group) ?? [])]));
      const [on, access] = [peopleOf(this.#users), peopleOf(this.#access)];
      const also = [...people].filter((person) => on.has(person)).length;
      const approved = tools.map((tool) => this.#services.get(tool)?.name ?? tool);
      const withAccess = [...people].filter((person) => access.has(person)).length;
      return [{ group, approved, people: people.size, alsoOnApproved: also, onApproved: on.size, withAccess }];
    });
    return bypassSignal(service.name, service.category, counts);
  }
}

function approvedTools(
  running: readonly InventoryEntry[],
  services: ReadonlyMap<string, Service>,
  group: string,
  category: Category,
): string[] {
  const tools = running
    .filter(
      ({ allowed_groups: groups }) => groups.length === 0 || groups.some((name) => foldName(name) === foldName(group)),
    )
    .flatMap((entry) => entry.services)
    .filter((id) => services.get(id)?.category === category);
  return [...new Set(tools)].sort();
}

function put(index: Map<string, Map<string, Set<string>>>, first: string, group: string, person: string): void {
  const groups = index.get(first) ?? new Map<string, Set<string>>();
  index.set(first, groups);
  const people = groups.get(group) ?? new Set<string>();
  groups.set(group, people);
  people.add(person);
}
