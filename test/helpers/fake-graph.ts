import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FakeEntraApp, tokenAnswer } from './fake-entra-app.js';
import { httpServer, type LocalServer } from './http-server.js';
import { pageOf, type SignInStore, signInStore } from './sign-in-store.js';

type Json = Record<string, unknown>;

export interface GraphRequest {
  /** `v1.0/users`, without query; `token` for the token endpoint. */
  path: string;
  query: URLSearchParams;
  /** Of all requests, from 0. */
  index: number;
}

/** What the fake does instead of its duty. */
export type GraphFault =
  | 'reset'
  | { status: number; headers?: Record<string, string>; code?: string }
  /** The right answer, of which only so many bytes are sent. */
  | { cutAfter: number }
  /** The right answer with another next link. */
  | { next: string };

export interface FakeGraph {
  url: string;
  port: number;
  /** Options of a source that reads it. */
  options: Record<string, unknown>;
  /** The app registration and what it may. */
  app: FakeEntraApp;
  /** Application permissions with admin consent. */
  permissions: Set<string>;
  signIns: SignInStore;
  audits: Json[];
  users: Json[];
  servicePrincipals: Json[];
  /** By appId: application permissions of an API, and who was given them. */
  apis: Map<string, { id: string; displayName: string; appRoles: Json[]; assigned: Json[] }>;
  grants: Json[];
  requests: GraphRequest[];
  settings: {
    /** Milliseconds since 1970: its clock. */
    now(): number;
    /** Records of a page of sign-ins at most; what is asked for counts if it is less. */
    pageSize: number;
    /** Shares of a page's records that come again in it, and whether each listing has an order of its own. */
    repeat: number;
    shuffle: boolean;
    tokenLifeMs: number;
    premium: boolean;
    fault(request: GraphRequest): GraphFault | undefined;
  };
  /** Tokens given out so far no longer count. */
  revokeTokens(): void;
  close(): Promise<void>;
}

export const allPermissions = [
  'AuditLog.Read.All',
  'Application.Read.All',
  'DelegatedPermissionGrant.Read.All',
  'User.Read.All',
];

/** A small Microsoft Entra ID with its Graph, over a real socket, written from Microsoft's documentation. */
export async function fakeGraph(): Promise<FakeGraph> {
  const tokens = new Map<string, number>();
  const server: LocalServer = await httpServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.writeHead(599).end(String(error)));
  });
  const url = `http://127.0.0.1:${server.port}`;
  const fake: FakeGraph = {
    url,
    port: server.port,
    options: {
      tenant: 'acme.example',
      client_id: '5d1c3a52-0000-4000-8000-00000000c11e',
      client_secret: 'right~secret',
      login_url: url,
      graph_url: url,
    },
    app: {
      tenants: ['acme.example'],
      clientId: '5d1c3a52-0000-4000-8000-00000000c11e',
      secrets: new Map([['right~secret', Number.POSITIVE_INFINITY]]),
      certificates: [],
    },
    permissions: new Set(allPermissions),
    signIns: signInStore([]),
    audits: [],
    users: [],
    servicePrincipals: [],
    apis: new Map(),
    grants: [],
    requests: [],
    settings: {
      now: Date.now,
      pageSize: 1000,
      repeat: 0,
      shuffle: false,
      tokenLifeMs: 3_600_000,
      premium: true,
      fault: () => undefined,
    },
    revokeTokens: () => tokens.clear(),
    close: () => server.close(),
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = new URL(request.url ?? '/', url);
    const { now } = fake.settings;
    response.setHeader('date', new Date(now()).toUTCString());
    response.setHeader('content-type', 'application/json');
    const isToken = asked.pathname.endsWith('/oauth2/v2.0/token');
    const path = isToken ? 'token' : decodeURIComponent(asked.pathname.slice(1));
    const about: GraphRequest = { path, query: asked.searchParams, index: fake.requests.length };
    fake.requests.push(about);
    const fault = fake.settings.fault(about);
    const send = (status: number, body: Json, headers: Record<string, string> = {}): void => {
      const text = JSON.stringify(
        fault !== undefined && typeof fault === 'object' && 'next' in fault
          ? { ...body, '@odata.nextLink': fault.next }
          : body,
      );
      if (fault === undefined || typeof fault !== 'object' || !('cutAfter' in fault))
        return void response.writeHead(status, headers).end(text);
      response.writeHead(status, { 'content-length': Buffer.byteLength(text) });
      response.write(text.slice(0, fault.cutAfter), () => setTimeout(() => response.destroy(), 10));
    };
    if (fault === 'reset') return void request.socket.resetAndDestroy();
    if (fault !== undefined && 'status' in fault)
      return send(
        fault.status,
        { error: { code: fault.code ?? 'fault', message: 'words of the server' } },
        fault.headers,
      );
    if (isToken) {
      const answer = await tokenAnswer(fake.app, request, `${url}${asked.pathname}`, `${url}/.default`, now());
      if (answer.status !== 200) return send(answer.status, answer.body);
      const token = `token-${randomBytes(12).toString('hex')}`;
      tokens.set(token, now() + fake.settings.tokenLifeMs);
      const life = Math.floor(fake.settings.tokenLifeMs / 1000);
      return send(200, { token_type: 'Bearer', expires_in: life, ext_expires_in: life, access_token: token });
    }
    const refuse = (status: number, code: string): void =>
      send(status, { error: { code, message: 'words of the server' } });
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if ((tokens.get(given) ?? 0) <= now()) return refuse(401, 'InvalidAuthenticationToken');
    const answer = answerTo(fake, path, asked);
    if (typeof answer === 'string')
      return refuse(answer === 'Request_ResourceNotFound' ? 404 : answer === 'BadRequest' ? 400 : 403, answer);
    send(200, answer);
  }
  return fake;
}

