import { getPublicSuffix } from 'tldts';
import { checkCode, codeClaims } from './check-code.js';
import { checkTexts } from './check-texts.js';
import { matchCodeExample } from './code-index.js';
import { type Catalog, compileCatalog, foldName, matchInput, signatureOf, type TargetRule } from './compile.js';
import { type Added, placeOf } from './extend.js';
import type { Problem } from './load.js';
import type { Service } from './schema.js';
import { sharedHosts } from './shared-hosts.js';

/** What one example says: which service, if any. Passed in by the caller, since detectors have a higher rank. */
export type ExampleMatcher = (catalog: Catalog, example: string) => readonly string[];

export interface CheckInput {
  services: readonly Service[];
  /** Service id -> file, for messages. */
  files: ReadonlyMap<string, string>;
  /** What files with `extends` added. */
  added: readonly Added[];
  /** Whether a file is the organisation's own, and not of the catalog that comes with Halflight. Without it none is. */
  isOwn?: ((file: string) => boolean) | undefined;
  /** Hosts that are known not to be AI. */
  popularHosts: readonly string[];
  /** Names the services that an example of another kind than host and URL hits (`app:`, `merchant:`, `ua:`, `extension:`). */
  matchExample: ExampleMatcher;
}

/** What `checkCatalog` asked, and how often the answer was wrong. */
export interface CheckCounts {
  /** Examples that must name their service, and those of them that do not. */
  hits: { asked: number; wrong: number };
  /** Examples that must not, and those of them that do. */
  misses: { asked: number; wrong: number };
  /** Popular hosts, and those of them that count as AI use. */
  popular: { asked: number; wrong: number };
}

/** All checks over the whole catalog that a schema cannot express; an empty list when it holds. */
export const checkCatalog = (input: CheckInput): Problem[] => checkAndCount(input).problems;

/** The same, with what was asked. */
export function checkAndCount(input: CheckInput): { problems: Problem[]; counts: CheckCounts } {
  const { services, popularHosts, matchExample } = input;
  const catalog = compileCatalog(services);
  const problems: Problem[] = [];
  const report = (service: Service, field: string, message: string): void => {
    problems.push({ ...placeOf(input, service.id, field), message });
  };
  checkClaims(input, report);
  checkTexts(catalog, report);
  checkCode(catalog, report);
  for (const rule of catalog.targetRules) checkReach(rule, report);
  const counts: CheckCounts = {
    hits: { asked: 0, wrong: 0 },
    misses: { asked: 0, wrong: 0 },
    popular: { asked: popularHosts.length, wrong: 0 },
  };
  for (const service of services) checkExamples(catalog, service, matchExample, report, counts);
  const hitBy = new Map<TargetRule, string[]>();
  for (const host of popularHosts) {
    const rule = catalog.targets.find(host, undefined);
    if (rule === undefined || rule.weak || rule.role === 'telemetry') continue;
    counts.popular.wrong += 1;
    hitBy.set(rule, [...(hitBy.get(rule) ?? []), host]);
  }
  for (const [rule, hosts] of hitBy) {
    const others = hosts.length > 3 ? ` and ${hosts.length - 3} more` : '';
    report(
      rule.service,
      fieldOf(rule),
      `${signatureOf(rule)} hits the popular host ${hosts.slice(0, 3).join(', ')}${others}, no AI service: name a more precise host, a path, or make it weak`,
    );
  }
  return { problems: problems.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0)), counts };
}

/** Only what two services claim, or one twice; far less work than all checks. */
export function checkAllClaims(input: Omit<CheckInput, 'popularHosts' | 'matchExample'>): Problem[] {
  const problems: Problem[] = [];
  checkClaims(input, (service, field, message) => problems.push({ ...placeOf(input, service.id, field), message }));
  return problems;
}

type Report = (service: Service, field: string, message: string) => void;

/** `hosts.3`: where a rule stands in its service. */
function fieldOf({ service, host, path }: TargetRule): string {
  return path === undefined
    ? `hosts.${service.hosts.findIndex((item) => item.host === host)}`
    : `paths.${service.paths.findIndex((item) => item.host === host && item.path === path)}`;
}

