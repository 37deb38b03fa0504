import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collector } from '../../src/collectors/s3.js';
import { fakeKeys } from '../helpers/fake-s3.js';
import { type S3Source, s3Source } from '../helpers/s3-source.js';

let source: S3Source;
beforeEach(async () => {
  source = await s3Source();
});
afterEach(() => source.close());

/** The lines of a test that are not well: name, what was found, what to do. */
async function complaints(more: Record<string, unknown> = {}): Promise<string[]> {
  const checks = await collector.test(source.options(more), source.context);
  for (const check of checks) expect(check.remedy === '').toBe(check.outcome === 'ok');
  return checks
    .filter(({ outcome }) => outcome !== 'ok')
    .map((check) => `${check.name}: ${check.found}. ${check.remedy}`);
}

describe('a test of the source', () => {
  it('says that all is well, and changes nothing', async () => {
    source.s3.put('a/', '');
    source.s3.put('a/b.log', 'text');
    const checks = await collector.test(source.options(), source.context);
    expect(checks.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'Reachable ok',
      'Credentials ok',
      'Bucket ok',
      'May list ok',
      'May read ok',
      'Clock ok',
    ]);
    expect(source.s3.requests.map(({ kind }) => kind)).toEqual(['list', 'get']);
  });

  it('tells a wrong or expired credential from a missing permission', async () => {
    source.s3.put('a.log', 'text');
    expect(await complaints({ access_key_id: 'AKIAWRONG' })).toEqual([
      'Credentials: the access key does not exist (InvalidAccessKeyId, 403). Correct access_key_id, or make a new key.',
    ]);
    expect(await complaints({ secret_access_key: 'wrong' })).toEqual([
      'Credentials: the secret key does not fit the access key (SignatureDoesNotMatch, 403). Correct secret_access_key; a space or line break at its end is wrong too.',
    ]);
    source.s3.settings.fault = () => ({ status: 400, code: 'ExpiredToken' });
    expect(await complaints({ session_token: 'old' })).toEqual([
      'Credentials: the credentials have expired (ExpiredToken, 400). Renew them: access_key_id, secret_access_key and session_token belong together.',
    ]);
    source.s3.settings.fault = ({ kind }) => (kind === 'list' ? { status: 403, code: 'AccessDenied' } : undefined);
    expect(await complaints()).toEqual([
      expect.stringMatching(/^May list: access is denied \(AccessDenied, 403\)\. Allow s3:ListBucket/),
    ]);
    source.s3.settings.fault = ({ kind }) => (kind === 'get' ? { status: 403, code: 'AccessDenied' } : undefined);
    expect(await complaints()).toEqual([
      expect.stringMatching(/^May read: access is denied \(AccessDenied, 403\)\. Allow .* s3:GetObject/),
    ]);
  });

  it('names a wrong bucket, a wrong region, a service in trouble and a closed port', async () => {
    expect(await complaints({ bucket: 'other' })).toEqual([
      'Bucket: there is no such bucket (NoSuchBucket, 404). Correct bucket; with another provider than Amazon also endpoint.',
    ]);
    source.s3.settings.fault = () => ({
      status: 400,
      code: 'AuthorizationHeaderMalformed',
      extra: '<Region>eu-west-3</Region>',
    });
    expect(await complaints()).toEqual([
      'Bucket: the bucket is in another region (AuthorizationHeaderMalformed, 400). Correct region.',
    ]);
    source.s3.settings.fault = () => ({ status: 301, code: 'PermanentRedirect' });
    expect(await complaints()).toEqual([
      'Bucket: the bucket is in another region (PermanentRedirect, 301). Correct region, or endpoint.',
    ]);
    source.s3.settings.fault = () => ({ raw: '<html></html>' });
    expect(await complaints()).toHaveLength(1);
    await source.s3.close();
    expect((await complaints())[0]).toMatch(/^Reachable: 127\.0\.0\.1: nothing listens there/);
  });

  it('an empty bucket is a warning, as is one with nothing but archived objects', async () => {
    expect(await complaints({ prefix: 'x/' })).toEqual([
      'May read: nothing to read yet. Check prefix "x/"; if it is right, test again when the first log is there.',
    ]);
    source.s3.put('x/a.log', 'text', { storageClass: 'GLACIER' });
    expect((await complaints({ prefix: 'x/' }))[0]).toMatch(/^May read: none of the first objects can be read/);
  });

  it('a clock that is off is told with its direction', async () => {
    source.s3.put('a.log', 'text');
    source.s3.settings.clockOffset = 10 * 60_000;
    expect((await complaints())[0]).toMatch(
      /^Clock: (599|600|601) s behind the service\. Let this machine follow a time server/,
    );
    source.s3.settings.clockOffset = -10 * 60_000;
    expect((await complaints())[0]).toMatch(/^Clock: (599|600|601) s ahead of the service\./);
  });

  it('without credentials nothing is signed; nothing is taken from the environment', async () => {
    source.s3.put('a.log', 'text');
    process.env.AWS_ACCESS_KEY_ID = fakeKeys.access_key_id;
    process.env.AWS_SECRET_ACCESS_KEY = fakeKeys.secret_access_key;
    try {
      const none = { access_key_id: undefined, secret_access_key: undefined, login: 'none' };
      expect((await complaints(none))[0]).toMatch(/^May list: access is denied/);
      expect(source.s3.requests[0]?.headers.authorization).toBe(undefined);
      expect(await complaints({ ...none, login: 'environment' })).toEqual([]);
    } finally {
      delete process.env.AWS_ACCESS_KEY_ID;
      delete process.env.AWS_SECRET_ACCESS_KEY;
    }
  });
});

describe('options', () => {
  const problem = (written: Record<string, unknown>): string | undefined =>
    collector.options.safeParse({ bucket: 'logs', ...fakeKeys, ...written }).error?.issues[0]?.message;

  it.each([
    [{ bucket: 's3://logs/x' }, /name of the bucket alone/],
    [{ endpoint: 'minio:9000' }, /address of the S3 service/],
    [{ endpoint: 'https://user:pw@minio/' }, /without user/],
    [{ secret_access_key: undefined }, /Set access_key_id and secret_access_key, or login/],
    [{ lookback: '5m' }, /from 1h to 365d/],
    [{ lookback: '1 day' }, /from 1h to 365d/],
    [{ region: 'EU West' }, /as the provider spells it/],
    [{ colour: 'red' }, /colour/],
  ])('%j is refused in words', (written, message) => expect(problem(written)).toMatch(message));

  it('what is not written has its default', () => {
    expect(collector.options.parse({ bucket: 'logs', ...fakeKeys })).toEqual({
      bucket: 'logs',
      prefix: '',
      region: 'us-east-1',
      login: 'keys',
      lookback: 86_400_000,
      ...fakeKeys,
    });
  });
});
