import { Redis } from 'ioredis';
import { describe } from 'vitest';

const url = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

/** Runs tests on the Redis of this machine. Without one they are skipped loudly, and fail where all must run. */
export async function describeOnRedis(name: string, tests: (url: string) => void): Promise<void> {
  const problem = await probe();
  if (problem === undefined) describe(name, () => tests(url));
  else if (process.env.TEST_REQUIRE_ALL === '1')
    throw new Error(`TEST_REQUIRE_ALL=1, and no Redis answers at ${url}: ${problem}`);
  else {
    process.stderr.write(`\nSKIPPED: ${name}: none answers at ${url} (${problem}); set TEST_REDIS_URL\n\n`);
    describe.skip(name, () => tests(url));
  }
}

async function probe(): Promise<string | undefined> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: 2000, retryStrategy: () => null });
  redis.on('error', () => {});
  try {
    await redis.connect();
    await redis.ping();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    redis.disconnect();
  }
}
