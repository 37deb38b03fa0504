import { z } from 'zod';
import { parseDuration } from '../../../config/units.js';

const day = 86_400_000;

/** How far back the first collection goes, in milliseconds; the provider keeps no more than so many days. */
export const lookbackOption = (mostDays: number) =>
  z
    .string()
    .transform((text, context) => {
      const value = parseDuration(text);
      if (value !== undefined && value >= day && value <= mostDays * day) return value;
      context.addIssue({ code: 'custom', message: `Write a time from 1d to ${mostDays}d: 30d.` });
      return z.NEVER;
    })
    .prefault('30d')
    .describe(`How far back the first collection goes, at most ${mostDays}d.`);

/** An address for secrets: https, or http where it does not leave this machine. */
export function isSafeOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search, hash, pathname } = new URL(text);
  if (`${username}${password}${search}${hash}` !== '' || pathname !== '/') return false;
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname));
}
