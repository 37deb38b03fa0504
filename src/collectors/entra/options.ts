import { z } from 'zod';
import { isSafeOrigin, lookbackOption } from '../common/api/options.js';
import { readCertificate } from './certificate.js';
import { cloudNames, clouds } from './clouds.js';

/** What is read. Each may fail without the others. */
export const partNames = ['sign_ins', 'noninteractive', 'service_principals', 'audits', 'grants', 'people'] as const;
export type PartName = (typeof partNames)[number];

const usualParts: PartName[] = ['sign_ins', 'audits', 'grants', 'people'];
/** An id of Microsoft's. */
export const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const address = z
  .string()
  .refine(isSafeOrigin, 'Write an https address without path: https://graph.microsoft.us/.')
  .transform((text) => new URL(text).href)
  .optional();

export const entraOptions = z
  .strictObject({
    tenant: z
      .string()
      .regex(
        /^(?!(?:common|organizations|consumers)$)[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])$/i,
        'Write the directory (tenant) ID of the overview of Entra, or a domain of the tenant: acme.onmicrosoft.com.',
      )
      .describe('Directory (tenant) ID, or a domain of the tenant.'),
    client_id: z
      .string()
      .regex(
        guid,
        'Write the application (client) ID of the app registration; it looks like 00000000-0000-0000-0000-000000000000.',
      )
      .describe('Application (client) ID of the app registration.'),
    client_secret: z.string().min(1).max(1024).optional().describe('Value (not ID) of a client secret, by reference.'),
    certificate: z
      .string()
      .max(65_536)
      .superRefine((pem, context) => {
        try {
          readCertificate(pem);
        } catch (error) {
          context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
        }
      })
      .optional()
      .describe('PEM file with certificate and private key, by reference, in place of a secret.'),
    cloud: z
      .enum(cloudNames)
      .default('global')
      .describe(`The cloud of the tenant: ${cloudNames.join(', ')}.`),
    login_url: address.describe('In place of the sign-in service of the cloud.'),
    graph_url: address.describe('In place of the Microsoft Graph of the cloud.'),
    parts: z
      .array(z.enum(partNames))
      .min(1, 'Name at least one part.')
      .default(usualParts)
      .transform((parts) => [...new Set(parts)])
      .describe(`What is read: ${partNames.join(', ')}.`),
    lookback: lookbackOption(30),
  })
  .refine(({ client_secret, certificate }) => (client_secret === undefined) !== (certificate === undefined), {
    path: ['client_secret'],
    message: 'Set either client_secret or certificate.',
  });

/** Options of the collector; `lookback` in milliseconds. */
export type EntraOptions = z.output<typeof entraOptions>;

/** The addresses that the options lead to, each with a slash at its end. */
export const placesOf = ({ cloud, login_url, graph_url }: EntraOptions): { login: string; graph: string } => ({
  login: login_url ?? clouds[cloud].login,
  graph: graph_url ?? clouds[cloud].graph,
});
