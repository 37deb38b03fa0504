import { type Catalog, signatureOf, type TargetRule } from './compile.js';
import type { Service } from './schema.js';

/** What one version of the catalog has and another has not. Lists are in the order of ids and values. */
export interface CatalogDiff {
  services: {
    added: ServiceName[];
    dropped: ServiceName[];
    /** The id changed: what named the one names the other. */
    renamed: { from: string; to: string; name: string }[];
    /** `name`, `vendor`, `category`, `embedded`, `confidence` of a service that both have. */
    changed: Change[];
  };
  /** Of services that both have. */
  signatures: { added: Signature[]; dropped: Signature[]; changed: (Signature & Change)[] };
  /** The same host, path, app, extension, merchant or user agent names another service now. */
  reattributed: { kind: string; value: string; from: string; to: string }[];
  /** Hosts and paths that counted as use of a service, and count for none any more. */
  uncounted: { value: string; service: string }[];
  risk: Change[];
}
export interface ServiceName {
  id: string;
  name: string;
  vendor: string;
}
export interface Signature {
  /** `hosts`, `paths`, `extensions` ... */
  kind: string;
  value: string;
  service: string;
}
export interface Change {
  service: string;
  field: string;
  before: string;
  after: string;
}

/** Compares two versions. */
export function diffCatalogs(before: Catalog, after: Catalog): CatalogDiff {
  const [old, fresh] = [before.services, after.services];
  const inBoth = [...old.values()].flatMap((service): [Service, Service][] => {
    const now = fresh.get(service.id);
    return now === undefined ? [] : [[service, now]];
  });
  const added = [...fresh.values()].filter(({ id }) => !old.has(id)).map(nameOf);
  const dropped = [...old.values()].filter(({ id }) => !fresh.has(id)).map(nameOf);
  const { reattributed, uncounted } = compareNaming(before, after);
  const renamed = renamedServices(dropped, added, reattributed);
  const gone = new Set(renamed.map(({ from }) => from));
  const come = new Set(renamed.map(({ to }) => to));
  return {
    services: {
      added: added.filter(({ id }) => !come.has(id)),
      dropped: dropped.filter(({ id }) => !gone.has(id)),
      renamed,
      changed: inBoth.flatMap(([a, b]) => changes(a.id, traitsOf(a), traitsOf(b))),
    },
    signatures: compareSignatures(inBoth),
    reattributed,
    uncounted,
    risk: inBoth.flatMap(([a, b]) => changes(a.id, riskOf(a), riskOf(b))),
  };
}

/** Whether the two say the same. */
export const isEmptyDiff = ({ services, signatures, reattributed, uncounted, risk }: CatalogDiff): boolean =>
  [...Object.values(services), ...Object.values(signatures), reattributed, uncounted, risk].every(
    (list) => list.length === 0,
  );

const nameOf = ({ id, name, vendor }: Service): ServiceName => ({ id, name, vendor: vendor.name });

const traitsOf = ({ name, vendor, category, embedded, confidence }: Service): Record<string, string> => ({
  name,
  vendor: vendor.name,
  category,
  embedded: String(embedded),
  confidence,
});

/** The values that sources state, without where they were read: `SOC 2 Type II (Enterprise)`. */
const riskOf = ({ risk }: Service): Record<string, string> =>
  Object.fromEntries(
    Object.entries(risk).map(([attribute, facts]) => [
      attribute,
      (facts ?? []).map(({ value, plan }) => (plan === undefined ? value : `${value} (${plan})`)).join('; '),
    ]),
  );

type Facts = Readonly<Record<string, string>>;

function changes(service: string, before: Facts, after: Facts): Change[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((field) => {
    const change = { service, field, before: before[field] ?? '', after: after[field] ?? '' };
    return change.before === change.after ? [] : [change];
  });
}

/** Lists of a service that hold no signatures. */
const noSignatures: ReadonlySet<string> = new Set(['sources', 'plans']);
/** How a signature is named; the other lists by all that they hold. */
const naming: Readonly<Record<string, (item: Record<string, unknown>) => unknown>> = {
  hosts: ({ host }) => host,
  paths: ({ host, path }) => `${host}${path}`,
  oauth_apps: ({ id, name }) => id ?? name,
  extensions: ({ store, id }) => `${store}: ${id}`,
  merchants: ({ descriptor }) => descriptor,
  user_agents: ({ token }) => token,
  packages: ({ ecosystem, name }) => `${ecosystem}/${name}`,
  keys: ({ prefix }) => prefix,
  ports: ({ port, path }) => `${port}${path ?? ''}`,
  tenant_controls: ({ header, host }) => header ?? host,
};
/** What of a signature is its name or a note, and decides nothing. */
const notes: ReadonlySet<string> = new Set(
  'host path id name store descriptor token tool platform ecosystem prefix port header source read'.split(' '),
);

