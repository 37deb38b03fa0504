import { z } from 'zod';
import { isSafeOrigin, lookbackOption } from '../common/api/options.js';
import { readServiceAccount } from './key.js';

/** What is read. Each may fail without the others. */
export const googleParts = ['login', 'saml', 'token', 'gemini', 'chrome', 'users', 'grants', 'extensions'] as const;
export type GooglePart = (typeof googleParts)[number];

/** Those that need no scope that could change something, and no further licence. */
const usualParts: GooglePart[] = ['login', 'saml', 'token', 'gemini', 'users'];

export const googleOptions = z.strictObject({
  key: z
    .string()
    .max(20_000)
    .superRefine((text, context) => {
      const account = readServiceAccount(text);
      if (typeof account === 'string') context.addIssue({ code: 'custom', message: account });
    })
    .describe('JSON key of the service account, by reference.'),
  subject: z
    .string()
    .regex(
      /^[^\s@]{1,64}@[\w.-]{1,190}$/,
      'Write the address of the administrator in whose name is read: reader@acme.example.',
    )
    .describe('Address of the administrator in whose name the service account reads.'),
  customer: z
    .string()
    .regex(
      /^(my_customer|C[0-9a-z]{5,20})$/,
      'Write the customer ID of the Admin Console (C01abc23d), or leave it out.',
    )
    .default('my_customer')
    .describe('Customer ID, where the administrator belongs to another one.'),
  parts: z
    .array(z.enum(googleParts))
    .min(1, 'Name at least one part.')
    .default(usualParts)
    .transform((parts) => [...new Set(parts)])
    .describe(`What is read: ${googleParts.join(', ')}.`),
  lookback: lookbackOption(179),
  endpoint: z
    .string()
    .refine(isSafeOrigin, 'Write an https address without a path: https://google.proxy.acme.example.')
    .transform((text) => `${new URL(text).origin}/`)
    .optional()
    .describe(
      'One address in place of admin.googleapis.com, www.googleapis.com and oauth2.googleapis.com: a gateway of yours.',
    ),
});

/** Options of the collector; `lookback` in milliseconds. */
export type GoogleOptions = z.output<typeof googleOptions>;
