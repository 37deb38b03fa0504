import type { Catalog } from './compile.js';
import { type Ecosystem, ecosystems, type Protocol, protocols, type Service } from './schema.js';

/** How deep the catalog is, by kind of signature, and how old what it says. Every figure is a count. */
export interface CatalogStats {
  hash: string;
  /** YYYY-MM-DD: the day that ages are counted to. */
  as_of: string;
  services: number;
  vendors: number;
  embedded: number;
  agents: number;
  mcp_services: number;
  confidence: Record<Service['confidence'], number>;
  hosts: number;
  paths: number;
  /** Hosts and paths whose family of API is known. */
  api_endpoints: number;
  api_endpoints_by_protocol: Partial<Record<Protocol, number>>;
  /** Apps by id or by name. */
  oauth_apps: number;
  /** Of them: application ids of any platform; of Entra alone. */
  oauth_ids: number;
  entra_ids: number;
  saml_apps: number;
  extensions: number;
  extensions_by_store: Record<string, number>;
  packages: number;
  packages_by_ecosystem: Partial<Record<Ecosystem, number>>;
  user_agents: number;
  merchants: number;
  tenant_controls: number;
  keys: number;
  ports: number;
  low_confidence_rows: number;
  with_plans: number;
  with_two_risk_attributes: number;
  with_plans_and_two_risk_attributes: number;
  /** Services by the days since somebody last looked at them. */
  checked: { within_90_days: number; within_180_days: number; within_a_year: number; older: number };
  oldest_check: string | null;
  /** Services that nobody has looked at for more than a year, oldest first. */
  stale: { id: string; checked: string }[];
}

const dayMs = 86_400_000;
const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / dayMs;

/** `asOf`: YYYY-MM-DD. */
export function catalogStats(catalog: Catalog, asOf: string): CatalogStats {
  const services = [...catalog.services.values()];
  const total = (measure: (service: Service) => number): number =>
    services.reduce((sum, service) => sum + measure(service), 0);
  const which = (test: (service: Service) => boolean): number => services.filter(test).length;
  const families = services.flatMap((service) =>
    [...service.hosts, ...service.paths].flatMap(({ protocol }) => protocol ?? []),
  );
  const extensions = services.flatMap((service) => service.extensions.map(({ store }) => store));
  const packages = services.flatMap((service) => service.packages.map(({ ecosystem }) => ecosystem));
  const byCheck = services.toSorted((a, b) =>
    a.checked === b.checked ? (a.id < b.id ? -1 : 1) : a.checked < b.checked ? -1 : 1,
  );
  const age = ({ checked }: Service): number => daysBetween(checked, asOf);
  const twoRisks = (service: Service): boolean => Object.keys(service.risk).length >= 2;
  return {
    hash: catalog.hash,
    as_of: asOf,
    services: services.length,
    vendors: new Set(services.map((service) => service.vendor.name)).size,
    embedded: which((service) => service.embedded),
    agents: which((service) => service.agent),
    mcp_services: which((service) => service.mcp),
    confidence: {
      high: which((service) => service.confidence === 'high'),
      medium: which((service) => service.confidence === 'medium'),
      low: which((service) => service.confidence === 'low'),
    },
    hosts: total((service) => service.hosts.length),
    paths: total((service) => service.paths.length),
    api_endpoints: families.length,
    api_endpoints_by_protocol: tally(families, Object.keys(protocols) as Protocol[]),
    oauth_apps: total((service) => service.oauth_apps.length),
    oauth_ids: total((service) => service.oauth_apps.filter(({ id }) => id !== undefined).length),
    entra_ids: total(
      (service) => service.oauth_apps.filter(({ id, platform }) => id !== undefined && platform === 'entra').length,
    ),
    saml_apps: total((service) => service.saml_apps.length),
    extensions: extensions.length,
    extensions_by_store: tally(extensions, ['chrome', 'edge', 'firefox', 'vscode', 'jetbrains']),
    packages: packages.length,
    packages_by_ecosystem: tally(packages, ecosystems),
    user_agents: total((service) => service.user_agents.length),
    merchants: total((service) => service.merchants.length),
    tenant_controls: total((service) => service.tenant_controls.length),
    keys: total((service) => service.keys.length),
    ports: total((service) => service.ports.length),
    low_confidence_rows: catalog.lowConfidenceList.size,
    with_plans: which((service) => service.plans.length > 0),
    with_two_risk_attributes: which(twoRisks),
    with_plans_and_two_risk_attributes: which((service) => service.plans.length > 0 && twoRisks(service)),
    checked: {
      within_90_days: which((service) => age(service) <= 90),
      within_180_days: which((service) => age(service) > 90 && age(service) <= 180),
      within_a_year: which((service) => age(service) > 180 && !isStale(service.checked, asOf)),
      older: which((service) => isStale(service.checked, asOf)),
    },
    oldest_check: byCheck[0]?.checked ?? null,
    stale: byCheck.filter(({ checked }) => isStale(checked, asOf)).map(({ id, checked }) => ({ id, checked })),
  };
}

/** More than a year ago, by the calendar: on 2027-11-22 what was checked on 2026-11-22 is a year old, and not older. */
export const isStale = (checked: string, asOf: string): boolean =>
  `${Number(checked.slice(0, 4)) + 1}${checked.slice(4)}` < asOf;

/** How often each word occurs, in the order of the words; those that do not are left out. */
function tally<T extends string>(values: readonly T[], words: readonly T[]): Record<T, number> {
  const counts = words.map((word) => [word, values.filter((value) => value === word).length] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0)) as Record<T, number>;
}

/** The figures for a terminal: one a line, parts of a figure below it, the stale ones at the end. */
export function statsLines(stats: CatalogStats): string[] {
  const { stale, ...figures } = stats;
  const width = 38;
  const lines: string[] = [];
  for (const [name, value] of Object.entries(figures)) {
    const words = name.replaceAll('_', ' ');
    if (value === null || typeof value !== 'object') lines.push(`${words.padEnd(width)} ${value ?? 'none'}`);
    else {
      // `extensions by store` stands below `extensions`, so its parts need no heading of their own.
      if (!/ by /.test(words)) lines.push(words);
      for (const [part, count] of Object.entries(value))
        lines.push(`  ${part.replaceAll('_', ' ').padEnd(width - 2)} ${count}`);
    }
  }
  if (stale.length > 0) {
    lines.push('', `checked more than a year before ${stats.as_of}; look at their sources again:`);
    for (const { id, checked } of stale) lines.push(`  ${checked}  ${id}`);
  }
  return lines;
}
