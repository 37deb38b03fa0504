import { z } from 'zod';
import { parseDuration } from '../../config/units.js';

const day = 86_400_000;

export const s3Options = z
  .strictObject({
    bucket: z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/,
        'Write the name of the bucket alone, without s3:// and without a folder.',
      )
      .describe('Name of the bucket.'),
    prefix: z.string().max(1024).default('').describe('Only objects whose name begins so: "AWSLogs/". Empty: all.'),
    region: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, 'Write the region as the provider spells it: eu-central-1.')
      .default('us-east-1'),
    endpoint: z
      .string()
      .refine(
        isEndpoint,
        'Write the address of the S3 service: https://minio.corp.example:9000, without user, query and bucket.',
      )
      .optional()
      .describe('For providers other than Amazon.'),
    force_path_style: z
      .boolean()
      .optional()
      .describe('The bucket stands in the path, not in the host name. Default: true with an endpoint.'),
    access_key_id: z.string().min(1).max(256).optional(),
    secret_access_key: z.string().min(1).max(1024).optional(),
    session_token: z.string().min(1).max(8192).optional(),
    login: z
      .enum(['keys', 'environment', 'none'])
      .default('keys')
      .describe(
        'keys: those above. environment: what the AWS SDK finds in variables, profiles and instance roles. none: public buckets.',
      ),
    lookback: z
      .string()
      .transform((text, context) => {
        const value = parseDuration(text);
        if (value !== undefined && value >= 3_600_000 && value <= 365 * day) return value;
        context.addIssue({ code: 'custom', message: 'Write a time from 1h to 365d: 1d.' });
        return z.NEVER;
      })
      .prefault('1d')
      .describe(
        'How long after its upload began an object may first show up under an earlier name and still be found.',
      ),
  })
  .refine(
    (options) =>
      options.login !== 'keys' || (options.access_key_id !== undefined && options.secret_access_key !== undefined),
    {
      path: ['access_key_id'],
      message: 'Set access_key_id and secret_access_key, or login: environment, or login: none for a public bucket.',
    },
  );

/** Options of the collector; `lookback` in milliseconds. */
export type S3Options = z.output<typeof s3Options>;

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && `${username}${password}${search}${hash}` === '';
}
