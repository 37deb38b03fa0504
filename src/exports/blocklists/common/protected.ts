import { getPublicSuffix } from 'tldts';
import { sharedHosts } from '../../../catalog/shared-hosts.js';
import { canonicalHost, isIp } from '../../../core/host.js';
import { liesUnder, type Reach } from './reach.js';

/**
 * Where people sign in, and what sign-in cannot do without. To block one of these locks the organisation out of everything, so no
 * list ever holds one, a name below one, or a name above one. Sources: vendors' documents on the hosts that sign-in needs.
 */
export const identityProviders: readonly string[] = [
  'accounts.google.com',
  'accounts.youtube.com',
  'adfs.com',
  'appleid.apple.com',
  'auth0.com',
  'awsapps.com',
  'cloudflareaccess.com',
  'duosecurity.com',
  'idp.atlassian.com',
  'id.atlassian.com',
  'jumpcloud.com',
  'login.live.com',
  'login.microsoft.com',
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.partner.microsoftonline.cn',
  'login.windows.net',
  'msauth.net',
  'msftauth.net',
  'msidentity.com',
  'oauth2.googleapis.com',
  'okta-emea.com',
  'okta.com',
  'oktacdn.com',
  'oktapreview.com',
  'onelogin.com',
  'pingidentity.com',
  'pingone.com',
  'pingone.eu',
  'secureauth.com',
  'signin.aws.amazon.com',
  'sso.amazonaws.com',
];

/** Why a name may never be blocked. */
export type Protection = 'invalid' | 'public-suffix' | 'own-domain' | 'identity-provider' | 'shared-host';

export interface Protected {
  protection: Protection;
  /** The protected name that the block would reach. */
  name: string;
}

/** What protects a name from being blocked, in the order of the type; undefined where nothing does. `ownDomains` canonical. */
export function protectionOf(host: string, reach: Reach, ownDomains: readonly string[]): Protected | undefined {
  if (!isName(host)) return { protection: 'invalid', name: host };
  if (getPublicSuffix(host) === host || getPublicSuffix(host, { allowPrivateDomains: true }) === host)
    return { protection: 'public-suffix', name: host };
  // A name above a protected one reaches it unless the block stops at the name itself.
  const reached = (name: string): boolean => liesUnder(host, name) || (reach !== 'host' && liesUnder(name, host));
  const own = ownDomains.find(reached);
  if (own !== undefined) return { protection: 'own-domain', name: own };
  const provider = identityProviders.find(reached);
  if (provider !== undefined) return { protection: 'identity-provider', name: provider };
  if (sharedHosts.has(host)) return { protection: 'shared-host', name: host };
  if (reach === 'host') return undefined;
  for (const shared of sharedHosts) if (liesUnder(shared, host)) return { protection: 'shared-host', name: shared };
  return undefined;
}

/** A whole DNS name as filters take it: letters, digits and hyphens, no address. */
const isName = (host: string): boolean =>
  host.length <= 253 &&
  !isIp(host) &&
  canonicalHost(host) === host &&
  host.split('.').every((label) => label.length <= 63 && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(label));
