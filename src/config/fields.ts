import { z } from 'zod';
import { canonicalHost, canonicalIp, isIp } from '../core/host.js';
import { isZone } from '../core/time.js';
import { holdsPassword, isSecretName, Secret } from './secret.js';
import { durationPattern, parseDuration, parseSize, sizePattern } from './units.js';

// The kinds of values of the configuration. Each says in one sentence what it accepts, whatever is wrong with a value, and
// never repeats the value: it may be a secret in the wrong place.

const whole = (min: number, max: number) => `accepted is a whole number from ${min} to ${max}`;

export const integer = (min: number, max: number) =>
  z
    .number({ error: whole(min, max) })
    .int(whole(min, max))
    .min(min, whole(min, max))
    .max(max, whole(min, max));

/** Milliseconds. */
export const duration = (min: string, max: string) => {
  const error = `accepted is a duration from ${min} to ${max}, a number with s, m, h, d or w such as 30s, 1h30m, 90d`;
  return z
    .string({ error })
    .regex(durationPattern, error)
    .transform((text, context) => between(parseDuration(text), parseDuration(min), parseDuration(max), error, context));
};

/** Milliseconds, or `never`. */
export const retention = (min: string) => {
  const error = `accepted is a duration of at least ${min}, such as 90d, or never`;
  return z
    .string({ error })
    .regex(new RegExp(`^never$|${durationPattern.source}`), error)
    .transform((text, context) =>
      text === 'never'
        ? text
        : between(parseDuration(text), parseDuration(min), Number.MAX_SAFE_INTEGER, error, context),
    );
};

/** Bytes. */
export const size = (min: string, max: string) => {
  const error = `accepted is a size from ${min} to ${max}, a number with KiB, MiB, GiB or TiB (1024) or KB, MB, GB or TB (1000)`;
  return z
    .string({ error })
    .regex(sizePattern, error)
    .transform((text, context) => between(parseSize(text), parseSize(min), parseSize(max), error, context));
};

function between(
  value: number | undefined,
  min: number | undefined,
  max: number | undefined,
  message: string,
  context: z.RefinementCtx,
): number {
  if (value !== undefined && min !== undefined && max !== undefined && value >= min && value <= max) return value;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

export const text = (what: string, max = 1000) =>
  z
    .string({ error: `accepted is ${what}` })
    .min(1, `accepted is ${what}`)
    .max(max, `accepted is ${what}`);

export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: `accepted is one of ${values.join(', ')}` });

export const zone = () => {
  const error = 'accepted is an IANA time zone such as Europe/Berlin, America/New_York or UTC';
  return z.string({ error }).refine(isZone, { error });
};

/** An id that people choose: it appears in URLs, file names and reports. */
export const id = () => {
  const error =
    'accepted is a name of 1 to 63 lower-case letters, digits and hyphens that begins with a letter or digit';
  return z.string({ error }).regex(/^[a-z0-9][a-z0-9-]{0,62}$/, error);
};

/** A path; the command line makes it absolute. */
export const path = (what: 'file' | 'folder') => {
  const error = `accepted is the path of a ${what}`;
  return z.string({ error }).regex(/^[^\0]{1,4096}$/, error);
};

/** An address without a password in it. */
export const url = (schemes: readonly string[], what: string) => {
  const error = `accepted is ${what}`;
  return z.string({ error }).refine((value) => isUrl(value, schemes), { error });
};

function isUrl(value: string, schemes: readonly string[]): boolean {
  if (!URL.canParse(value) || /\s/.test(value)) return false;
  const { protocol, username, password, hash, hostname } = new URL(value);
  return schemes.includes(protocol.slice(0, -1)) && hostname !== '' && `${username}${password}${hash}` === '';
}

/** An address (10.0.0.7), or a network (10.0.0.0/8). */
export function isNetwork(value: string): boolean {
  const [, address = '', bits] = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(value) ?? [];
  const known = /^[^:]*$|:.*:/.test(address) ? canonicalIp(address) : undefined;
  return known !== undefined && (bits === undefined || Number(bits) <= (address.includes(':') ? 128 : 32));
}

export const network = () => {
  const error = 'accepted is an address (10.0.0.7) or a network (10.0.0.0/8, fd00::/8)';
  return z.string({ error }).refine(isNetwork, { error });
};

const isHostName = (value: string): boolean =>
  /^[a-z0-9]/i.test(value) && !isIp(value) && canonicalHost(value) === value.toLowerCase();

/** A domain, in its canonical form. */
export const domain = () => {
  const error = 'accepted is a domain such as acme.example, without scheme, path or wildcard';
  return z
    .string({ error })
    .refine((value) => value.includes('.') && !isIp(value) && isHostName(canonicalHost(value) ?? ''), { error })
    .transform((value) => canonicalHost(value) ?? value);
};

export const networkOrHost = () => {
  const error =
    'accepted is a network (10.0.0.0/8), an address (10.0.0.7) or a host name (hooks.acme.example, *.acme.example)';
  return z.string({ error }).refine((value) => isNetwork(value) || isHostName(value.replace(/^\*\./, '')), {
    error,
  });
};

export const listenAddress = () => {
  const error = 'accepted is an address of this machine (127.0.0.1, 0.0.0.0, ::) or its host name';
  return z
    .string({ error })
    .refine(
      (value) =>
        /^[^[\]%/]+$/.test(value) && canonicalHost(value) !== undefined && !/:\d+$/.test(value.replace(/^.*:.*:/, '')),
      { error },
    );
};

const secretWords =
  'accepted is { env: NAME } with an environment variable in capital letters, or { file: PATH }; the secret itself never stands in this file';

const reference = [
  z.strictObject({
    env: z
      .string()
      .regex(/^[A-Z_][A-Z0-9_]{0,127}$/, secretWords)
      .describe('Name of the environment variable that holds it, in capital letters.'),
  }),
  z.strictObject({
    file: z
      .string()
      .regex(/^[^\0]{1,4096}$/, secretWords)
      .describe('File that holds it, which only its owner and group may read.'),
  }),
] as const;

/** A secret, by reference. */
export const secret = () => z.union(reference, { error: secretWords }).transform((source) => new Secret(source));

const isReference = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && ['env', 'file'].includes(Object.keys(value).join());

/** Options of a plug-in, which checks them itself: anything, with secrets by reference wherever they stand. */
export const options = () =>
  z
    .record(z.string(), z.unknown(), { error: 'accepted is a map of the options of the kind' })
    .transform((value, context) => {
      const walk = (item: unknown, at: (string | number)[]): unknown => {
        const refuse = (message: string) => {
          context.addIssue({ code: 'custom', path: at, message });
          return z.NEVER;
        };
        if (isReference(item)) {
          const parsed = z.union(reference).safeParse(item);
          return parsed.success ? new Secret(parsed.data) : refuse(secretWords);
        }
        if (Array.isArray(item)) return item.map((inner, index) => walk(inner, [...at, index]));
        if (typeof item === 'object' && item !== null)
          return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, walk(inner, [...at, key])]));
        const name = at.findLast((part) => typeof part === 'string') ?? '';
        if (isSecretName(name) && typeof item !== 'boolean' && item !== '') return refuse(secretWords);
        if (typeof item === 'string' && holdsPassword(item)) return refuse(`holds a password; ${secretWords}`);
        return item;
      };
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, [key])]));
    });
