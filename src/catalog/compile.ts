import type { Confidence } from '../core/hit.js';
import { canonicalHost } from '../core/host.js';
import { splitUrl } from '../core/url.js';
import { contentHash } from './content-hash.js';
import { TargetIndex, type TargetRule } from './host-index.js';
import { type LowConfidence, LowConfidenceList } from './low-confidence.js';
import type { Service } from './schema.js';

export type { TargetRule } from './host-index.js';

/** What an app id or name, an extension, a user agent or a merchant descriptor stands for. */
export interface NamedRule {
  service: Service;
  /** As written in the signature file. */
  value: string;
  confidence: Confidence;
}
export interface MerchantRule extends NamedRule {
  account: 'enterprise' | 'personal' | undefined;
  ambiguous: boolean;
}

/** A release of the catalog, as its bundle or the installation says. */
export interface Release {
  /** Grows with each release. */
  version: number;
  /** Came with Halflight, or was installed behind it. */
  from: 'shipped' | 'installed';
  /** Last day of its validity, UTC; what comes with Halflight has none. */
  expires: string | undefined;
}

/** The compiled catalog: all services, and look-ups from what logs hold to services. */
export interface Catalog {
  services: ReadonlyMap<string, Service>;
  /** What it holds, as `contentHash` says it; worked out when it is first asked for. */
  readonly hash: string;
  /** Of which release it is; absent where nobody said. */
  release?: Release | undefined;
  targets: TargetIndex;
  targetRules: readonly TargetRule[];
  /** By lower-case id. */
  appIds: ReadonlyMap<string, NamedRule>;
  /** By folded display name; OAuth apps and single-sign-on gallery names. */
  oauthNames: ReadonlyMap<string, NamedRule>;
  samlNames: ReadonlyMap<string, NamedRule>;
  extensions: ReadonlyMap<string, NamedRule>;
  userAgents: readonly NamedRule[];
  /** Longest descriptor first. */
  merchants: readonly MerchantRule[];
  /** The row of the low-confidence list for a canonical host or its nearest parent: a reason for a candidate, never a hit. */
  lowConfidence(host: string): LowConfidence | undefined;
  /** The list behind `lowConfidence`; its text goes to threads that compile the catalog again. */
  lowConfidenceList: LowConfidenceList;
}

/** Display names are compared without regard to case and runs of blanks. */
export const foldName = (name: string): string => name.trim().toLowerCase().replace(/\s+/g, ' ');

/**
 * Compiles checked services, with the text of the low-confidence list. Where two claim one value the first by id holds it
 * (`checkCatalog` reports that).
 */
export function compileCatalog(services: readonly Service[], lowConfidence = ''): Catalog {
  const sorted = services.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  let hash: string | undefined;
  const targetRules = sorted.flatMap(targetRulesOf);
  const named = (
    values: (
      service: Service,
    ) => readonly (readonly [key: string, value: string, confidence?: Confidence | undefined])[],
  ): Map<string, NamedRule> => {
    const map = new Map<string, NamedRule>();
    for (const service of sorted) {
      for (const [key, value, confidence = service.confidence] of values(service))
        if (!map.has(key)) map.set(key, { service, value, confidence });
    }
    return map;
  };
  const low = new LowConfidenceList(lowConfidence);
  return {
    services: new Map(sorted.map((service) => [service.id, service])),
    get hash() {
      hash ??= contentHash(sorted, lowConfidence);
      return hash;
    },
    targets: new TargetIndex(targetRules),
    targetRules,
    appIds: named((service) =>
      service.oauth_apps.flatMap(({ id, confidence }) =>
        id === undefined ? [] : [[id.toLowerCase(), id, confidence]],
      ),
    ),
    oauthNames: named((service) =>
      service.oauth_apps.flatMap(({ name, confidence }) =>
        name === undefined ? [] : [[foldName(name), name, confidence]],
      ),
    ),
    samlNames: named((service) => service.saml_apps.map((name) => [foldName(name), name])),
    extensions: named((service) => service.extensions.map(({ id, confidence }) => [id.toLowerCase(), id, confidence])),
    userAgents: sorted.flatMap((service) =>
      service.user_agents.map(({ token, confidence }) => ({
        service,
        value: token,
        confidence: confidence ?? service.confidence,
      })),
    ),
    merchants: sorted
      .flatMap((service) =>
        service.merchants.map(({ descriptor, account, ambiguous }) => ({
          service,
          value: descriptor,
          account,
          ambiguous: ambiguous ?? false,
          confidence: service.confidence,
        })),
      )
      .sort((a, b) => b.value.length - a.value.length || (a.value < b.value ? -1 : 1)),
    lowConfidence: (host) => low.find(host),
    lowConfidenceList: low,
  };
}

function targetRulesOf(service: Service): TargetRule[] {
  const hosts = service.hosts.map(
    (host): TargetRule => ({
      service,
      host: host.host,
      path: undefined,
      match: host.host.includes('*') ? 'wildcard' : host.match,
      role: host.role,
      weak: host.weak ?? false,
      protocol: host.protocol,
      account: host.account,
      confidence: host.confidence ?? service.confidence,
    }),
  );
  const paths = service.paths.map(
    (path): TargetRule => ({
      service,
      host: path.host,
      path: path.path,
      match: 'path',
      role: path.role,
      weak: false,
      protocol: path.protocol,
      account: path.account,
      confidence: path.confidence ?? service.confidence,
    }),
  );
  return [...hosts, ...paths];
}

/** The answer of `halflight match` for one host or URL. */
export type Match =
  | { input: string; error: string }
  | { input: string; host: string; service: null; weak?: string }
  | {
      input: string;
      host: string;
      service: string;
      vendor: string;
      category: string;
      signature: string;
      match: TargetRule['match'];
      embedded: boolean;
      confidence: Confidence;
    };

/** Which service a host or URL names. Telemetry hosts name none. */
export function matchInput(catalog: Catalog, input: string): Match {
  const text = input.trim();
  const { host, path } = splitUrl(text);
  const name = host ?? (text.includes('/') ? undefined : canonicalHost(text));
  if (name === undefined) return { input, error: 'neither a host name nor a URL' };
  const rule = catalog.targets.find(name, path);
  if (rule === undefined || rule.role === 'telemetry') return { input, host: name, service: null };
  if (rule.weak) return { input, host: name, service: null, weak: rule.service.id };
  return {
    input,
    host: name,
    service: rule.service.id,
    vendor: rule.service.vendor.name,
    category: rule.service.category,
    signature: signatureOf(rule),
    match: rule.match,
    embedded: rule.service.embedded,
    confidence: rule.confidence,
  };
}

/** A rule as people write it: `chatgpt.com`, `*.openai.azure.com`, `github.com/copilot`. */
export const signatureOf = (rule: TargetRule): string => `${rule.host}${rule.path ?? ''}`;
