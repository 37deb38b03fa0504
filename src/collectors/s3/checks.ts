import type { Check } from '../../core/check.js';
import type { CollectContext } from '../common/collector.js';
import { loadSdk, openClient } from './client.js';
import { type Failure, type FailureKind, failureOf } from './errors.js';
import { openList } from './list.js';
import { isMarker, unreadable } from './objects.js';
import type { S3Options } from './options.js';

const warnMs = 5 * 60_000;
const names = {
  reach: 'Reachable',
  login: 'Credentials',
  bucket: 'Bucket',
  list: 'May list',
  get: 'May read',
  clock: 'Clock',
};

/** Lists a few objects and reads the first byte of one: what a collection needs, and nothing that changes anything. */
export async function checkBucket(options: S3Options, context: CollectContext): Promise<Check[]> {
  const sdk = await loadSdk();
  let skew: number | undefined;
  const seen = (date: number): void => {
    skew = context.now() - date;
  };
  const client = openClient(sdk, options, context.egress, { streams: false, seen });
  const ask = async <T>(request: () => Promise<T>): Promise<{ answer: T } | { failure: Failure }> => {
    try {
      return { answer: await request() };
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined) throw error;
      return { failure };
    }
  };

  const list = await openList(options, context, seen);
  const listed = await ask(() => list({ after: '' }, 10));
  const checks = listChecks(options, 'failure' in listed ? listed.failure : undefined);
  if ('answer' in listed) {
    const { objects } = listed.answer;
    const first = objects.find((object) => object.size > 0 && !isMarker(object) && unreadable(object) === undefined);
    // A HEAD would do, but its refusal has no body, and thus no reason.
    const read =
      first === undefined
        ? undefined
        : await ask(() =>
            client.send(new sdk.GetObjectCommand({ Bucket: options.bucket, Key: first.key, Range: 'bytes=0-0' }), {
              abortSignal: context.signal,
            }),
          );
    checks.push(readCheck(options, objects.length, read));
  }
  return [...checks, clockCheck(skew)];
}

const ok = (name: string, found: string): Check => ({ name, outcome: 'ok', found, remedy: '' });

/** One listing tells four things: how far it got before it failed. */
function listChecks({ login }: S3Options, failure: Failure | undefined): Check[] {
  const steps: readonly (readonly [name: string, found: string, kinds: readonly FailureKind[]])[] = [
    [names.reach, 'the service answers', ['reach', 'busy', 'other']],
    [names.login, login === 'none' ? 'none are used' : 'the service knows them', ['login', 'clock']],
    [names.bucket, 'it exists', ['bucket', 'gone']],
    [names.list, 'the listing came', ['permission']],
  ];
  const failedAt =
    failure === undefined ? steps.length : steps.findIndex(([, , kinds]) => kinds.includes(failure.kind));
  const checks = steps.slice(0, failedAt).map(([name, found]) => ok(name, found));
  const failed = steps[failedAt];
  if (failure !== undefined && failed !== undefined)
    checks.push({ name: failed[0], outcome: 'failed', found: failure.found, remedy: failure.remedy });
  return checks;
}

function readCheck(
  options: S3Options,
  listed: number,
  read: { answer: unknown } | { failure: Failure } | undefined,
): Check {
  if (read === undefined) {
    const found =
      listed === 0 ? 'nothing to read yet' : 'none of the first objects can be read: archived, empty or too large';
    const remedy = `Check prefix "${options.prefix}"; if it is right, test again when the first log is there.`;
    return { name: names.get, outcome: 'warning', found, remedy };
  }
  if ('failure' in read)
    return { name: names.get, outcome: 'failed', found: read.failure.found, remedy: read.failure.remedy };
  return ok(names.get, 'the first object can be read');
}

function clockCheck(skew: number | undefined): Check {
  if (skew === undefined)
    return {
      name: names.clock,
      outcome: 'warning',
      found: 'the service does not say its time',
      remedy: 'Check that this machine follows a time server.',
    };
  const found = `${Math.round(Math.abs(skew) / 1000)} s ${skew < 0 ? 'behind' : 'ahead of'} the service`;
  if (Math.abs(skew) < warnMs) return ok(names.clock, found);
  return {
    name: names.clock,
    outcome: 'warning',
    found,
    remedy: 'Let this machine follow a time server: S3 refuses requests that are 15 minutes off.',
  };
}
