import type { KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { keyPair } from './fake-okta.js';
import { httpServer } from './http-server.js';

export interface GoogleFault {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** An activity of the Reports API that can be seen from `seen` on (milliseconds since 1970). */
export interface SeenActivity {
  seen: number;
  body: { id: { time: string; uniqueQualifier: string; applicationName: string }; events: { name: string }[] };
}

export interface GoogleUser {
  id: string;
  primaryEmail: string;
  suspended?: boolean;
  tokens?: Record<string, unknown>[];
  [key: string]: unknown;
}

/** Google Workspace as far as Halflight speaks with it: it pages, throttles, fails, repeats and reorders as it is told. */
export interface FakeGoogle {
  url: string;
  port: number;
  clock: { now: number };
  /** What a JSON key file of its service account holds. */
  keyFile(more?: Record<string, unknown>): string;
  publicKey: KeyObject;
  subject: string;
  /** Scopes that were delegated, without the address before them. */
  delegated: Set<string>;
  activities: SeenActivity[];
  users: GoogleUser[];
  browsers: Record<string, unknown>[];
  issued: Map<string, string>;
  assertions: number;
  /** Requests as path and query. */
  requests: string[];
  pageSize: number;
  fault(url: URL, n: number): GoogleFault | undefined;
  tokenFault(n: number): GoogleFault | undefined;
  order<T>(items: readonly T[]): readonly T[];
  nextToken(token: string): string;
  close(): Promise<void>;
}

export const allScopes = [
  'admin.reports.audit.readonly',
  'admin.directory.user.readonly',
  'admin.directory.user.security',
  'admin.directory.device.chromebrowsers.readonly',
];

/** An error as Google words it. */
export const googleError = (code: number, reason: string, message = reason): GoogleFault => ({
  status: code,
  body: { error: { code, message, errors: [{ message, domain: 'global', reason }] } },
});

const needs: readonly (readonly [RegExp, string])[] = [
  [/^\/admin\/reports\//, 'admin.reports.audit.readonly'],
  [/^\/admin\/directory\/v1\/users\/[^/]+\/tokens/, 'admin.directory.user.security'],
  [/^\/admin\/directory\/v1\/users/, 'admin.directory.user.readonly'],
  [/^\/admin\/directory\/v1.1beta1\//, 'admin.directory.device.chromebrowsers.readonly'],
];

const [pair, email] = [keyPair(), 'halflight@acme-logs.iam.gserviceaccount.com'];

export async function fakeGoogle(now: number): Promise<FakeGoogle> {
  let count = 0;
  const server = await httpServer((request, response) => {
    void answer(request, response).catch((error: unknown) => send(response, { status: 500, body: String(error) }));
  });
  const google: FakeGoogle = {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port,
    clock: { now },
    keyFile: (more = {}) =>
      JSON.stringify({
        type: 'service_account',
        project_id: 'acme-logs',
        private_key_id: 'abcdef0123456789',
        private_key: pair.privateKey,
        client_email: email,
        client_id: '112233445566778899001',
        token_uri: 'https://evil.example/token',
        ...more,
      }),
    publicKey: pair.publicKey,
    subject: 'reader@acme.example',
    delegated: new Set(allScopes),
    activities: [],
    users: [],
    browsers: [],
    issued: new Map(),
    assertions: 0,
    requests: [],
    pageSize: 7,
    fault: () => undefined,
    tokenFault: () => undefined,
    order: (items) => items,
    nextToken: (token) => token,
    close: () => server.close(),
  };
  return google;

  function send(response: ServerResponse, { status, body = {}, headers = {} }: GoogleFault): void {
    response.writeHead(status, {
      'content-type': 'application/json; charset=UTF-8',
      date: new Date(google.clock.now).toUTCString(),
      ...headers,
    });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', google.url);
    if (request.method === 'POST' && url.pathname === '/token') return token(request, response);
    google.requests.push(`${url.pathname}${url.search}`);
    const fault = google.fault(url, count++);
    if (fault !== undefined) return send(response, fault);
    const scope = google.issued.get((request.headers.authorization ?? '').replace(/^Bearer /, ''));
    if (scope === undefined) return send(response, googleError(401, 'authError', 'Invalid Credentials'));
    if (scope !== needs.find(([path]) => path.test(url.pathname))?.[1])
      return send(response, googleError(403, 'insufficientPermissions'));
    const application = /^\/admin\/reports\/v1\/activity\/users\/all\/applications\/(\w+)$/.exec(url.pathname)?.[1];
    if (application !== undefined) return list(response, url, 'items', activitiesOf(application, url));
    if (url.pathname === '/admin/directory/v1/users') return list(response, url, 'users', usersOf(url));
    if (url.pathname === '/admin/directory/v1.1beta1/customer/my_customer/devices/chromebrowsers')
      return list(response, url, 'browsers', google.browsers);
    const key = decodeURIComponent(/^\/admin\/directory\/v1\/users\/([^/]+)\/tokens$/.exec(url.pathname)?.[1] ?? '');
    const user = google.users.find(({ id, primaryEmail }) => id === key || primaryEmail === key);
    if (user === undefined) return send(response, googleError(404, 'notFound'));
    send(response, { status: 200, body: { kind: 'admin#directory#tokenList', items: user.tokens } });
  }

  /** Newest first, as Google lists them; of many events of an activity one must fit. */
  function activitiesOf(application: string, { searchParams }: URL): unknown[] {
    const [from, to] = [searchParams.get('startTime') ?? '', searchParams.get('endTime') ?? '9999'];
    const event = searchParams.get('eventName');
    return google.activities
      .filter(
        ({ seen, body: { id } }) =>
          seen <= google.clock.now && id.applicationName === application && id.time >= from && id.time < to,
      )
      .filter(({ body }) => event === null || body.events.some(({ name }) => name === event))
      .map(({ body }) => body)
      .sort((a, b) => (a.id.time < b.id.time ? 1 : -1));
  }

  function usersOf({ searchParams }: URL): unknown[] {
    const asked = [...(searchParams.get('fields') ?? '').matchAll(/\w+/g)].map(([name]) => name);
    return google.users
      .filter(({ suspended }) => searchParams.get('query') !== 'isSuspended=false' || suspended !== true)
      .map((user) => Object.fromEntries(Object.entries(user).filter(([name]) => asked.includes(name))));
  }

  async function list(response: ServerResponse, { searchParams }: URL, key: string, all: readonly unknown[]) {
    const given = searchParams.get('pageToken');
    const at = given === null ? 0 : Number(/^t(\d+)$/.exec(given)?.[1] ?? Number.NaN);
    if (Number.isNaN(at)) return send(response, googleError(400, 'invalid', 'Invalid pageToken'));
    const items = google.order(all.slice(at, at + google.pageSize));
    const more = at + items.length < all.length;
    const body = {
      ...(items.length > 0 && { [key]: items }),
      ...(more && { nextPageToken: google.nextToken(`t${at + items.length}`) }),
    };
    send(response, { status: 200, body });
  }

  async function token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Taken before anything is waited for: two who ask at once get two tokens.
    const number = google.assertions++;
    const fault = google.tokenFault(number);
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (fault !== undefined) return send(response, fault);
    const form = new URLSearchParams(Buffer.concat(parts).toString());
    const refuse = (error: string, error_description: string): void =>
      send(response, { status: 400, body: { error, error_description } });
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer')
      return refuse('unsupported_grant_type', 'Invalid grant_type');
    const assertion = form.get('assertion') ?? '';
    let scope = '';
    try {
      if (decodeProtectedHeader(assertion).kid !== 'abcdef0123456789') throw new Error('another key');
      const { payload } = await jwtVerify(assertion, google.publicKey, {
        algorithms: ['RS256'],
        issuer: email,
        audience: 'https://oauth2.googleapis.com/token',
        currentDate: new Date(google.clock.now),
        requiredClaims: ['exp', 'iat', 'sub', 'scope'],
      });
      if ((payload.iat ?? 0) - google.clock.now / 1000 > 300 || (payload.exp ?? 0) - (payload.iat ?? 0) > 3600)
        throw Object.assign(new Error('time'), { code: 'ERR_JWT_EXPIRED' });
      if (payload.sub !== google.subject) return refuse('invalid_grant', 'Invalid email or User ID');
      scope = String(payload.scope).replace('https://www.googleapis.com/auth/', '');
    } catch (error) {
      if ((error as { code?: string }).code === 'ERR_JWT_EXPIRED')
        return refuse(
          'invalid_grant',
          'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
        );
      return refuse('invalid_grant', 'Invalid JWT Signature.');
    }
    if (!google.delegated.has(scope))
      return refuse(
        'unauthorized_client',
        'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.',
      );
    const value = `ya29.token-${number + 1}`;
    google.issued.set(value, scope);
    send(response, { status: 200, body: { access_token: value, expires_in: 3599, token_type: 'Bearer' } });
  }
}

/** What happened to a user in an application of the Reports API. */
export const activity = (
  n: number,
  at: number,
  application: string,
  name: string,
  user: string,
  parameters: readonly { name: string; value?: string; multiValue?: string[] }[] = [],
) => ({
  kind: 'admin#reports#activity',
  id: { time: new Date(at).toISOString(), uniqueQualifier: String(n), applicationName: application, customerId: 'C01' },
  actor: { email: `${user}@acme.example`, profileId: '1' },
  ipAddress: '192.0.2.10',
  events: [{ type: 'x', name, parameters }],
});

export const googleUser = (n: number, more: Record<string, unknown> = {}): GoogleUser => ({
  id: String(100_000_000_000_000_000_000n + BigInt(n)),
  primaryEmail: `user${n}@acme.example`,
  name: { fullName: `User ${n}`, givenName: 'User', familyName: String(n) },
  orgUnitPath: '/Sales',
  recoveryEmail: `user${n}@gmail.example`,
  ...more,
});
