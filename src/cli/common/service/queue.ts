import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Config } from '../../../config/schema.js';
import { openQueue } from '../../../jobs/bullmq.js';
import type { Queue } from '../../../jobs/queue.js';
import type { Store } from '../../../store/db.js';
import { openQueuePool } from '../../../store/queue-pool.js';

/** The queue: on Redis where the configuration names one, else in the database. */
export async function openServiceQueue(
  config: Config,
  store: Store,
  log: Pick<Logger, 'warn' | 'debug'>,
): Promise<{ queue: Queue; close(graceMs?: number): Promise<void> }> {
  // A lost connection gives many errors in a row: one a second is told.
  let told = 0;
  const onError = (error: Error, kind: string): void => {
    const now = performance.now();
    if (now - told < 1000) return;
    told = now;
    log.warn({ kind, why: error.message }, 'the queue reports an error');
  };
  if (config.redis.url !== undefined) {
    const redis = new Redis(config.redis.url.value, {
      maxRetriesPerRequest: null,
      enableReadyCheck: true,
      retryStrategy: (times) => Math.min(1000, times * 100),
    });
    redis.on('error', (error) => onError(error, 'redis'));
    const queue = openQueue({ redis, prefix: config.redis.prefix }, onError);
    return {
      queue,
      close: async (graceMs) => {
        await queue.close(graceMs);
        redis.disconnect();
      },
    };
  }
  const pool = await openQueuePool(store.connection, 14);
  const queue = openQueue({ postgres: pool }, onError);
  return {
    queue,
    close: async (graceMs) => {
      await queue.close(graceMs);
      await Promise.race([pool.close(), new Promise((resolve) => setTimeout(resolve, 2000).unref())]);
    },
  };
}
