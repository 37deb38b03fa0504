import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

// A link that takes note of what a message is about, for who reads the message and has no account. It names one opening of an alert, or the
// alerts that were told together, and its end; and a MAC over these (HMAC-SHA-256) by a key of its own, so that nobody can make one for
// another alert.

/** How long a link holds from the message on, in milliseconds: a reminder brings a new one. */
export const linkLifetime = 14 * 86_400_000;

/** What a link takes note of. */
export type LinkTarget =
  /** One opening of an alert (`Alert.times`): once that is over the link is of no use, also where the alert is opened again. */
  | { alert: string; times: number }
  /** The alerts of a rule that were told together, by the thread of their messages. */
  | { rule: string; thread: string };

const alertPattern = /^a_([0-9a-f]{20})$/;
const threadPattern = /^alerts\/([a-z0-9][a-z0-9-]{0,62})\/([0-9a-f]{24})$/;
const tokenPattern =
  /^(?:a\.([0-9a-f]{20})\.([0-9a-z]{1,6})|g\.([a-z0-9][a-z0-9-]{0,62})\.([0-9a-f]{24}))\.([0-9a-z]{1,8})\.([A-Za-z0-9_-]{43})$/;

/** The key of links, derived (HKDF, RFC 5869) from a secret of the installation, which itself signs nothing. */
export const acknowledgeKeyOf = (secret: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), 'halflight acknowledge link v1', 32));

/** The part of a link behind `/ack/`; undefined: the target is none. `expires`: milliseconds since 1970, cut to seconds. */
export function acknowledgeToken(key: Uint8Array, target: LinkTarget, expires: number): string | undefined {
  const name = nameOf(target);
  if (name === undefined) return undefined;
  const said = `${name}.${Math.floor(expires / 1000).toString(36)}`;
  return `${said}.${mac(key, said).toString('base64url')}`;
}

function nameOf(target: LinkTarget): string | undefined {
  if ('alert' in target) {
    const [, id] = alertPattern.exec(target.alert) ?? [];
    const { times } = target;
    return id !== undefined && Number.isSafeInteger(times) && times > 0 && times < 36 ** 6
      ? `a.${id}.${times.toString(36)}`
      : undefined;
  }
  const [, rule, print] = threadPattern.exec(target.thread) ?? [];
  return rule !== undefined && rule === target.rule ? `g.${rule}.${print}` : undefined;
}

/** What a token takes note of; undefined: it was made by nobody of ours, or has run out. All cost one MAC, whatever is wrong. */
export function readAcknowledgeToken(key: Uint8Array, token: string, now: number): LinkTarget | undefined {
  const [, alert, times = '', rule = '', print = '', seconds = '', given = ''] = tokenPattern.exec(token) ?? [];
  const right = mac(key, token.slice(0, Math.max(0, token.length - given.length - 1)));
  const bytes = Buffer.alloc(right.length);
  bytes.write(given, 'base64url');
  const isOurs = timingSafeEqual(bytes, right) && given === right.toString('base64url');
  if (!isOurs || Number.parseInt(seconds, 36) * 1000 <= now) return undefined;
  return alert === undefined
    ? { rule, thread: `alerts/${rule}/${print}` }
    : { alert: `a_${alert}`, times: Number.parseInt(times, 36) };
}

const mac = (key: Uint8Array, said: string): Buffer => createHmac('sha256', key).update(said).digest();
