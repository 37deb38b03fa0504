import type { Check } from '../../core/check.js';
import { hasty, type Probe, probeAll } from '../common/api/checks.js';
import { ApiFailure } from '../common/api/failure.js';
import type { CollectContext } from '../common/collector.js';
import { logs } from './activities.js';
import { dataOf, type Google, openGoogle } from './client.js';
import { isAbsent } from './collect.js';
import type { GoogleOptions, GooglePart } from './options.js';

const names: Readonly<Record<GooglePart, string>> = {
  login: 'Sign-ins',
  saml: 'Sign-ins to apps',
  token: 'Log of grants',
  gemini: 'Gemini',
  chrome: 'Chrome events',
  users: 'Users',
  grants: 'Grants of users',
  extensions: 'Chrome browsers',
};

/** Asks for one item of each part. What the organisation does not have is a warning. */
export async function checkGoogle(options: GoogleOptions, context: CollectContext): Promise<Check[]> {
  const google = await openGoogle(options, hasty(context));
  const absent: Check[] = [];
  const probes = options.parts.map((part): Probe => {
    const isOptional = part === 'extensions' || logs.some((log) => log.part === part && log.optional);
    return {
      name: names[part],
      found: 'may be read',
      ask: async () => {
        try {
          await ask(google, part, options);
        } catch (error) {
          if (!isOptional || !(error instanceof ApiFailure) || !isAbsent(error)) throw error;
          absent.push({
            name: names[part],
            outcome: 'warning',
            found: `Google does not give it to this organisation (${error.status ?? 'no answer'})`,
            remedy: `License it, or take ${part} out of parts.`,
          });
        }
      },
    };
  });
  const checks = await probeAll(probes, { server: 'Google', theirNow: google.theirNow, now: context.now });
  return checks.map((check) => absent.find(({ name }) => name === check.name) ?? check);
}

async function ask(google: Google, part: GooglePart, { customer, subject }: GoogleOptions): Promise<unknown> {
  if (part === 'users') return dataOf(google.users.users.list({ customer, maxResults: 1, fields: 'users(id)' }));
  if (part === 'grants') return dataOf(google.grants.tokens.list({ userKey: subject }));
  const { browsers } = google;
  if (part === 'extensions')
    return browsers.get(browsers.url(`customer/${customer}/devices/chromebrowsers`, { maxResults: '1' }));
  const application = logs.find((log) => log.part === part)?.application ?? part;
  return dataOf(google.reports.activities.list({ userKey: 'all', applicationName: application, maxResults: 1 }));
}
