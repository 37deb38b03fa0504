import { nearest } from '../core/problem.js';
import type { Path } from './secret.js';

/** An environment variable that stands over a key of the file. */
export interface Variable {
  name: string;
  /** The key that it sets. */
  path: Path;
  /** How its text becomes the value that would stand in the file; that is checked like one. */
  read(text: string, name: string): unknown;
  /** For the documentation: what it accepts. */
  accepts: string;
}

const asIs = (text: string): string => text;
const number = (text: string): unknown => (/^\d{1,15}$/.test(text) ? Number(text) : text);
const list = (text: string): unknown =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
/** The variable itself is the secret: its name is the reference. */
const secret = (_text: string, name: string): unknown => ({ env: name });

const variable = (name: string, path: string, read: Variable['read'], accepts: string): Variable => ({
  name,
  path: path.split('.'),
  read,
  accepts,
});

/** Every variable that sets a key. */
export const variables: readonly Variable[] = [
  variable('DATABASE_URL', 'database.url', secret, 'postgresql://user:password@host/database'),
  variable('HALFLIGHT_DATABASE_POOL', 'database.pool', number, 'a number'),
  variable('REDIS_URL', 'redis.url', secret, 'redis://user:password@host:6379, rediss:// for TLS'),
  variable('HALFLIGHT_REDIS_PREFIX', 'redis.prefix', asIs, 'a name'),
  variable('HALFLIGHT_TIMEZONE', 'organisation.timezone', asIs, 'an IANA name'),
  variable('HALFLIGHT_DATA', 'data', asIs, 'a folder'),
  variable('HALFLIGHT_LISTEN', 'server.listen', asIs, 'an address'),
  variable('HALFLIGHT_PORT', 'server.port', number, 'a number'),
  variable('HALFLIGHT_TRUSTED_PROXIES', 'server.trusted_proxies', list, 'addresses and networks, with commas between'),
  variable('HALFLIGHT_PUBLIC_URL', 'server.public_url', asIs, 'an http or https address'),
  variable('HALFLIGHT_TLS_CERT', 'server.tls.cert', asIs, 'a file'),
  variable('HALFLIGHT_TLS_KEY', 'server.tls.key', asIs, 'a file'),
  variable('HALFLIGHT_PEOPLE', 'people', asIs, 'a file'),
  variable('HALFLIGHT_INVENTORY', 'inventory', asIs, 'a file'),
  variable('HALFLIGHT_CONTRACTS', 'contracts', asIs, 'a file'),
  variable('HALFLIGHT_SIGNATURES', 'signatures', asIs, 'a folder'),
  variable('HALFLIGHT_CATALOG', 'catalog.folder', asIs, 'a folder'),
  variable('HALFLIGHT_CATALOG_KEY', 'catalog.public_key', asIs, 'a file'),
  variable('HALFLIGHT_CONCURRENCY', 'work.concurrency', number, 'a number'),
  variable('HALFLIGHT_THREADS', 'work.threads', number, 'a number'),
  variable('HALFLIGHT_SPOOL_SIZE', 'spool.size', asIs, 'a size'),
  variable('HALFLIGHT_LOG_LEVEL', 'log.level', asIs, 'a level'),
  variable('HALFLIGHT_PROXY', 'net.proxy', secret, 'an http or https address, with a password where it needs one'),
  variable('HALFLIGHT_CA_FILE', 'net.ca_file', asIs, 'a file'),
];

/** Variables of Halflight that set no key. */
export const otherVariables: Readonly<Record<string, string>> = {
  HALFLIGHT_CONFIG: 'the configuration file, where no --config names one',
  HALFLIGHT_PSEUDONYM_KEY: 'key of the pseudonyms in reports, 16 characters or more',
  HALFLIGHT_DEBUG: '1 shows where an unexpected error comes from',
};

/** What the tests of Halflight set, and nobody else should. */
const testVariables: Readonly<Record<string, string>> = {
  HALFLIGHT_FAULTS: 'makes the service fail on purpose, for the tests of Halflight: unset it',
  HALFLIGHT_STAGES: 'has the service write down each of its steps, for the tests of Halflight: unset it',
};

/** What is set: a variable that is empty counts as unset. */
export const isSet = (text: string | undefined): text is string => text !== undefined && text !== '';

/** Sentences about variables that begin like ours and are not for users. */
export function unknownVariables(
  env: Readonly<Record<string, string | undefined>>,
): { name: string; message: string }[] {
  const known = [...variables.map(({ name }) => name), ...Object.keys(otherVariables)];
  return Object.keys(env)
    .filter((name) => /^HALFLIGHT_/i.test(name) && !known.includes(name))
    .toSorted((a, b) => a.localeCompare(b))
    .map((name) => {
      const forTests = testVariables[name];
      if (forTests !== undefined) return { name, message: forTests };
      const meant = nearest(name, known);
      return {
        name,
        message: `unknown environment variable, which changes nothing${meant === undefined ? '' : `; did you mean ${meant}?`}`,
      };
    });
}
