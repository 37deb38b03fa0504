import { z } from 'zod';
import type { Check } from '../../core/check.js';
import { EgressError } from '../../net/egress.js';
import type { SendContext } from './channel.js';

export const urlWords = 'Write the whole URL, with https:// and without user and password.';

/** Option of every channel over HTTP. */
export const timeoutOption = z.int().min(1).max(60).default(30).describe('Seconds until an answer must be there.');

/** A URL option that holds a secret itself, as incoming webhooks do: its text is never repeated. */
export const secretUrl = (what: string) => z.string().max(2000).refine(isPlainHttp, urlWords).describe(what);

/** Host and port of a URL whose path may be a secret. */
export const hostOf = (url: string): string => new URL(url).host;

/** Whether what is sent can be read on the way. */
export function encryption(url: string): Check {
  if (new URL(url).protocol === 'https:') return { name: 'Encryption', outcome: 'ok', found: 'https', remedy: '' };
  const found = 'http: whoever is on the way can read the notices';
  return { name: 'Encryption', outcome: 'warning', found, remedy: 'Use https:// in the URL.' };
}

/** Asks with HEAD, which delivers nothing; any answer but a failure of the server means that somebody is there. */
export async function reach(
  { url, timeout }: { url: string; timeout: number },
  { egress, signal }: SendContext,
): Promise<Check> {
  const host = new URL(url).host;
  try {
    const { status, body } = await egress.stream({ url, method: 'HEAD', timeoutMs: timeout * 1000, signal });
    for await (const _ of body) break;
    const found = `${host} answered ${status}`;
    if (status < 300 || [400, 401, 403, 405, 415, 501].includes(status))
      return { name: 'Reachable', outcome: 'ok', found, remedy: '' };
    if (status < 400)
      return {
        name: 'Reachable',
        outcome: 'warning',
        found: `${found}: it redirects, and redirects are not followed`,
        remedy: 'Write the final URL.',
      };
    const remedy =
      status < 500
        ? 'Check the URL; some receivers answer so to all but a notice.'
        : 'Look into the log of the receiver.';
    return { name: 'Reachable', outcome: 'warning', found, remedy };
  } catch (error) {
    const found = error instanceof EgressError ? error.message : 'The test was stopped.';
    return { name: 'Reachable', outcome: 'failed', found, remedy: 'Correct what is said, then test again.' };
  }
}

export function isPlainHttp(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}