/** No value of a signature belongs to two services. */
function checkClaims(input: Omit<CheckInput, 'popularHosts' | 'matchExample'>, report: Report): void {
  const { services, isOwn = () => false } = input;
  const claims: { service: Service; field: string; key: string; own: boolean }[] = [];
  const claim = (service: Service, field: string, kind: string, value: string): void => {
    claims.push({ service, field, key: `${kind} ${value}`, own: isOwn(placeOf(input, service.id, field).file) });
  };
  for (const service of services.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    for (const [i, host] of service.hosts.entries()) {
      // One host may belong weakly to several services of one product.
      if (host.weak !== true) claim(service, `hosts.${i}`, 'host', `${host.match === 'exact' ? '=' : ''}${host.host}`);
    }
    for (const [i, path] of service.paths.entries())
      claim(service, `paths.${i}`, 'path', path.host + path.path.toLowerCase());
    for (const [i, app] of service.oauth_apps.entries()) {
      if (app.id !== undefined) claim(service, `oauth_apps.${i}.id`, 'app id', app.id.toLowerCase());
      if (app.name !== undefined && app.id === undefined)
        claim(service, `oauth_apps.${i}.name`, 'app name', foldName(app.name));
    }
    for (const [i, name] of service.saml_apps.entries()) claim(service, `saml_apps.${i}`, 'SAML app', foldName(name));
    for (const [i, extension] of service.extensions.entries())
      claim(service, `extensions.${i}.id`, 'extension', extension.id.toLowerCase());
    for (const [i, agent] of service.user_agents.entries())
      claim(service, `user_agents.${i}`, 'user agent', agent.token);
    for (const [i, merchant] of service.merchants.entries()) {
      if (merchant.descriptor !== merchant.descriptor.toUpperCase())
        report(service, `merchants.${i}.descriptor`, 'must be upper case, as on statements');
      if (merchant.ambiguous !== true) claim(service, `merchants.${i}`, 'merchant', merchant.descriptor);
    }
    for (const [field, kind, value] of codeClaims(service)) claim(service, field, kind, value);
  }
  // The organisation's own claims last: who can correct them is who is told.
  const owners = new Map<string, (typeof claims)[number]>();
  for (const it of [...claims.filter(({ own }) => !own), ...claims.filter(({ own }) => own)]) {
    const { service, field, key } = it;
    const owner = owners.get(key);
    if (owner === undefined) owners.set(key, it);
    else if (owner.service === service && owner.own === it.own) report(service, field, `${key} is listed twice`);
    else if (owner.service === service)
      report(service, field, `${service.id} has ${key} already: take it out of your file`);
    else if (it.own && !owner.own)
      report(
        service,
        field,
        `${key} of ${service.id} is claimed by ${owner.service.id} of the catalog already: take it out of your file, write "extends: ${owner.service.id}" to add to that entry, or name your file ${owner.service.id}.yaml to replace it`,
      );
    else report(service, field, `${key} is claimed by ${owner.service.id} already: give it to one of the two`);
  }
}

/** Nothing claims a public suffix, a shared host, or a pattern that reaches across a shared name. */
function checkReach(rule: TargetRule, report: Report): void {
  const field = fieldOf(rule);
  const literal = rule.host.replace(/^\*\./, '');
  if (
    !literal.includes('.') ||
    literal
      .split('.')
      .slice(-2)
      .some((label) => label.includes('*'))
  ) {
    report(rule.service, field, `${rule.host} reaches too far: the last two labels must be written out`);
    return;
  }
  const name = literal.replaceAll('*', 'x');
  // Tenant hosts (`*.hf.space`) may lie under a vendor's own entry in the private part of the list, never under a registry's.
  const tenants = rule.host.startsWith('*.') && getPublicSuffix(name) !== name;
  if (!tenants && getPublicSuffix(name, { allowPrivateDomains: true }) === name) {
    report(
      rule.service,
      field,
      `${rule.host} is a public suffix: anybody may register names below it; name a more precise host, or *. for the tenants of the vendor`,
    );
  }
  if (rule.path === undefined && !rule.weak && sharedHosts.has(literal)) {
    report(
      rule.service,
      field,
      `${rule.host} is shared by many products: name a more precise host or a path, or make it weak in an embedded service`,
    );
  }
}

/** Every example hits or misses as it says. */
function checkExamples(
  catalog: Catalog,
  service: Service,
  matchExample: ExampleMatcher,
  report: Report,
  counts: CheckCounts,
): void {
  counts.hits.asked += service.examples.hit.length;
  counts.misses.asked += service.examples.miss.length;
  const named = (example: string): readonly string[] => {
    const code = matchCodeExample(catalog, example);
    if (code !== undefined) return code;
    if (/^(app|merchant|ua|extension):/.test(example)) return matchExample(catalog, example);
    const match = matchInput(catalog, example);
    return 'service' in match && match.service !== null ? [match.service] : [];
  };
  for (const [i, example] of service.examples.hit.entries()) {
    const services = named(example);
    const weak = !example.includes(':') || example.includes('://') ? matchInput(catalog, example) : undefined;
    if (services.includes(service.id)) continue;
    if (weak !== undefined && 'weak' in weak && weak.weak === service.id && onlyWeak(service)) continue;
    counts.hits.wrong += 1;
    report(
      service,
      `examples.hit.${i}`,
      `${example} must name this service, and names ${services.length === 0 ? 'none' : services.join(', ')}`,
    );
  }
  for (const [i, example] of service.examples.miss.entries()) {
    if (!named(example).includes(service.id)) continue;
    counts.misses.wrong += 1;
    report(service, `examples.miss.${i}`, `${example} must not name this service, and does`);
  }
}

/** An embedded service of which nothing but weak hosts is known: there its hit examples show the weak match. */
const onlyWeak = (service: Service): boolean =>
  service.embedded && service.hosts.every((host) => host.weak === true) && service.paths.length === 0;
