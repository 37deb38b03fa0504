import { isObject } from '../../core/json.js';
import type { ApiFailureKind } from '../common/api/failure.js';

/** What a refusal of a token means. */
export interface TokenRefusal {
  kind: ApiFailureKind | 'clock';
  /** What happened, in a few words. */
  found: string;
  remedy: string;
}

type Known = readonly [kind: TokenRefusal['kind'], found: string, remedy: string];

const newSecret =
  'Make a new client secret (Entra admin center, App registrations, your app, Certificates & secrets) and put its value into the configuration.';

/** By the codes of learn.microsoft.com/entra/identity-platform/reference-error-codes, without the leading AADSTS. */
const refusals = new Map<number, Known>([
  [
    7000215,
    [
      'login',
      'the client secret is wrong',
      'Take the value of the secret, not its ID; if it is no longer shown, make a new one (App registrations, your app, Certificates & secrets).',
    ],
  ],
  [7000222, ['login', 'the client secret has expired', newSecret]],
  [7000216, ['login', 'the app sends neither a secret nor a certificate', 'Set client_secret or certificate.']],
  [7000218, ['login', 'the app sends neither a secret nor a certificate', 'Set client_secret or certificate.']],
  [
    700016,
    [
      'login',
      'the tenant has no such app',
      'Compare client_id and tenant with the overview of the app registration; an app that was deleted is restored under Deleted applications.',
    ],
  ],
  [
    7000229,
    [
      'login',
      'the app is registered, but has no service principal in this tenant',
      'Grant admin consent once (App registrations, your app, API permissions), which makes one.',
    ],
  ],
  [
    7000112,
    [
      'login',
      'the app is disabled',
      'Enable it: Enterprise applications, your app, Properties, Enabled for users to sign-in.',
    ],
  ],
  [
    90002,
    ['login', 'there is no such tenant', 'Compare tenant with the overview of Entra, and cloud with where it is.'],
  ],
  [
    900023,
    ['login', 'tenant is neither an ID nor a domain', 'Write the directory (tenant) ID of the overview of Entra.'],
  ],
  [
    700027,
    [
      'login',
      'the app does not know the certificate, or it has expired',
      'Upload the certificate (without its key) to the app registration under Certificates & secrets, and check its end.',
    ],
  ],
  [
    700024,
    [
      'clock',
      'the clock of this machine is wrong',
      'Let this machine follow a time server: what it signs is valid for ten minutes.',
    ],
  ],
  [
    53003,
    [
      'login',
      'a Conditional Access policy blocks the app',
      'Let the policy for workload identities admit the addresses of this machine, or exclude the app.',
    ],
  ],
  [
    500011,
    [
      'login',
      'the tenant does not know this Microsoft Graph',
      'Set cloud to the cloud of the tenant, and graph_url to none but its own.',
    ],
  ],
  [900382, ['login', 'the app belongs to another cloud', 'Set cloud to the cloud of the tenant.']],
  [900439, ['login', 'the app belongs to another cloud', 'Set cloud to the cloud of the tenant.']],
  [90033, ['busy', 'the sign-in service is down for a moment', 'Try again later.']],
  [90055, ['busy', 'the sign-in service is asked too often', 'Try again later.']],
]);

/**
 * Reads the answer of the token endpoint that is no success. Repeats nothing that the other side wrote but its number.
 * @param body as JSON, or undefined where it was none
 */
export function tokenRefusal(status: number, body: unknown): TokenRefusal {
  const codes = isObject(body) && Array.isArray(body.error_codes) ? body.error_codes : [];
  const code = codes.find((item): item is number => typeof item === 'number' && Number.isSafeInteger(item));
  const known = code === undefined ? undefined : refusals.get(code);
  const detail = code === undefined ? `${status}` : `AADSTS${code}`;
  if (known !== undefined) return { kind: known[0], found: `${known[1]} (${detail})`, remedy: known[2] };
  if (status === 429 || status >= 500)
    return { kind: 'busy', found: `the sign-in service is busy or down (${detail})`, remedy: 'Try again later.' };
  if (code !== undefined || (isObject(body) && typeof body.error === 'string'))
    return {
      kind: 'login',
      found: `the sign-in service refuses the app (${detail})`,
      remedy: `Look the number up at https://login.microsoftonline.com/error, then correct the app registration.`,
    };
  return {
    kind: 'other',
    found: `the sign-in service answers in a way that Entra does not (${detail})`,
    remedy: 'Check cloud and login_url, and any proxy in between.',
  };
}
