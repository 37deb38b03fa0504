import { isUnverified } from '../core/provenance.js';
import type { Usage } from '../core/usage.js';
import { type ActorSum, listUnresolved, mergeSmall } from '../people/unresolved.js';
import type { Labels } from './people.js';
import type { Report, ReportFinding } from './schema.js';

const shownGroups = 20;
const shownActors = 50;

/** Who of the period is nobody known, by how much knowing them would explain. Subnets of fewer than five are merged unless names are shown. */
export function describeUnresolved(
  usage: readonly Usage[],
  findings: readonly Pick<ReportFinding, 'service'>[],
  labels: Labels,
): Report['unresolved'] {
  const perService = new Map<string, number>();
  for (const { service } of findings) perService.set(service, (perService.get(service) ?? 0) + 1);
  const sums = new Map<string, ActorSum & { used: Set<string> }>();
  let all = 0;
  for (const { actor, service, events, attempts, bytesOut, bytesIn, provenance } of usage) {
    // What nobody vouches for says nothing about who it was.
    if (isUnverified(provenance)) continue;
    all += events + attempts;
    if (actor.kind === 'person') continue;
    const key = `${actor.kind} ${actor.id}`;
    const { kind, id } = actor;
    const sum = sums.get(key) ?? {
      kind,
      id,
      events: 0,
      bytesOut: 0,
      bytesIn: 0,
      services: 0,
      findings: 0,
      used: new Set(),
    };
    sums.set(key, sum);
    sum.events += events + attempts;
    sum.bytesOut += bytesOut;
    sum.bytesIn += bytesIn;
    if (sum.used.has(service)) continue;
    sum.used.add(service);
    sum.services++;
    sum.findings += perService.get(service) ?? 0;
  }
  const list = listUnresolved([...sums.values()], all);
  // A subnet of one is a person, or nearly; a domain is not.
  const isSubnet = ({ kind }: { kind: string }): boolean => kind === 'address';
  const groups = labels.names
    ? list.groups
    : [...list.groups.filter((group) => !isSubnet(group)), ...mergeSmall(list.groups.filter(isSubnet))].sort(
        (a, b) => b.events - a.events,
      );
  return {
    actors: list.actors,
    events: list.unresolved,
    share: rounded(all === 0 ? 0 : list.unresolved / all),
    groups: groups.slice(0, shownGroups).map(({ kind, group, hint, actors, events, share }) => ({
      kind,
      group,
      would_tell: hint,
      actors,
      events,
      share: rounded(share),
    })),
    by_actor: list.byActor.slice(0, shownActors).map((sum) => ({
      kind: sum.kind,
      actor: labels.actor({ kind: sum.kind, id: sum.id, group: '' }),
      events: sum.events,
      services: sum.services,
      findings: sum.findings,
      bytes_out: sum.bytesOut,
      bytes_in: sum.bytesIn,
      share: rounded(sum.share),
    })),
  };
}

const rounded = (share: number): number => Math.round(Math.min(1, share) * 10_000) / 10_000;
