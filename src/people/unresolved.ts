import type { ActorKind } from '../core/usage.js';
import { bytesOfIp } from './leases/ip-bytes.js';
import { mergeSmallGroups, otherGroup } from './privacy.js';

/** What one actor did, over all days looked at. */
export interface ActorSum {
  kind: ActorKind;
  id: string;
  /** Use and attempts. */
  events: number;
  bytesOut: number;
  bytesIn: number;
  services: number;
  /** Open findings of these services. */
  findings: number;
}

/** Actors that one and the same mapping would explain. */
export interface UnresolvedGroup {
  /** A subnet, a domain, a kind of actor; never a single actor. */
  group: string;
  kind: ActorKind;
  /** What would tell who they are. */
  hint: string;
  actors: number;
  events: number;
  /** Of all events, whoever they are of: 0 to 1. */
  share: number;
}

export interface Unresolved {
  /** All events looked at, and those of nobody known. */
  events: number;
  unresolved: number;
  actors: number;
  /** Those that would explain most first. */
  groups: UnresolvedGroup[];
  /** The same for single actors; `share` of all events. */
  byActor: (ActorSum & { share: number; hint: string })[];
}

/** Lists who is nobody known by how much knowing them would explain. `all`: events of all actors; `sums`: those of the unresolved. */
export function listUnresolved(sums: readonly ActorSum[], all: number): Unresolved {
  const share = (events: number): number => (all === 0 ? 0 : events / all);
  const groups = new Map<string, UnresolvedGroup>();
  for (const sum of sums) {
    const { group, hint } = groupOf(sum);
    const key = `${sum.kind} ${group}`;
    const known = groups.get(key) ?? { group, kind: sum.kind, hint, actors: 0, events: 0, share: 0 };
    known.actors++;
    known.events += sum.events;
    known.share = share(known.events);
    groups.set(key, known);
  }
  const byEvents =
    <T extends { events: number }>(name: (item: T) => string) =>
    (a: T, b: T): number =>
      b.events - a.events || (name(a) < name(b) ? -1 : 1);
  return {
    events: all,
    unresolved: sums.reduce((total, { events }) => total + events, 0),
    actors: sums.length,
    groups: [...groups.values()].sort(byEvents((item) => `${item.kind} ${item.group}`)),
    byActor: sums
      .map((sum) => {
        const { group, hint } = groupOf(sum);
        const own = groups.get(`${sum.kind} ${group}`)?.actors ?? 1;
        return { ...sum, share: share(sum.events), hint: own === 1 ? hint : `${hint} (${own} such actors)` };
      })
      .sort(byEvents((item) => `${item.kind} ${item.id}`)),
  };
}

/** Groups as they may be shown where nobody is told by name: those of fewer than five actors are one group, `other`, of no kind. */
export function mergeSmall(
  groups: readonly UnresolvedGroup[],
): (Omit<UnresolvedGroup, 'kind'> & { kind: ActorKind | null })[] {
  const nameOf = ({ kind, group }: UnresolvedGroup): string => `${kind} ${group}`;
  const { shownAs } = mergeSmallGroups(new Map(groups.map((group) => [nameOf(group), group.actors])));
  const rest = { kind: null, group: otherGroup, hint: 'groups of fewer than five', actors: 0, events: 0, share: 0 };
  const shown = groups.filter((group) => {
    if (shownAs(nameOf(group)) !== otherGroup) return true;
    rest.actors += group.actors;
    rest.events += group.events;
    rest.share = Math.min(1, rest.share + group.share);
    return false;
  });
  return rest.actors === 0 ? shown : [...shown, rest];
}

/** What an actor has in common with others of which the same mapping tells. Names nobody. */
function groupOf({ kind, id }: Pick<ActorSum, 'kind' | 'id'>): { group: string; hint: string } {
  if (kind === 'user') return groupOfUser(id);
  if (kind === 'address') {
    const group = subnetOf(id);
    return { group, hint: `a DHCP or VPN log of ${group}` };
  }
  return others[kind];
}

function groupOfUser(id: string): { group: string; hint: string } {
  const slash = id.indexOf('\\');
  if (slash > 0)
    return { group: id.slice(0, slash), hint: `a directory with accounts of ${id.slice(0, slash)}, or aliases` };
  const at = id.lastIndexOf('@');
  if (at > 0) return { group: id.slice(at + 1), hint: `a directory with addresses at ${id.slice(at + 1)}, or aliases` };
  return { group: 'names without a domain', hint: 'an alias user:NAME of the person' };
}

const nobody = { group: 'nobody named', hint: 'a source whose records name somebody' };
const others: Readonly<Record<Exclude<ActorKind, 'user' | 'address'>, { group: string; hint: string }>> = {
  device: { group: 'devices', hint: 'an alias device:NAME of who has it' },
  workload: { group: 'programs', hint: 'nothing, or an alias of who runs it' },
  'cost-centre': { group: 'cost centres', hint: 'an expense export that says who paid' },
  person: nobody,
  unknown: nobody,
};

/** `10.1.2.0/24`, `2001:db8:0:1::/64`; the address itself where it is none. */
function subnetOf(address: string): string {
  const words = bytesOfIp(address);
  if (words === undefined) return address;
  if (!address.includes(':')) return address.replace(/\d+$/, '0/24');
  const hex = words.slice(0, 2).flatMap((word) => [(word >>> 16).toString(16), (word & 0xffff).toString(16)]);
  return `${hex.join(':')}::/64`;
}
