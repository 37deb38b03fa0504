import type { InventoryEntry } from '../../../core/register.js';
import type { BlockList } from './types.js';

/** A header that a proxy puts into requests, so that only the tenants of the organisation are let in. */
export interface TenantHeader {
  service: string;
  name: string;
  header: string;
  /** Hosts whose requests carry it; a dot in front: with all below. */
  hosts: readonly string[];
  /** What it must hold, in words of the catalog. */
  holds: string;
  /** What it holds: the workspaces of the entry; empty where the entry names none, or one that no header can hold. */
  values: readonly string[];
  effect: string;
  plan: string;
  entry: string;
  source: string;
}

/** Headers that belong to the place where people sign in, not to the hosts of the service. Sources: the vendors' documents, as named. */
const signInHosts: Readonly<Record<string, readonly string[]>> = {
  // Microsoft Learn, "Use tenant restrictions to manage access to SaaS cloud applications".
  'restrict-access-to-tenants': ['login.microsoft.com', 'login.microsoftonline.com', 'login.windows.net'],
  'restrict-access-context': ['login.microsoft.com', 'login.microsoftonline.com', 'login.windows.net'],
  // The same page, "Consumer applications": personal accounts sign in here.
  'sec-restrict-tenant-access-policy': ['login.live.com'],
  // Google Workspace Admin help, "Block access to consumer accounts".
  'x-googapps-allowed-domains': ['.google.com', '.googleapis.com'],
  // GitHub documentation, "Restricting access to GitHub.com using a corporate proxy".
  'sec-github-allowed-enterprise': ['.github.com', '.githubcopilot.com', '.githubusercontent.com'],
};

/** Headers that hold the same for everybody, whatever the entry names. Source: as above. */
const fixedValues: Readonly<Record<string, readonly string[]>> = {
  'sec-restrict-tenant-access-policy': ['restrict-msa'],
};

/** Its value is the directory that restricts, and not the tenants that are let in. */
const namesDirectory: ReadonlySet<string> = new Set(['restrict-access-context']);

/** What stands in a header without any need to quote. */
const plainValue = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$/;

/**
 * The headers of services that an entry allows for enterprise accounts only, by service, then header. A wrong tenant locks everybody out
 * as a wrong block does, so for lists that are served both need two people.
 */
export const tenantHeadersOf = ({ allowed }: Pick<BlockList, 'allowed'>): readonly TenantHeader[] =>
  allowed
    .filter(({ entry, confirmed }) => confirmed && entry.allowed_account === 'enterprise')
    .flatMap(({ service, entry }) =>
      service.tenant_controls.flatMap(({ header, value = '', effect, plan = '', source }) =>
        header === undefined
          ? []
          : [
              {
                service: service.id,
                name: service.name,
                header,
                hosts: signInHosts[header.toLowerCase()] ?? hostsOf(service),
                holds: value,
                values: valuesFor(header.toLowerCase(), entry),
                effect,
                plan,
                entry: entry.id,
                source,
              },
            ],
      ),
    );

const valuesFor = (header: string, entry: InventoryEntry): readonly string[] =>
  fixedValues[header] ?? (namesDirectory.has(header) ? [] : valuesOf(entry));

/** All or none: half of the tenants would lock out the rest. */
const valuesOf = ({ workspaces }: InventoryEntry): readonly string[] =>
  workspaces.every((workspace) => plainValue.test(workspace)) ? workspaces : [];

/** Hosts of the service itself: sign-in and API, no telemetry, no patterns within a label. */
const hostsOf = ({ hosts }: BlockList['allowed'][number]['service']): readonly string[] => [
  ...new Set(
    hosts
      .filter(({ role, host }) => role !== 'telemetry' && !host.replace(/^\*\./, '').includes('*'))
      .map(({ host, match }) => (host.startsWith('*.') ? host.slice(1) : match === 'exact' ? host : `.${host}`)),
  ),
];