/** The body of an answer, or the code of a refusal. */
function answerTo(fake: FakeGraph, path: string, asked: URL): Json | string {
  const [version = '', ...rest] = path.split('/');
  const name = rest.join('/');
  if (version !== 'v1.0' && version !== 'beta') return 'BadRequest';
  const may = (permission: string): boolean =>
    fake.permissions.has(permission) || fake.permissions.has('Directory.Read.All');
  const query = asked.searchParams;
  if (name.startsWith('auditLogs/')) {
    if (!fake.permissions.has('AuditLog.Read.All')) return 'Authentication_MSGraphPermissionMissing';
    if (name === 'auditLogs/signIns' && !fake.settings.premium)
      return 'Authentication_RequestFromNonPremiumTenantOrB2CTenant';
    const window = /(created|activity)DateTime ge (\S+) and \1DateTime le (\S+)$/.exec(query.get('$filter') ?? '');
    const [from, to] = [Date.parse(window?.[2] ?? '1970-01-01'), Date.parse(window?.[3] ?? '2100-01-01')];
    if (name === 'auditLogs/directoryAudits')
      return list(
        fake.audits.filter(({ activityDateTime, seen }) => {
          const at = Date.parse(String(activityDateTime));
          return at >= from && at <= to && Number(seen ?? 0) <= fake.settings.now();
        }),
        asked,
      );
    const type = /^signInEventTypes\/any\(t: t eq '(\w+)'\)/.exec(query.get('$filter') ?? '')?.[1];
    if (version === 'beta' && type === undefined) return 'BadRequest';
    return pageOf(fake.signIns, fake.settings, { type: type ?? 'interactiveUser', from, to }, asked);
  }
  if (name === 'users')
    return may('User.Read.All') ? list(chosen(fake.users, query), asked) : 'Authorization_RequestDenied';
  if (name === 'oauth2PermissionGrants')
    return may('DelegatedPermissionGrant.Read.All') ? list(fake.grants, asked) : 'Authorization_RequestDenied';
  if (!may('Application.Read.All')) return 'Authorization_RequestDenied';
  if (name === 'servicePrincipals') return list(chosen(fake.servicePrincipals, query), asked);
  if (name === `applications(appId='${fake.app.clientId}')`)
    return {
      passwordCredentials: [...fake.app.secrets].map(([secret, end]) => ({
        hint: secret.slice(0, 3),
        endDateTime: Number.isFinite(end) ? new Date(end).toISOString() : '2999-01-01T00:00:00Z',
      })),
    };
  const [, appId = '', what] = /^servicePrincipals\(appId='([^']+)'\)(\/appRoleAssignedTo)?$/.exec(name) ?? [];
  const api = fake.apis.get(appId);
  if (api === undefined) return 'Request_ResourceNotFound';
  return what === undefined ? { ...api, appId, assigned: undefined } : list(api.assigned, asked);
}

const chosen = (items: readonly Json[], query: URLSearchParams): readonly Json[] => {
  const ids = /^id in \((.*)\)$/
    .exec(query.get('$filter') ?? '')?.[1]
    ?.split(',')
    .map((id) => id.replaceAll("'", ''));
  if (ids !== undefined && ids.length > 15) throw new Error('more than 15 ids in a filter');
  return ids === undefined ? items : items.filter(({ id }) => ids.includes(String(id)));
};

/** A page of `$top` items (100 where not said), with the link to the next one. */
function list(items: readonly Json[], asked: URL): Json {
  const at = Number(asked.searchParams.get('$skiptoken') ?? 0);
  const size = Number(asked.searchParams.get('$top') ?? 100);
  const next = new URL(asked);
  next.searchParams.set('$skiptoken', String(at + size));
  return {
    '@odata.context': `${asked.origin}/$metadata`,
    value: items.slice(at, at + size),
    ...(at + size < items.length && { '@odata.nextLink': next.href }),
  };
}
