import type { StateItem } from '../../core/chunk.js';
import type { JsonObject } from '../../core/json.js';
import { ApiFailure } from '../common/api/failure.js';
import type { StateListing } from '../common/api/states.js';
import type { CollectContext } from '../common/collector.js';
import { type App, appFields, appOf, Names, type Resource, resourceOf } from './apps.js';
import { wholeText } from './fields.js';
import type { Graph } from './graph.js';

const hour = 3_600_000;
const pageSize = '999';

/**
 * APIs of Microsoft's that hold what an organisation works with: of these the application permissions are listed too. Microsoft
 * Graph, Exchange Online, SharePoint Online (learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in).
 */
const resources = [
  '00000003-0000-0000-c000-000000000000',
  '00000002-0000-0ff1-ce00-000000000000',
  '00000003-0000-0ff1-ce00-000000000000',
] as const;

/** What an app may do, as it is compared with what it might before. */
interface Grant {
  permission: 'delegated' | 'application';
  /** `admin`: for everybody, or for the app itself; `user`: one person for their own data. */
  consent: 'admin' | 'user';
  principal?: string | undefined;
  user?: string | undefined;
  app: App & { id: string };
  resource?: string | undefined;
  scopes: string[];
}

/** Apps of the tenant with what they are, and whoever is behind them. */
export const appListing = (graph: Graph, names: Names<App>): StateListing => ({
  kind: 'app',
  every: 6 * hour,
  async page(link) {
    const { items, next } = await graph.page('v1.0', link, 'servicePrincipals', { $select: appFields, $top: pageSize });
    const apps = items.flatMap((item): StateItem[] => {
      const id = wholeText(item.id, 200);
      if (id === undefined) return [];
      const app = appOf(item);
      names.remember(id, app);
      return [{ id, body: app }];
    });
    return { items: apps, next };
  },
});

/**
 * All that apps were granted: delegated permissions, then application permissions of the APIs above, one listing. A grant that is new
 * or other than before is a record of the format halflight-grant, at the time when it was seen.
 */
export function grantListing(graph: Graph, apps: Names<App>, context: CollectContext): StateListing {
  const users = new Names(graph, 'users', 'id,userPrincipalName', (item) => wholeText(item.userPrincipalName, 320));
  const known = new Map<string, Resource | undefined>();

  const delegated = async (items: readonly JsonObject[]): Promise<StateItem[]> => {
    const ids = (key: string): string[] => items.flatMap((item) => wholeText(item[key], 200) ?? []);
    const about = await apps.of([...ids('clientId'), ...ids('resourceId')]);
    const who = await users.of(ids('principalId'));
    return items.flatMap((item) => {
      const [id, client] = [wholeText(item.id, 250), wholeText(item.clientId, 200)];
      if (id === undefined || client === undefined) return [];
      const principal = wholeText(item.principalId, 200);
      return itemOf(`delegated/${id}`, context.now(), {
        permission: 'delegated',
        consent: item.consentType === 'Principal' ? 'user' : 'admin',
        principal,
        user: principal === undefined ? undefined : who.get(principal),
        app: { id: client, ...about.get(client) },
        resource: about.get(wholeText(item.resourceId, 200) ?? '')?.name,
        scopes: scopesOf(item.scope),
      });
    });
  };

  const application = async (items: readonly JsonObject[], resource: Resource): Promise<StateItem[]> => {
    // People and groups are assigned to apps in the same list: that lets them in, and gives the app nothing.
    const own = items.filter((item) => item.principalType === 'ServicePrincipal');
    const about = await apps.of(own.flatMap((item) => wholeText(item.principalId, 200) ?? []));
    return own.flatMap((item) => {
      const [id, client] = [wholeText(item.id, 250), wholeText(item.principalId, 200)];
      if (id === undefined || client === undefined) return [];
      const role = wholeText(item.appRoleId, 200) ?? '';
      return itemOf(`application/${id}`, context.now(), {
        permission: 'application',
        consent: 'admin',
        app: { id: client, name: wholeText(item.principalDisplayName, 256), ...about.get(client) },
        resource: resource.name,
        scopes: [resource.roles.get(role) ?? role].filter((scope) => scope !== ''),
      });
    });
  };

  const resourceAt = async (index: number): Promise<Resource | undefined> => {
    const appId = resources[index];
    if (appId === undefined) return undefined;
    if (!known.has(appId)) known.set(appId, await resourceOf(graph, appId));
    return known.get(appId);
  };

  /** Where the listing goes on when the list of this API (-1: of delegated permissions) is over; APIs that the tenant lacks are passed over. */
  const after = async (index: number): Promise<string | undefined> => {
    for (let next = index + 1; next < resources.length; next++) {
      const resource = await resourceAt(next);
      if (resource === undefined) continue;
      const path = `servicePrincipals(appId='${resource.app_id}')/appRoleAssignedTo`;
      return `${next} ${graph.url('v1.0', path, { $top: pageSize })}`;
    }
    return undefined;
  };

  return {
    kind: 'grant',
    every: 6 * hour,
    async page(place) {
      const { index, link } = read(place);
      const { items, next } = await graph.page('v1.0', link, 'oauth2PermissionGrants', { $top: pageSize });
      const on = next === undefined ? await after(index) : `${index} ${next}`;
      if (index < 0) return { items: await delegated(items), next: on };
      const resource = await resourceAt(index);
      if (resource === undefined) throw new ApiFailure('gone', 'Microsoft Graph no longer has an API that it had.');
      return { items: await application(items, resource), next: on };
    },
  };
}

/** A place in the listing: index of the API (-1: delegated permissions), and the link to the next page. */
function read(place: string | undefined): { index: number; link: string | undefined } {
  const [, index, link] = /^(-?\d) (.+)$/.exec(place ?? '') ?? [];
  return { index: Number(index ?? -1), link };
}

const scopesOf = (text: unknown): string[] =>
  typeof text !== 'string'
    ? []
    : [...new Set(text.slice(0, 20_000).split(/\s+/))]
        .filter((scope) => scope !== '' && scope.length <= 200)
        .sort((a, b) => (a < b ? -1 : 1));

function itemOf(id: string, now: number, grant: Grant): StateItem[] {
  const { permission, consent, user, principal, app, resource, scopes } = grant;
  const text = JSON.stringify({
    halflight_grant: 1,
    time: new Date(now).toISOString(),
    id,
    provider: 'entra',
    permission,
    consent,
    ...(consent === 'user' && { user: user ?? principal }),
    app: app.name,
    app_id: app.app_id,
    publisher: app.publisher,
    verified_publisher: app.verified_publisher,
    resource,
    scopes,
  });
  return [{ id, body: grant, text }];
}
