import { Redis } from 'ioredis';
import type { Secret } from '../../../config/secret.js';
import type { Check } from '../../../core/check.js';
import { bounded, failed, ok, patienceMs, sizeText, warning } from './bounded.js';
import { isAtLeast } from './machine.js';

const oldestRedis = '6.2';

/** The queue on Redis: it answers, keeps what it is given, and who can listen on the way. */
export async function checkRedis(url: Secret): Promise<Check[]> {
  if (!url.found) return [failed('Redis', 'its address is missing', 'Set it; see the secret above.')];
  const { host, loopback, tls, password } = describe(url.value);
  const redis = new Redis(url.value, {
    lazyConnect: true,
    connectTimeout: patienceMs - 500,
    commandTimeout: patienceMs - 500,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // The error is told by the call that failed.
  let reason: string | undefined;
  redis.on('error', (error: Error) => {
    reason = error.message;
  });
  try {
    return await bounded(
      'Redis',
      `Start Redis at ${host}, or correct the address, user and password in REDIS_URL; without REDIS_URL the queue is kept in the database.`,
      async () => {
        const info = await redis
          .connect()
          .then(() => redis.info())
          .catch((error: Error) => {
            throw new Error(`Redis at ${host} does not answer: ${reason ?? error.message}`);
          });
        return [...redisChecks(info, host), way({ host, loopback, tls, password })];
      },
    );
  } finally {
    redis.disconnect();
  }
}

/** What `INFO` says. */
export function redisChecks(info: string, host: string): Check[] {
  const facts = new Map(
    info.split(/\r?\n/).flatMap((line): [string, string][] => {
      const at = line.indexOf(':');
      return at <= 0 || line.startsWith('#') ? [] : [[line.slice(0, at), line.slice(at + 1)]];
    }),
  );
  const version = facts.get('redis_version') ?? '?';
  const found = `Redis ${version} at ${host} answers`;
  const checks: Check[] = [];
  if (!isAtLeast(version, oldestRedis))
    checks.push(failed('Redis', found, `The queue needs Redis ${oldestRedis} or later: upgrade it.`));
  else if (facts.get('role') === 'slave')
    checks.push(
      failed('Redis', `${found}; it is a replica, which nobody can write to`, 'Name the primary in REDIS_URL.'),
    );
  else if (facts.get('loading') === '1')
    checks.push(warning('Redis', `${found}, and still reads its data`, 'Wait, then look again.'));
  else checks.push(ok('Redis', found));

  const policy = facts.get('maxmemory_policy') ?? 'unknown';
  checks.push(
    policy === 'noeviction'
      ? ok('Redis eviction policy', policy)
      : failed(
          'Redis eviction policy',
          policy,
          'Set maxmemory-policy noeviction: a full Redis must refuse rather than forget jobs.',
        ),
  );

  const [aof, saved] = [facts.get('aof_enabled') === '1', facts.get('rdb_last_bgsave_status') ?? 'ok'];
  const keeps = `appendonly ${aof ? 'yes' : 'no'}, last save ${saved}`;
  checks.push(
    aof && facts.get('aof_last_write_status') !== 'err'
      ? ok('Redis persistence', keeps)
      : warning(
          'Redis persistence',
          keeps,
          'Set appendonly yes and look at its disk. Nothing is lost without it: what is not done is rung again from the database, some seconds later.',
        ),
  );

  const [used, most] = [Number(facts.get('used_memory') ?? 0), Number(facts.get('maxmemory') ?? 0)];
  const memory = `${sizeText(used)} of ${most === 0 ? 'no limit' : sizeText(most)}`;
  checks.push(
    most > 0 && used > 0.9 * most
      ? warning(
          'Redis memory',
          memory,
          'Raise maxmemory: a full Redis takes no jobs, and work is found by sweeping only.',
        )
      : ok('Redis memory', memory),
  );
  return checks;
}

interface Way {
  host: string;
  loopback: boolean;
  tls: boolean;
  password: boolean;
}

function describe(url: string): Way {
  const { hostname, host, protocol, password } = new URL(url);
  const loopback = hostname === 'localhost' || hostname === '[::1]' || hostname === '' || /^127\./.test(hostname);
  return { host: host || 'localhost', loopback, tls: protocol === 'rediss:', password: password !== '' };
}

function way({ host, loopback, tls, password }: Way): Check {
  const found = `${loopback ? 'on this machine' : `to ${host}`}, ${tls ? 'TLS' : 'no TLS'}, ${password ? 'with' : 'without'} password`;
  if (loopback || (tls && password)) return ok('Redis access', found);
  return warning(
    'Redis access',
    found,
    'Over a network use rediss:// and a user of its own with a password, as deploy/redis-users.acl shows.',
  );
}
