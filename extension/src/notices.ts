import { HostMatcher } from './host-set.js';

/** What GET /v1/telemetry/notices answers. */
export interface Notices {
  version: string;
  ask: string | null;
  groups: { alternatives: string[]; services: { id: string; name: string; state: string; hosts: string[] }[] }[];
}

/** What is shown on a page. */
export interface Notice {
  service: string;
  title: string;
  text: string;
  /** Where to ask; only an address of the web. */
  ask: string | undefined;
}

/** A service is told of once in so many milliseconds. */
export const noticeEvery = 7 * 86_400_000;

/** The notice for a host; undefined where its service is approved or unknown. */
export function noticeFor(host: string, { ask, groups }: Notices): Notice | undefined {
  for (const { alternatives, services } of groups)
    for (const { id, name, state, hosts } of services) {
      // Most services are ruled out by their names, without a matcher of their own.
      if (!hosts.some((pattern) => near(host, pattern)) || !new HostMatcher(hosts).has(host)) continue;
      const title =
        state === 'denied'
          ? `${name} may not be used for work here`
          : state === 'pending'
            ? `${name} is not approved yet`
            : `${name} is not an approved tool here`;
      const text =
        alternatives.length === 0
          ? 'Please put no data of the organisation into it.'
          : `Approved instead: ${alternatives.join(', ')}.`;
      return { service: id, title, text, ask: ask !== null && /^https?:\/\//i.test(ask) ? ask : undefined };
    }
  return undefined;
}

function near(host: string, pattern: string): boolean {
  const name = pattern.replace(/^[!=]+/, '');
  if (name.includes('*')) return true;
  return host === name || host.endsWith(`.${name}`);
}
