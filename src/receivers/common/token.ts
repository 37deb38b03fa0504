import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

// Tokens of sources, `hlf_<id>.<secret>`, and keys of enrolled devices, `hld_<id>.<secret>`. Opaque, prefixed for secret scanners, shown once, kept as SHA-256 of the secret (which
// has 256 random bits, so a slow hash would add nothing). A check costs one hash and no I/O, whether the token is known or not.

const idBytes = 9;
const secretBytes = 32;
const pattern = /^(hlf|hld)_([A-Za-z0-9_-]{12})\.([A-Za-z0-9_-]{43})$/;

/** What a token is for: `hlf` a source or reading, `hld` a device. */
type Prefix = 'hlf' | 'hld';

export interface NewToken {
  /** To be shown once and kept nowhere. */
  token: string;
  id: string;
  /** To be kept. */
  hash: Buffer;
}

export function makeToken(prefix: Prefix = 'hlf'): NewToken {
  const id = randomBytes(idBytes).toString('base64url');
  const secret = randomBytes(secretBytes).toString('base64url');
  return { token: `${prefix}_${id}.${secret}`, id, hash: hashToken(secret) };
}

/** What is kept of a secret: SHA-256, 32 bytes. */
export const hashToken = (secret: string): Buffer => createHash('sha256').update(secret, 'latin1').digest();

/** Parts of a text that has a token's form; else undefined. */
export function parseToken(text: string, prefix: Prefix = 'hlf'): { id: string; secret: string } | undefined {
  if (text.length > 64) return undefined;
  const [, found, id, secret] = pattern.exec(text) ?? [];
  return found !== prefix || id === undefined || secret === undefined ? undefined : { id, secret };
}

/** A token as it is known. */
export interface KnownToken {
  hash: Uint8Array;
  /** The one source that it may write to. */
  source: string;
  /** Milliseconds since 1970 from which it is no longer taken. */
  expires?: number | undefined;
}

const nobody: KnownToken = { hash: randomBytes(32), source: '' };

/** The token of an `Authorization: Bearer` header, if it is known and good: else undefined, always for the same work. */
export function checkToken(
  authorization: string | undefined,
  known: ReadonlyMap<string, KnownToken>,
  now: number,
): { id: string; source: string } | undefined {
  const text = /^Bearer +(\S{1,64})$/i.exec((authorization ?? '').slice(0, 100))?.[1] ?? '';
  const told = parseToken(text);
  const token = known.get(told?.id ?? '') ?? nobody;
  const same = timingSafeEqual(hashToken(told?.secret ?? ''), token.hash);
  if (!same || told === undefined || token === nobody) return undefined;
  if (token.expires !== undefined && now >= token.expires) return undefined;
  return { id: told.id, source: token.source };
}
