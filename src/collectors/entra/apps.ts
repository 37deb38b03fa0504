import { isObject, type JsonObject } from '../../core/json.js';
import { ApiFailure } from '../common/api/failure.js';
import { wholeText } from './fields.js';
import type { Graph } from './graph.js';
import { guid } from './options.js';

/** What is known of an app in the tenant (learn.microsoft.com/graph/api/resources/serviceprincipal). */
export interface App {
  app_id?: string | undefined;
  name?: string | undefined;
  publisher?: string | undefined;
  /** Microsoft has seen who that is. */
  verified_publisher?: string | undefined;
  /** Tenant that the app is registered in. */
  home_tenant?: string | undefined;
  type?: string | undefined;
  enabled?: boolean | undefined;
}

export const appFields =
  'id,appId,displayName,publisherName,verifiedPublisher,appOwnerOrganizationId,servicePrincipalType,accountEnabled';

/** Graph takes so many values in a filter `id in (...)`. */
const mostAtOnce = 15;
/** Apps and users that are remembered; the oldest is forgotten. */
const mostRemembered = 50_000;
export function appOf(item: JsonObject): App {
  const verified = isObject(item.verifiedPublisher) ? item.verifiedPublisher : {};
  return {
    app_id: wholeText(item.appId, 100),
    name: wholeText(item.displayName, 256),
    publisher: wholeText(item.publisherName, 256),
    verified_publisher: wholeText(verified.displayName, 256),
    home_tenant: wholeText(item.appOwnerOrganizationId, 100),
    type: wholeText(item.servicePrincipalType, 50),
    enabled: typeof item.accountEnabled === 'boolean' ? item.accountEnabled : undefined,
  };
}

/** Names of objects by their ids, asked for some at a time and remembered. */
export class Names<T> {
  readonly #graph: Graph;
  readonly #path: string;
  readonly #fields: string;
  readonly #read: (item: JsonObject) => T;
  readonly #known = new Map<string, T | undefined>();

  constructor(graph: Graph, path: string, fields: string, read: (item: JsonObject) => T) {
    [this.#graph, this.#path, this.#fields, this.#read] = [graph, path, fields, read];
  }

  remember(id: string, value: T | undefined): void {
    if (this.#known.size >= mostRemembered)
      for (const oldest of this.#known.keys()) {
        this.#known.delete(oldest);
        break;
      }
    this.#known.set(id, value);
  }

  /** What is known of these; those that are no more are left out. @throws ApiFailure; SourceLoginError */
  async of(ids: Iterable<string>): Promise<Map<string, T>> {
    const found = new Map<string, T>();
    const missing: string[] = [];
    for (const id of new Set(ids)) {
      const value = this.#known.get(id);
      if (value !== undefined) found.set(id, value);
      else if (!this.#known.has(id) && guid.test(id)) missing.push(id);
    }
    for (let at = 0; at < missing.length; at += mostAtOnce) {
      const some = missing.slice(at, at + mostAtOnce);
      const filter = `id in (${some.map((id) => `'${id}'`).join(',')})`;
      const { items } = await this.#graph.page('v1.0', undefined, this.#path, {
        $filter: filter,
        $select: this.#fields,
        $top: '100',
      });
      for (const id of some) {
        const item = items.find((each) => each.id === id);
        const value = item === undefined ? undefined : this.#read(item);
        this.remember(id, value);
        if (value !== undefined) found.set(id, value);
      }
    }
    return found;
  }
}

/** What an API lets apps do: its application permissions by id. */
export interface Resource {
  name: string | undefined;
  app_id: string;
  roles: ReadonlyMap<string, string>;
}

/** An API of Microsoft's in this tenant; undefined where the tenant does not have it. @throws ApiFailure; SourceLoginError */
export async function resourceOf(graph: Graph, appId: string): Promise<Resource | undefined> {
  const link = graph.url('v1.0', `servicePrincipals(appId='${appId}')`, { $select: 'id,appId,displayName,appRoles' });
  try {
    const { body } = await graph.get('v1.0', link);
    const item = isObject(body) ? body : {};
    const roles = new Map<string, string>();
    for (const role of Array.isArray(item.appRoles) ? item.appRoles.filter(isObject) : []) {
      const [id, value] = [wholeText(role.id, 100), wholeText(role.value, 200)];
      if (id !== undefined && value !== undefined) roles.set(id, value);
    }
    return { name: wholeText(item.displayName, 256), app_id: appId, roles };
  } catch (error) {
    if (error instanceof ApiFailure && error.kind === 'gone') return undefined;
    throw error;
  }
}
