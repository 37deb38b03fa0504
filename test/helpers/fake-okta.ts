import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { jwtVerify } from 'jose';
import { httpServer } from './http-server.js';

/** An event of the System Log that can be seen from `seen` on (milliseconds since 1970). */
export interface LogEvent {
  seen: number;
  body: { uuid: string; published: string; [key: string]: unknown };
}

export interface OktaFault {
  status: number;
  body?: string;
  headers?: Record<string, string>;
}

/** An Okta organisation that pages, throttles, fails and lies as it is told. */
export interface FakeOkta {
  url: string;
  port: number;
  clock: { now: number };
  log: LogEvent[];
  users: Record<string, unknown>[];
  apps: { id: string; label: string; name?: string; members: Record<string, unknown>[] }[];
  /** API token that it takes. */
  apiToken: string;
  client: { id: string; publicKey: KeyObject; scopes: string[]; dpop: boolean };
  /** Tokens that it gave and still takes. */
  issued: Set<string>;
  tokenRequests: number;
  /** So many token requests fail with 503 first; each has read the assertion. */
  tokenOutage: number;
  /** Requests of the API, as path and query. */
  requests: string[];
  pageSize: number;
  /** What a request gets instead of its answer; `n` counts from 0. */
  fault(url: URL, n: number): OktaFault | undefined;
  order<T>(items: readonly T[]): readonly T[];
  /** The Link header, written another way. */
  link(self: string, next: string | undefined): string;
  close(): Promise<void>;
}

/** A key pair as an app has one; PEM. */
export function keyPair(): { privateKey: string; publicKey: KeyObject } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: createPublicKey(privateKey),
  };
}

const scopes: readonly (readonly [RegExp, string])[] = [
  [/^\/api\/v1\/logs/, 'okta.logs.read'],
  [/^\/api\/v1\/users/, 'okta.users.read'],
  [/^\/api\/v1\/apps/, 'okta.apps.read'],
];

