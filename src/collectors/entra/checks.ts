import type { Check } from '../../core/check.js';
import { SourceLoginError } from '../../core/chunk.js';
import { at, isObject } from '../../core/json.js';
import { clockCheck, hasty, ok } from '../common/api/checks.js';
import { ApiFailure } from '../common/api/failure.js';
import type { CollectContext } from '../common/collector.js';
import { readCertificate } from './certificate.js';
import { Graph, type Version } from './graph.js';
import { grantSteps, isLicence, permissionFor } from './graph-errors.js';
import { type EntraOptions, type PartName, placesOf } from './options.js';
import { TokenRefused } from './token.js';

const [minute, day] = [60_000, 86_400_000];
const warnBefore = 30 * day;

/** One request of each part that was chosen, of one item: what a collection asks for. */
const requests: Readonly<Record<PartName, readonly (readonly [version: Version, path: string, filter?: string])[]>> = {
  sign_ins: [['v1.0', 'auditLogs/signIns']],
  noninteractive: [['beta', 'auditLogs/signIns', "signInEventTypes/any(t: t eq 'nonInteractiveUser')"]],
  service_principals: [['beta', 'auditLogs/signIns', "signInEventTypes/any(t: t eq 'servicePrincipal')"]],
  audits: [['v1.0', 'auditLogs/directoryAudits']],
  grants: [
    ['v1.0', 'oauth2PermissionGrants'],
    ['v1.0', 'servicePrincipals'],
    ['v1.0', 'users'],
  ],
  people: [['v1.0', 'users']],
};

/** Asks for a token, then for one item of every part: what a collection needs, and nothing that changes anything. */
export async function checkEntra(options: EntraOptions, context: CollectContext): Promise<Check[]> {
  const graph = new Graph(options, hasty(context));
  const checks = [await tokenCheck(graph, options)];
  if (checks[0]?.outcome === 'failed') return [...checks, clock(graph.tokens.theirNow, context.now())];
  for (const part of options.parts) checks.push(await partCheck(graph, part));
  const credential = await credentialCheck(graph, options, context.now());
  if (credential !== undefined) checks.push(credential);
  checks.push(clock(graph.theirNow ?? graph.tokens.theirNow, context.now()));
  return checks;
}

async function tokenCheck(graph: Graph, options: EntraOptions): Promise<Check> {
  const name = 'Sign-in of the app';
  try {
    await graph.tokens.authorize(false);
    return ok(name, `${options.certificate === undefined ? 'the client secret' : 'the certificate'} is accepted`);
  } catch (error) {
    if (error instanceof TokenRefused)
      return { name, outcome: 'failed', found: error.refusal.found, remedy: error.refusal.remedy };
    const { login } = placesOf(options);
    return failed(name, error, `Check cloud and login_url, and that ${new URL(login).host} can be reached.`);
  }
}

async function partCheck(graph: Graph, part: PartName): Promise<Check> {
  const name = `Part ${part}`;
  const needed = new Set<string>();
  for (const [version, path, filter] of requests[part]) {
    const link = graph.url(version, path, { $top: '1', ...(filter !== undefined && { $filter: filter }) });
    const permission = permissionFor(link);
    needed.add(permission);
    try {
      await graph.get(version, link);
    } catch (error) {
      const isPermission = error instanceof ApiFailure && error.kind === 'permission';
      if (isPermission && isLicence(error.message))
        return {
          name,
          outcome: 'failed',
          found: 'the tenant lacks the licence: sign-ins need Microsoft Entra ID P1 or P2',
          remedy: `License the tenant, or take ${part} out of parts.`,
        };
      if (isPermission)
        return {
          name,
          outcome: 'failed',
          found: `the permission ${permission} is missing`,
          remedy: `${grantSteps(permission)} It may take some minutes to be felt.`,
        };
      return failed(name, error, 'Correct what is said, then try again.');
    }
  }
  return ok(name, `may be read (${[...needed].join(', ')})`);
}

function failed(name: string, error: unknown, remedy: string): Check {
  if (!(error instanceof ApiFailure) && !(error instanceof SourceLoginError)) throw error;
  return { name, outcome: 'failed', found: error.message, remedy };
}

/** How long secret or certificate are good; undefined where that cannot be known without asking for more rights. */
async function credentialCheck(graph: Graph, options: EntraOptions, now: number): Promise<Check | undefined> {
  const { certificate } = options;
  const expires = certificate === undefined ? await secretExpiry(graph, options) : readCertificate(certificate).expires;
  if (expires === undefined) return undefined;
  const name = certificate === undefined ? 'Client secret' : 'Certificate';
  const days = Math.floor((expires - now) / day);
  const found = `valid until ${new Date(expires).toISOString().slice(0, 10)}, ${days} days`;
  if (expires - now > warnBefore) return ok(name, found);
  const remedy =
    certificate === undefined
      ? 'Make another secret now, put its value into the configuration, then delete the old one.'
      : 'Make another certificate now, upload it to the app registration, put it into the configuration, then delete the old one.';
  return { name, outcome: 'warning', found, remedy };
}

/** The secret in use is known by its first characters, which Entra shows. */
async function secretExpiry(graph: Graph, { client_id, client_secret }: EntraOptions): Promise<number | undefined> {
  try {
    const link = graph.url('v1.0', `applications(appId='${client_id}')`, { $select: 'passwordCredentials' });
    const secrets = at((await graph.get('v1.0', link)).body, 'passwordCredentials');
    const own = (Array.isArray(secrets) ? secrets.filter(isObject) : []).filter(
      ({ hint }) => typeof hint === 'string' && hint !== '' && client_secret?.startsWith(hint) === true,
    );
    const ends = own.map(({ endDateTime }) => Date.parse(String(endDateTime))).filter((end) => !Number.isNaN(end));
    return ends.length === 0 ? undefined : Math.max(...ends);
  } catch (error) {
    // It needs Application.Read.All, which only the part grants asks for.
    if (error instanceof ApiFailure || error instanceof SourceLoginError) return undefined;
    throw error;
  }
}

function clock(theirs: number | undefined, now: number): Check {
  if (theirs !== undefined) return clockCheck('Microsoft', theirs, now, 5 * minute);
  const remedy = 'Let this machine follow a time server: a certificate is refused when clocks differ by minutes.';
  return { name: 'Clock', outcome: 'warning', found: 'Microsoft did not say its time', remedy };
}
