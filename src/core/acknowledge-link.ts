import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

// A link that takes note of one alert, for who reads the message and has no account. It names the alert and its end, and a MAC over both
// (HMAC-SHA-256) by a key of its own, so that nobody can make one for another alert.

/** How long a link holds from the message on, in milliseconds: a reminder brings a new one. */
export const linkLifetime = 14 * 86_400_000;
const alertPattern = /^a_[0-9a-f]{20}$/;
const tokenPattern = /^([0-9a-f]{20})\.([0-9a-z]{1,8})\.([A-Za-z0-9_-]{43})$/;

/** The key of links, derived (HKDF, RFC 5869) from a secret of the installation, which itself signs nothing. */
export const acknowledgeKeyOf = (secret: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), 'halflight acknowledge link v1', 32));

/** The part of a link behind `/ack/`; undefined: the id is none of an alert. `expires`: milliseconds since 1970, cut to seconds. */
export function acknowledgeToken(key: Uint8Array, alert: string, expires: number): string | undefined {
  if (!alertPattern.test(alert)) return undefined;
  const said = `${alert.slice(2)}.${Math.floor(expires / 1000).toString(36)}`;
  return `${said}.${mac(key, said).toString('base64url')}`;
}

/** The alert that a token is for; undefined: it was made by nobody of ours, or has run out. All cost one MAC, whatever is wrong. */
export function readAcknowledgeToken(key: Uint8Array, token: string, now: number): string | undefined {
  const [, alert = '', seconds = '', given = ''] = tokenPattern.exec(token) ?? [];
  const right = mac(key, `${alert}.${seconds}`);
  const bytes = Buffer.alloc(right.length);
  bytes.write(given, 'base64url');
  const isOurs = timingSafeEqual(bytes, right) && given === right.toString('base64url');
  return isOurs && alert !== '' && Number.parseInt(seconds, 36) * 1000 > now ? `a_${alert}` : undefined;
}

const mac = (key: Uint8Array, said: string): Buffer => createHmac('sha256', key).update(said).digest();