interface Told {
  kind: string;
  value: string;
  facts: Facts;
}

function signaturesOf(service: Service): Map<string, Told> {
  const told = new Map<string, Told>();
  for (const [kind, list] of Object.entries(service)) {
    if (!Array.isArray(list) || noSignatures.has(kind)) continue;
    for (const item of list as unknown[]) {
      const name = naming[kind];
      const fields = typeof item === 'object' && item !== null ? (item as Record<string, unknown>) : undefined;
      const value = fields === undefined ? String(item) : String(name?.(fields) ?? JSON.stringify(fields));
      const facts = Object.entries(name === undefined ? {} : (fields ?? {}))
        .filter(([field, fact]) => !notes.has(field) && fact !== undefined)
        .map(([field, fact]): [string, string] => [field, String(fact)]);
      told.set(`${kind} ${value}`, { kind, value, facts: Object.fromEntries(facts) });
    }
  }
  return told;
}

function compareSignatures(inBoth: readonly [Service, Service][]): CatalogDiff['signatures'] {
  const result: CatalogDiff['signatures'] = { added: [], dropped: [], changed: [] };
  for (const [a, b] of inBoth) {
    const [old, fresh] = [signaturesOf(a), signaturesOf(b)];
    for (const [key, { kind, value, facts }] of old) {
      const signature = { kind, value, service: a.id };
      const now = fresh.get(key);
      if (now === undefined) result.dropped.push(signature);
      else result.changed.push(...changes(a.id, facts, now.facts).map((change) => ({ ...signature, ...change })));
    }
    for (const [key, { kind, value }] of fresh) if (!old.has(key)) result.added.push({ kind, value, service: a.id });
  }
  return result;
}

/** Asks both for all that either knows: so what a wider or a narrower signature takes over shows too. */
function compareNaming(before: Catalog, after: Catalog): Pick<CatalogDiff, 'reattributed' | 'uncounted'> {
  const reattributed: CatalogDiff['reattributed'] = [];
  const uncounted: CatalogDiff['uncounted'] = [];
  const rules = new Map<string, TargetRule>();
  for (const rule of [...before.targetRules, ...after.targetRules]) rules.set(signatureOf(rule), rule);
  for (const [value, rule] of [...rules].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const host = rule.host.replaceAll('*', 'x');
    const path = rule.path?.replaceAll('*', 'x');
    const [from, to] = [countsFor(before, host, path), countsFor(after, host, path)];
    if (from === undefined || from === to) continue;
    if (to === undefined) uncounted.push({ value, service: from });
    else reattributed.push({ kind: rule.path === undefined ? 'hosts' : 'paths', value, from, to });
  }
  const now = ownersOf(after);
  for (const [key, { kind, value, service: from }] of ownersOf(before)) {
    const to = now.get(key)?.service;
    if (to !== undefined && to !== from) reattributed.push({ kind, value, from, to });
  }
  return { reattributed, uncounted };
}

/** Which service has a signature that is neither a host nor a path: the first by id, as `compileCatalog` has it. */
function ownersOf(catalog: Catalog): Map<string, Signature> {
  const owners = new Map<string, Signature>();
  for (const service of catalog.services.values()) {
    for (const [key, { kind, value, facts }] of signaturesOf(service))
      if (!unowned.has(kind) && facts.ambiguous !== 'true' && !owners.has(key))
        owners.set(key, { kind, value, service: service.id });
  }
  return owners;
}
/** Hosts and paths are compared as look-ups find them; several services may share a port or a header. */
const unowned: ReadonlySet<string> = new Set(['hosts', 'paths', 'ports', 'tenant_controls']);

/** The service whose use a request to a target is. */
function countsFor(catalog: Catalog, host: string, path: string | undefined): string | undefined {
  const rule = catalog.targets.find(host, path);
  return rule === undefined || rule.weak || rule.role === 'telemetry' ? undefined : rule.service.id;
}

/** A dropped service whose signatures, most of those that were found again, name one added service. */
function renamedServices(
  dropped: readonly ServiceName[],
  added: readonly ServiceName[],
  reattributed: CatalogDiff['reattributed'],
): CatalogDiff['services']['renamed'] {
  const fresh = new Map(added.map((service) => [service.id, service]));
  return dropped.flatMap(({ id: from }) => {
    const went = reattributed.filter((item) => item.from === from).map(({ to }) => to);
    const to = fresh.get(went.find((id) => went.filter((other) => other === id).length * 2 > went.length) ?? '');
    return to === undefined ? [] : [{ from, to: to.id, name: to.name }];
  });
}
