import { parse } from 'tldts';
import { sharedHosts } from '../../catalog/shared-hosts.js';
import type { Event } from '../../core/event.js';
import type { CandidateKind } from '../../core/hit.js';
import { isIp } from '../../core/host.js';
import { builderPlatforms } from './candidate-rules.js';
import { merchantWords, storeOf } from './merchant-text.js';

/** What a candidate is about, one for all of its events. */
export interface Subject {
  kind: CandidateKind;
  subject: string;
  /** What of the subject this event shows, for a signature: a host, an app id. */
  trace: string | undefined;
}

/** What an event would be a candidate of; undefined: the event names nothing. */
export function subjectOf(event: Event): Subject | undefined {
  if (event.declared === true)
    return event.app === undefined ? undefined : { kind: 'app', subject: event.app, trace: undefined };
  switch (event.kind) {
    case 'web':
    case 'dns':
    case 'activity': {
      const host = event.host ?? (event.port === undefined ? undefined : event.dst_ip);
      return host === undefined ? undefined : { kind: 'host', subject: hostSubject(host), trace: host };
    }
    case 'grant':
    case 'signin': {
      const name = event.app?.trim() || event.app_id;
      return name === undefined ? undefined : { kind: 'app', subject: name, trace: event.app_id };
    }
    case 'extension': {
      const name = event.app?.trim() || event.extension_id;
      return name === undefined ? undefined : { kind: 'extension', subject: name, trace: event.extension_id };
    }
    case 'expense': {
      const store = storeOf(event.merchant ?? '');
      if (store !== undefined) return { kind: 'merchant', subject: store, trace: event.merchant };
      const words = merchantWords(event.merchant ?? '').slice(0, 4);
      return words.length === 0 ? undefined : { kind: 'merchant', subject: words.join(' '), trace: event.merchant };
    }
  }
}

/**
 * The registrable domain; where everybody may have a name below it (platforms of the public suffix list's private part, shared
 * domains, names inside an organisation) the host itself.
 */
export function hostSubject(host: string): string {
  if (isIp(host) || isInternalName(host)) return host;
  const platform = platformOf(host);
  if (platform !== undefined) return platform.tenant;
  const { domain } = parse(host, { allowPrivateDomains: true, validateHostname: false });
  return domain === null || sharedHosts.has(domain) ? host : domain;
}

/** The builder platform under which a host lies, and the host of the tenant: the zone with one label in front. */
export function platformOf(host: string): { name: string; tenant: string } | undefined {
  for (let dot = host.indexOf('.'); dot > 0; dot = host.indexOf('.', dot + 1)) {
    const zone = host.slice(dot + 1);
    const name = builderPlatforms.get(zone);
    if (name !== undefined) return { name, tenant: host.slice(host.lastIndexOf('.', dot - 1) + 1) };
  }
  return undefined;
}

/** Names that no public name server answers for (RFC 6762, RFC 8375, ICANN's `.internal`, and what organisations use besides). */
export function isInternalName(host: string): boolean {
  return (
    !host.includes('.') || /\.(?:internal|local|localdomain|lan|corp|home|intranet|private|home\.arpa)$/.test(host)
  );
}

/** Addresses of private networks (RFC 1918, RFC 6598, RFC 4193, link-local). `address` is canonical. */
export function isInternalAddress(address: string): boolean {
  return /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/.test(
    address,
  );
}
