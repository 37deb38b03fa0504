import { isoTime } from '../time.js';
import type { Writer } from '../types.js';
import { lines, uuid } from './shared.js';

/** Okta System Log, an array as the API returns it. */
export const okta: Writer = {
  ...lines,
  format: 'okta',
  ms: true,
  layout: { open: '[', close: ']' },
  line: (rec) =>
    JSON.stringify({
      actor: {
        id: `00u${rec.who.id}`,
        type: 'User',
        alternateId: rec.who.email,
        displayName: `${rec.who.first} ${rec.who.last}`,
      },
      client: { userAgent: { rawUserAgent: rec.agent, os: 'Linux', browser: 'FIREFOX' }, ipAddress: '192.0.2.78' },
      displayMessage: 'User single sign on to app',
      eventType: 'user.authentication.sso',
      outcome: { result: rec.blocked ? 'FAILURE' : 'SUCCESS', reason: null },
      published: isoTime(rec.at),
      severity: 'INFO',
      target: [
        { id: rec.appId, type: 'AppInstance', alternateId: rec.app, displayName: rec.app },
        { id: `0ua${rec.who.id}`, type: 'AppUser', alternateId: rec.who.email, displayName: rec.who.first },
      ],
      uuid: uuid(rec),
      version: '0',
    }),
};