export async function fakeOkta(now: number, publicKey: KeyObject = keyPair().publicKey): Promise<FakeOkta> {
  const granted = new Map<string, string[]>();
  const jtis = new Set<string>();
  let count = 0;
  const server = await httpServer((request, response) => {
    void answer(request, response).catch((error: unknown) => send(response, 500, { errorSummary: String(error) }));
  });
  const okta: FakeOkta = {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port,
    clock: { now },
    log: [],
    users: [],
    apps: [],
    apiToken: '00abcdefghijklmnopqrstuvwxyz',
    client: { id: '0oaclient', publicKey, scopes: scopes.map(([, scope]) => scope), dpop: false },
    issued: new Set(),
    tokenRequests: 0,
    tokenOutage: 0,
    requests: [],
    pageSize: 7,
    fault: () => undefined,
    order: (items) => items,
    link: (self, next) =>
      [`<${self}>; rel="self"`, ...(next === undefined ? [] : [`<${next}>; rel="next"`])].join(', '),
    close: () => server.close(),
  };
  return okta;

  function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
    response.writeHead(status, {
      'content-type': 'application/json',
      date: new Date(okta.clock.now).toUTCString(),
      ...headers,
    });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', okta.url);
    if (request.method === 'POST' && url.pathname === '/oauth2/v1/token') return token(request, response);
    okta.requests.push(`${url.pathname}${url.search}`);
    const fault = okta.fault(url, count++);
    if (fault !== undefined) return send(response, fault.status, fault.body ?? '{}', fault.headers);
    const refusal = refusalOf(request, url);
    if (refusal !== undefined) return send(response, refusal.status, refusal);
    const members = /^\/api\/v1\/apps\/(\w+)\/users$/.exec(url.pathname);
    if (url.pathname === '/api/v1/logs') return list(response, url, logOf(url));
    if (url.pathname === '/api/v1/users') return list(response, url, okta.users);
    if (url.pathname === '/api/v1/apps')
      return list(
        response,
        url,
        okta.apps.map(({ members: _members, ...app }) => ({ status: 'ACTIVE', ...app })),
      );
    const app = okta.apps.find(({ id }) => id === members?.[1]);
    if (app !== undefined) return list(response, url, app.members);
    send(response, 404, { errorCode: 'E0000007', errorSummary: 'Not found' });
  }

  function refusalOf({ headers }: IncomingMessage, { pathname }: URL) {
    const authorization = headers.authorization ?? '';
    if (authorization === `SSWS ${okta.apiToken}`) return undefined;
    const bearer = authorization.replace(/^Bearer /, '');
    if (!okta.issued.has(bearer)) return { status: 401, errorCode: 'E0000011', errorSummary: 'Invalid token provided' };
    const needed = scopes.find(([path]) => path.test(pathname))?.[1] ?? '';
    if (granted.get(bearer)?.includes(needed) === true) return undefined;
    return { status: 403, errorCode: 'E0000006', errorSummary: 'You do not have permission to perform this action' };
  }

  /** Bounded by since and until, oldest first; like the real one, the last page with events has a link to go on. */
  function logOf(url: URL): unknown[] {
    const [since, until] = [url.searchParams.get('since') ?? '', url.searchParams.get('until') ?? ''];
    const types = [...(url.searchParams.get('filter') ?? '').matchAll(/eventType eq "([^"]+)"/g)].map(
      ([, type]) => type,
    );
    return okta.log
      .filter(({ seen, body }) => seen <= okta.clock.now && body.published >= since && body.published < until)
      .filter(({ body }) => types.length === 0 || types.includes(String(body.eventType)))
      .map(({ body }) => body);
  }

  function list(response: ServerResponse, url: URL, all: readonly unknown[]): void {
    const after = Number(url.searchParams.get('after') ?? 0);
    const page = okta.order(all.slice(after, after + okta.pageSize));
    const next = new URL(url);
    next.searchParams.set('after', String(after + page.length));
    const isLog = url.pathname.endsWith('/logs');
    const more = isLog ? page.length > 0 : after + page.length < all.length;
    send(response, 200, page, {
      link: okta.link(url.href, more ? next.href : undefined),
      'x-rate-limit-limit': '120',
      'x-rate-limit-remaining': '100',
      'x-rate-limit-reset': String(Math.floor(okta.clock.now / 1000) + 30),
    });
  }

  async function token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    okta.tokenRequests++;
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const form = new URLSearchParams(Buffer.concat(parts).toString());
    const refuse = (error: string, error_description = ''): void => send(response, 400, { error, error_description });
    if (okta.client.dpop) return refuse('invalid_dpop_proof', 'The DPoP proof JWT header is missing.');
    if (
      form.get('grant_type') !== 'client_credentials' ||
      form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    )
      return refuse('invalid_request', 'wrong grant');
    try {
      const { payload } = await jwtVerify(form.get('client_assertion') ?? '', okta.client.publicKey, {
        audience: `${okta.url}/oauth2/v1/token`,
        issuer: okta.client.id,
        subject: okta.client.id,
        currentDate: new Date(okta.clock.now),
        requiredClaims: ['exp', 'iat', 'jti'],
      });
      if ((payload.exp ?? 0) - okta.clock.now / 1000 > 3600) return refuse('invalid_client', 'too long');
      if (jtis.has(String(payload.jti))) return refuse('invalid_client', 'The jti was used before.');
      jtis.add(String(payload.jti));
      if (okta.tokenOutage-- > 0) return send(response, 503, '<html>');
    } catch (error) {
      const code = (error as { code?: string; claim?: string }).code;
      if (code === 'ERR_JWT_EXPIRED') return refuse('invalid_client', 'The client_assertion token is expired.');
      return refuse('invalid_client', 'The client_assertion is invalid.');
    }
    const asked = (form.get('scope') ?? '').split(' ');
    if (asked.some((scope) => !okta.client.scopes.includes(scope))) return refuse('invalid_scope', 'not granted');
    const value = `eyJ.token.${okta.tokenRequests}`;
    okta.issued.add(value);
    granted.set(value, asked);
    send(response, 200, { token_type: 'Bearer', expires_in: 3600, access_token: value, scope: asked.join(' ') });
  }
}

/** A sign-in to an app. */
export const ssoEvent = (
  uuid: string,
  at: number,
  user: string,
  app: string,
  eventType = 'user.authentication.sso',
) => ({
  uuid,
  published: new Date(at).toISOString(),
  eventType,
  legacyEventType: 'app.auth.sso',
  actor: { id: `00u${user}`, type: 'User', alternateId: `${user}@acme.example`, displayName: user },
  outcome: { result: 'SUCCESS' },
  client: { ipAddress: '192.0.2.10', userAgent: { rawUserAgent: 'Mozilla/5.0' } },
  target: [{ id: `0oa${app}`, type: 'AppInstance', alternateId: app, displayName: app }],
});

export const oktaUser = (n: number, profile: Record<string, unknown> = {}) => ({
  id: `00u${String(n).padStart(17, '0')}`,
  status: 'ACTIVE',
  profile: {
    login: `user${n}@acme.example`,
    email: `user${n}@acme.example`,
    secondEmail: `user${n}@gmail.example`,
    firstName: 'User',
    lastName: String(n),
    department: 'Sales',
    ...profile,
  },
});
