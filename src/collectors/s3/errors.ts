import { EgressError } from '../../net/egress.js';
import type { S3Options } from './options.js';

/** What a failure is about: it decides which line of a test fails. */
export type FailureKind = 'reach' | 'login' | 'bucket' | 'permission' | 'clock' | 'gone' | 'busy' | 'other';

export interface Failure {
  kind: FailureKind;
  /** What happened, in a few words. Repeats nothing that the other side wrote but its code. */
  found: string;
  remedy: string;
}

type Known = readonly [kind: FailureKind, found: string, remedy: string];

/** By the codes of https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html. An empty remedy is that for permissions. */
const failures = new Map<string, Known>(
  Object.entries({
    InvalidAccessKeyId: ['login', 'the access key does not exist', 'Correct access_key_id, or make a new key.'],
    SignatureDoesNotMatch: [
      'login',
      'the secret key does not fit the access key',
      'Correct secret_access_key; a space or line break at its end is wrong too.',
    ],
    ExpiredToken: [
      'login',
      'the credentials have expired',
      'Renew them: access_key_id, secret_access_key and session_token belong together.',
    ],
    TokenRefreshRequired: [
      'login',
      'the credentials have expired',
      'Renew them: access_key_id, secret_access_key and session_token belong together.',
    ],
    InvalidToken: [
      'login',
      'the session token is wrong',
      'Take access_key_id, secret_access_key and session_token from the same set; long-lived keys have no token.',
    ],
    InvalidSecurity: ['login', 'the credentials are not valid', 'Make a new access key.'],
    NotSignedUp: ['login', 'the account has no S3', 'Sign the account up for S3, or use keys of another.'],
    CredentialsProviderError: [
      'login',
      'the environment holds no credentials',
      'Set the AWS variables, a profile or an instance role; or access_key_id and secret_access_key.',
    ],
    AuthorizationHeaderMalformed: ['bucket', 'the bucket is in another region', 'Correct region.'],
    PermanentRedirect: ['bucket', 'the bucket is in another region', 'Correct region, or endpoint.'],
    TemporaryRedirect: ['bucket', 'the bucket is new or has just moved', 'Correct region, or try again in an hour.'],
    IllegalLocationConstraintException: ['bucket', 'the bucket is in another region', 'Correct region.'],
    NoSuchBucket: [
      'bucket',
      'there is no such bucket',
      'Correct bucket; with another provider than Amazon also endpoint.',
    ],
    InvalidBucketName: ['bucket', 'the bucket has a name that the service does not take', 'Correct bucket.'],
    AccessDenied: ['permission', 'access is denied', ''],
    AllAccessDisabled: ['permission', 'the owner has closed the bucket', 'Ask the owner of the bucket.'],
    AccountProblem: ['permission', 'the account is locked', 'Ask the provider.'],
    RequestTimeTooSkewed: [
      'clock',
      'the clocks differ by more than 15 minutes',
      'Set the clock of this machine: let it follow a time server.',
    ],
    NoSuchKey: ['gone', 'the object is no longer there', 'Nothing: another listing finds what took its place.'],
    NotFound: ['gone', 'there is nothing under this name', 'Correct bucket and endpoint.'],
    PreconditionFailed: [
      'gone',
      'the object has been overwritten',
      'Nothing: another listing finds what took its place.',
    ],
    InvalidObjectState: ['gone', 'the object is in the archive', 'Restore it, and copy it to another name.'],
    SlowDown: ['busy', 'the service asks to slow down', 'Ask less often: raise every.'],
  } satisfies Record<string, Known>),
);

const busy: Known = ['busy', 'the service is overloaded or broken', 'Try again later.'];
const other: Known = [
  'other',
  'the service answers in a way that S3 does not',
  'Check that endpoint is an S3 service.',
];
const permission =
  'Allow s3:ListBucket on the bucket and s3:GetObject on its objects; for encrypted ones kms:Decrypt on their key too.';

/** What went wrong with a request, for people; undefined where it was no answer of S3 nor the lack of one (a mistake of ours). */
export function failureOf(error: unknown): Failure | undefined {
  const egress = egressErrorIn(error);
  if (egress !== undefined)
    return { kind: 'reach', found: egress.message, remedy: 'Correct what is said, then try again.' };
  if (!(error instanceof Error)) return undefined;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  // An answer that the SDK cannot read has a hidden response and no status.
  const known = failures.get(error.name) ?? byStatus(status) ?? ('$response' in error || status ? other : undefined);
  if (known === undefined) return undefined;
  const [kind, found, remedy] = known;
  const code = /^[A-Za-z0-9.]{3,64}$/.test(error.name) ? error.name : 'no known code';
  const detail = status === undefined ? code : `${code}, ${status}`;
  return { kind, found: `${found} (${detail})`, remedy: remedy === '' ? permission : remedy };
}

function byStatus(status: number | undefined): Known | undefined {
  if (status === undefined) return undefined;
  if (status === 301 || status === 307 || status === 308) return failures.get('PermanentRedirect');
  if (status === 400 || status === 401)
    return ['login', 'the service refuses the request', 'Check credentials, region and endpoint.'];
  if (status === 403) return ['permission', 'the service refuses', ''];
  if (status === 404) return failures.get('NotFound');
  if (status === 412) return failures.get('PreconditionFailed');
  return status === 429 || status >= 500 ? busy : undefined;
}

/** A failure as the sentence of an error. Gives back what it does not know. */
export function explained(error: unknown, options: S3Options): unknown {
  const failure = failureOf(error);
  if (failure === undefined) return error;
  return new Error(`s3://${options.bucket}/${options.prefix}: ${failure.found.replace(/\.$/, '')}. ${failure.remedy}`);
}

/** The SDK hands on what its HTTP handler threw, sometimes as a cause. */
export function egressErrorIn(error: unknown): EgressError | undefined {
  for (let at = error, i = 0; i < 5 && at instanceof Error; at = at.cause, i++)
    if (at instanceof EgressError) return at;
  return undefined;
}
