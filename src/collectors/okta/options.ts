import { z } from 'zod';
import { isSafeOrigin, lookbackOption } from '../common/api/options.js';
import { readPrivateKey } from '../common/api/private-key.js';

export const oktaParts = ['log', 'users', 'assignments'] as const;
export type OktaPart = (typeof oktaParts)[number];

/** By exact names only, which every organisation's Okta takes in a filter. Source: developer.okta.com/docs/reference/api/event-types. */
const eventTypes = [
  'user.session.start',
  'user.authentication.sso',
  'app.generic.unauth_app_access_attempt',
  'app.oauth2.as.consent.grant',
  'app.oauth2.as.token.grant',
  'app.oauth2.as.token.grant.access_token',
  'app.oauth2.as.token.grant.id_token',
  'app.oauth2.as.token.grant.refresh_token',
  'app.oauth2.token.grant',
  'app.oauth2.token.grant.access_token',
  'app.oauth2.token.grant.id_token',
  'app.oauth2.token.grant.refresh_token',
];

export const oktaOptions = z
  .strictObject({
    org_url: z
      .string()
      .refine(
        isSafeOrigin,
        'Write the address of the organisation, with https and without a path: https://acme.okta.com.',
      )
      .refine(
        (text) => !/^https?:\/\/[^/.]+-admin\./i.test(text),
        'Leave out "-admin": the API has the address under which people sign in.',
      )
      .transform((text) => new URL(text).origin)
      .describe('Address of the Okta organisation.'),
    api_token: z
      .string()
      .regex(/^[\w-]{10,200}$/, 'Write the API token alone, as Okta showed it.')
      .optional()
      .describe('API token. Or client_id and private_key.'),
    client_id: z
      .string()
      .regex(/^[\w-]{5,100}$/, 'Write the client ID as the app integration shows it: 0oa...')
      .optional()
      .describe('Client ID of an API services app.'),
    private_key: z
      .string()
      .max(20_000)
      .refine((text) => readPrivateKey(text) !== undefined, 'This is no RSA or P-256 private key, as PEM or JWK.')
      .optional()
      .describe('Private key of the app, PEM or JWK.'),
    key_id: z.string().max(200).optional().describe('KID of the key, where the app has several and the key is PEM.'),
    parts: z
      .array(z.enum(oktaParts))
      .min(1)
      .default([...oktaParts])
      .describe(
        'What is read: log (sign-ins and grants), users (the people directory), assignments (who has AI apps).',
      ),
    lookback: lookbackOption(90),
    filter: z
      .string()
      .max(4000)
      .default(eventTypes.map((type) => `eventType eq "${type}"`).join(' or '))
      .describe('Which events of the System Log are asked for. Empty: all.'),
  })
  .refine(({ api_token, client_id, private_key }) => api_token !== undefined || (client_id && private_key), {
    path: ['api_token'],
    message: 'Set api_token, or client_id and private_key.',
  })
  .refine(({ api_token, client_id }) => api_token === undefined || client_id === undefined, {
    path: ['client_id'],
    message: 'Set either api_token or client_id, not both.',
  });

/** Options of the collector; `lookback` in milliseconds. */
export type OktaOptions = z.output<typeof oktaOptions>;
