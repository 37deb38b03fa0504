import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { decodeProtectedHeader, jwtVerify } from 'jose';

/** An app registration, as far as it decides who gets a token. */
export interface FakeEntraApp {
  tenants: string[];
  clientId: string;
  /** Value -> end, milliseconds since 1970. */
  secrets: Map<string, number>;
  /** PEM of the certificates that were uploaded. */
  certificates: string[];
  /** An AADSTS number that everybody gets. */
  refuse?: number | undefined;
  /** The one scope there is, where it is not that of this Graph. */
  scope?: string | undefined;
}

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** The token endpoint (learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow). @param scope the only one there is */
export async function tokenAnswer(
  app: FakeEntraApp,
  request: IncomingMessage,
  audience: string,
  scope: string,
  now: number,
): Promise<Answer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const form = new URLSearchParams(Buffer.concat(parts).toString());
  const tenant = new URL(audience).pathname.split('/')[1] ?? '';
  const code = await wrong(app, form, tenant, audience, now);
  if (code !== undefined || form.get('scope') !== (app.scope ?? scope)) return refusal(code ?? 70011);
  return { status: 200, body: {} };
}

function refusal(code: number): Answer {
  return {
    status: code === 90033 ? 503 : code === 700016 || code === 90002 ? 400 : 401,
    body: {
      error: code === 90002 ? 'invalid_request' : code === 700016 ? 'unauthorized_client' : 'invalid_client',
      error_description: `AADSTS${code}: Words of the server. Trace ID: 0 Correlation ID: 0 Timestamp: 2026-11-26 12:00:00Z`,
      error_codes: [code],
      timestamp: '2026-11-26 12:00:00Z',
      trace_id: '00000000-0000-0000-0000-000000000000',
      correlation_id: '00000000-0000-0000-0000-000000000000',
    },
  };
}

/** The number of the error, without AADSTS. */
async function wrong(
  app: FakeEntraApp,
  form: URLSearchParams,
  tenant: string,
  audience: string,
  now: number,
): Promise<number | undefined> {
  if (app.refuse !== undefined) return app.refuse;
  if (!app.tenants.includes(tenant)) return 90002;
  if (form.get('grant_type') !== 'client_credentials') return 70003;
  if (form.get('client_id') !== app.clientId) return 700016;
  const secret = form.get('client_secret');
  if (secret !== null) {
    const end = app.secrets.get(secret);
    return end === undefined ? 7000215 : end <= now ? 7000222 : undefined;
  }
  const assertion = form.get('client_assertion');
  if (assertion === null) return 7000218;
  if (form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer') return 7000218;
  const { 'x5t#S256': thumbprint } = decodeProtectedHeader(assertion) as { 'x5t#S256'?: string };
  const certificate = app.certificates
    .map((pem) => new X509Certificate(pem))
    .find(
      (each) =>
        Buffer.from(each.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url') ===
        thumbprint?.replace(/=+$/, ''),
    );
  if (certificate === undefined || Date.parse(certificate.validTo) < Date.now()) return 700027;
  try {
    // An assertion is signed with the real clock of the machine.
    const { payload } = await jwtVerify(assertion, certificate.publicKey, {
      algorithms: ['PS256'],
      audience,
      issuer: app.clientId,
      subject: app.clientId,
      clockTolerance: 300,
      requiredClaims: ['exp', 'jti', 'nbf'],
    });
    return (payload.exp ?? 0) * 1000 > Date.now() + 700_000 ? 700024 : undefined;
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_JWT_EXPIRED' ? 700024 : 700027;
  }
}
