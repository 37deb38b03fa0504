import type { TargetRule } from '../../../catalog/compile.js';
import { type Protection, protectionOf } from './protected.js';
import type { Reach } from './reach.js';
import type { Standing } from './standing.js';
import type { BlockListInput, LeftOutReason } from './types.js';

/** A host signature as a block, or why it is left to a person. */
export interface Judged {
  block?: { host: string; reach: Reach };
  /** What is not blocked of it, and why. */
  left?: { reason: LeftOutReason; why: string };
}

/** What becomes of a host signature of a service that is decided against. */
export function judge(rule: TargetRule, ownDomains: readonly string[], neighbours: Neighbours): Judged {
  if (rule.role === 'telemetry') return leave('telemetry', 'it serves the product and is no use of it');
  if (rule.weak) return leave('weak-host', 'the wider product is behind it, not this service alone');
  const below = rule.host.startsWith('*.');
  const host = below ? rule.host.slice(2) : rule.host;
  if (host.includes('*')) return leave('pattern', 'a pattern within a label, which most filters cannot say');
  const reach: Reach = below ? 'below' : rule.match === 'exact' ? 'host' : 'tree';
  const protection = protectionOf(host, reach, ownDomains);
  if (protection !== undefined)
    return leave(protection.protection, protectionWords[protection.protection](protection.name));
  const left = neighbours.objection(host, reach);
  if (left === undefined) return { block: { host, reach } };
  // Others need what lies below: the name itself can be blocked all the same.
  if (reach === 'tree' && neighbours.objection(host, 'host') === undefined)
    return {
      block: { host, reach: 'host' },
      left: { reason: left.reason, why: `only the name itself is blocked, not what lies below it: ${left.why}` },
    };
  return { left };
}

const leave = (reason: LeftOutReason, why: string): Judged => ({ left: { reason, why } });

const protectionWords: Readonly<Record<Protection, (name: string) => string>> = {
  invalid: () => 'no whole DNS name',
  'public-suffix': (name) => `${name} is a public suffix: others have names below it`,
  'own-domain': (name) => `it would reach ${name}, a domain of the organisation`,
  'identity-provider': (name) => `it would reach ${name}, where people sign in`,
  'shared-host': (name) => `it would reach ${name}, which many products share`,
};

interface Neighbour {
  service: string;
  name: string;
  /** Entry that allows it; undefined where nobody decided. */
  allowedBy: string | undefined;
}

/** The names that services need which nobody decided against: a block must reach none of them. */
export class Neighbours {
  /** By name and by each name above it: asking costs one look-up whatever the size of the catalog. */
  readonly #at = new Map<string, Neighbour>();
  readonly #underneath = new Map<string, Neighbour>();

  constructor({ services, targetRules }: BlockListInput['catalog'], standings: ReadonlyMap<string, Standing>) {
    const names = [
      ...targetRules.map(({ service, host }) => ({ service, host })),
      ...[...services.values()].flatMap((service) =>
        service.tenant_controls.flatMap(({ host }) => (host === undefined ? [] : [{ service, host }])),
      ),
    ];
    for (const { service, host } of names) {
      const standing = standings.get(service.id);
      if (standing?.kind === 'blocked') continue;
      const neighbour = {
        service: service.id,
        name: service.name,
        allowedBy: standing?.kind === 'allowed' || standing?.kind === 'partly' ? standing.allowedBy : undefined,
      };
      const tail = host.slice(host.lastIndexOf('*') + 1);
      const literal = host.includes('*') ? tail.slice(tail.indexOf('.') + 1) : host;
      if (!host.includes('*')) this.#put(this.#at, literal, neighbour);
      else this.#put(this.#underneath, literal, neighbour);
      for (let dot = literal.indexOf('.'); dot >= 0; dot = literal.indexOf('.', dot + 1))
        this.#put(this.#underneath, literal.slice(dot + 1), neighbour);
    }
  }

  /** What an entry allows comes before what nobody decided; then the first by id. */
  #put(map: Map<string, Neighbour>, name: string, neighbour: Neighbour): void {
    const known = map.get(name);
    const rank = ({ allowedBy, service }: Neighbour): string => `${allowedBy === undefined ? 1 : 0} ${service}`;
    if (known === undefined || rank(neighbour) < rank(known)) map.set(name, neighbour);
  }

  /** Why a block must not be; undefined where nothing else needs what it reaches. */
  objection(host: string, reach: Reach): { reason: LeftOutReason; why: string } | undefined {
    const found = [
      reach === 'below' ? undefined : this.#at.get(host),
      reach === 'host' ? undefined : this.#underneath.get(host),
    ]
      .filter((neighbour) => neighbour !== undefined)
      .sort((a, b) => Number(a.allowedBy === undefined) - Number(b.allowedBy === undefined));
    const [neighbour] = found;
    if (neighbour === undefined) return undefined;
    const { name, service, allowedBy } = neighbour;
    return allowedBy === undefined
      ? {
          reason: 'shared-with',
          why: `${name} (${service}) is behind it too, and no entry decides against that for everybody`,
        }
      : { reason: 'needed', why: `${name} (${service}) needs it, which entry ${allowedBy} allows` };
  }
}
