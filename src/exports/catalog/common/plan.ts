import { domainToUnicode } from 'node:url';
import type { Catalog, TargetRule } from '../../../catalog/compile.js';
import { hostPattern, literalPattern, pathPattern } from '../../../catalog/host-index.js';
import type { Service } from '../../../catalog/schema.js';
import { type Confidence, confidences } from '../../../core/hit.js';

/** A host or path signature as engines look it up: by `tail`, a name that the host is or lies under. */
export interface PlanRule {
  /** 1-based place in the order of specificity; see `Plan` for which one counts. */
  readonly rule: number;
  /** The part of the host pattern behind its last wildcard. */
  readonly tail: string;
  /** `exact`: the host is the tail; `suffix`: it is the tail or below it; `wildcard`: it fits `hostPattern` as well. */
  readonly kind: 'exact' | 'suffix' | 'wildcard';
  /** As written in the signature. */
  readonly host: string;
  /** Regular expression for the whole canonical host; empty unless `kind` is wildcard. */
  readonly hostPattern: string;
  /** Regular expression for the beginning of the lower-case path; empty where any path will do. */
  readonly pathPattern: string;
  readonly path: string | undefined;
  readonly service: Service;
  readonly role: TargetRule['role'];
  readonly account: 'enterprise' | 'personal' | 'unknown';
  readonly confidence: Confidence;
  /** Known, and no use by itself: a host of the wider product, or telemetry. It hides what is less specific. */
  readonly silent: boolean;
  readonly weak: boolean;
}

/** A piece of a User-Agent that names a tool. */
export interface PlanAgent {
  readonly token: string;
  /** Case-sensitive regular expression. */
  readonly pattern: string;
  readonly service: Service;
  readonly confidence: Confidence;
}

/**
 * The catalog as plain rows. Which rule holds for a host and path: among the rules without a path that match the host the highest;
 * among those with a path that match both the highest; of these two the one with the path if the other is weak or lower.
 */
export interface Plan {
  /** Hash of the catalog. */
  readonly version: string;
  readonly rules: readonly PlanRule[];
  readonly agents: readonly PlanAgent[];
  readonly services: readonly Service[];
  /** Most labels that a tail has. */
  readonly labels: number;
}

/** 1 low, 2 medium, 3 high: so that queries can compare. */
export const confidenceRank = (confidence: Confidence): number => confidences.indexOf(confidence) + 1;

export function planOf(catalog: Catalog): Plan {
  const rules = catalog.targets
    .inOrder()
    .flatMap(({ rule, tail }) => spellings(rule.host, tail).map((spelling) => ({ rule, ...spelling })))
    .map(
      ({ rule, host, tail }, index): PlanRule => ({
        rule: index + 1,
        tail,
        kind: host.includes('*') ? 'wildcard' : rule.match === 'exact' ? 'exact' : 'suffix',
        host,
        hostPattern: host.includes('*') ? hostPattern(host) : '',
        path: rule.path,
        pathPattern: rule.path === undefined ? '' : pathPattern(rule.path.toLowerCase()),
        service: rule.service,
        role: rule.role,
        account: rule.account ?? 'unknown',
        confidence: rule.confidence,
        silent: rule.weak || rule.role === 'telemetry',
        weak: rule.weak,
      }),
    );
  return {
    version: catalog.hash,
    rules,
    agents: catalog.userAgents.map(({ service, value, confidence }) => ({
      token: value,
      pattern: `(^|[^A-Za-z0-9])${literalPattern(value)}`,
      service,
      confidence,
    })),
    services: [...catalog.services.values()],
    labels: Math.max(1, ...rules.map(({ tail }) => tail.split('.').length)),
  };
}

/** Few engines know Punycode: an internationalised name is in the table as people write it, too. */
function spellings(host: string, tail: string): { host: string; tail: string }[] {
  const plain = { host, tail };
  if (!host.includes('xn--')) return [plain];
  const unicode = { host: inUnicode(host), tail: inUnicode(tail) };
  return unicode.host === host ? [plain] : [plain, unicode];
}

const inUnicode = (pattern: string): string =>
  pattern
    .split('.')
    .map((label) => (label.startsWith('xn--') && !label.includes('*') ? domainToUnicode(label) || label : label))
    .join('.');
