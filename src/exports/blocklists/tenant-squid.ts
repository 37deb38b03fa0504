import type { BlockListFormat, ListEntry } from './common/format.js';
import { liesUnder } from './common/reach.js';
import { type TenantHeader, tenantHeadersOf } from './common/tenant.js';

const heading = '# Halflight: only the tenants of the organisation, for services approved for enterprise accounts';
const needs = '# Needs ssl_bump: without reading TLS, Squid cannot set headers.';

/**
 * Directives for squid.conf. A header without values in the register stands as a comment, as a wrong value would lock everybody out.
 * Source: squid.conf, "request_header_access", "request_header_add".
 */
export const blockListFormat: BlockListFormat = {
  title: 'tenant restrictions in Squid',
  summary: 'directives for squid.conf that set the headers of tenant restrictions',
  blocksNothing: true,
  entries(list) {
    const entries = new Map<string, ListEntry>();
    for (const [at, header] of merged(tenantHeadersOf(list)).entries()) {
      const why = `${header.name} is allowed for enterprise accounts by entry ${header.entry}`;
      for (const text of directives(header, `halflight_tenant_${at + 1}`))
        if (!entries.has(text)) entries.set(text, { text, why });
    }
    return { entries: [...entries.values()], unsaid: [] };
  },
  write: (entries) => [heading, needs, ...entries].map((line) => `${line}\n`).join(''),
  read(text) {
    return text.split(/\r?\n/).filter((line, at) => {
      if (line === '' || line === heading || line === needs) return false;
      if (!/^(?:acl |request_header_|# )/.test(line)) throw new Error(`line ${at + 1} is no entry of this format`);
      return true;
    });
  },
};

/** One header is set once, whichever services ask for it: the values of all of them, or none where one is missing. */
function merged(headers: readonly TenantHeader[]): TenantHeader[] {
  const byName = new Map<string, TenantHeader>();
  for (const one of headers) {
    const key = one.header.toLowerCase();
    const known = byName.get(key);
    byName.set(
      key,
      known === undefined
        ? one
        : {
            ...known,
            hosts: [...new Set([...known.hosts, ...one.hosts])],
            values:
              known.values.length === 0 || one.values.length === 0
                ? []
                : [...new Set([...known.values, ...one.values])],
          },
    );
  }
  return [...byName.values()];
}

/** Without names that lie below another of them: Squid warns of these. A dot in front: with all below. */
const outermost = (hosts: readonly string[]): readonly string[] =>
  hosts.filter(
    (host) =>
      !hosts.some(
        (other) => other !== host && other.startsWith('.') && liesUnder(host.replace(/^\./, ''), other.slice(1)),
      ),
  );

function directives({ header, hosts, values, holds, entry }: TenantHeader, acl: string): string[] {
  const lines = [
    `acl ${acl} dstdomain ${outermost(hosts).join(' ')}`,
    `request_header_access ${header} deny ${acl}`,
    `request_header_add ${header} "${values.length === 0 ? 'VALUE' : values.join(',')}" ${acl}`,
  ];
  return values.length > 0
    ? lines
    : [
        `# ${header} must hold: ${holds}. Name them as workspaces of entry ${entry}, or put them for VALUE.`,
        ...lines.map((line) => `# ${line}`),
      ];
}
