import type { Config } from '../../../config/schema.js';
import type { Check } from '../../../core/check.js';
import type { ServerFacts } from '../../../store/reads/server-facts.js';
import { ageText, failed, ok, sizeText, warning } from './bounded.js';

const oldestServer = 14;
/** Connections of the queue of one process, where it is in the database. */
const queueConnections = 14;
const longSeconds = 3600;

/** What the facts of a server mean for us. */
export function serverChecks(facts: ServerFacts, { config, where }: { config: Config; where: string }): Check[] {
  return [
    version(facts, where),
    encoding(facts),
    privileges(facts),
    durability(facts),
    connections(facts, config),
    transactions(facts),
    ...(config.redis.url === undefined ? [queueTables(facts)] : []),
  ];
}

function version({ version, major, bytes, standby }: ServerFacts, where: string): Check {
  const found = `${where} answers: PostgreSQL ${version}, ${sizeText(bytes)}`;
  if (major < oldestServer)
    return failed('database', found, `Halflight needs PostgreSQL ${oldestServer} or later: upgrade it.`);
  if (standby)
    return failed(
      'database',
      `${found}; it is a standby, which nobody can write to`,
      'Name the primary in DATABASE_URL.',
    );
  return ok('database', found);
}

function encoding({ encoding }: ServerFacts): Check {
  if (encoding === 'UTF8') return ok('encoding', encoding);
  return failed(
    'encoding',
    encoding,
    `Make a database with CREATE DATABASE halflight ENCODING 'UTF8' TEMPLATE template0, and name it in DATABASE_URL.`,
  );
}

function privileges({ user, database, schema, mayCreateTables, foreignTables }: ServerFacts): Check {
  const name = 'privileges';
  if (schema === null)
    return failed(
      name,
      `${user} can use no schema of its search path`,
      `Grant it USAGE and CREATE on the schema public.`,
    );
  if (!mayCreateTables)
    return failed(
      name,
      `${user} may not make tables in the schema ${schema}`,
      `Run as its owner: GRANT CREATE ON SCHEMA ${schema} TO ${user}; or make ${user} the owner of ${database}.`,
    );
  if (foreignTables > 0)
    return failed(
      name,
      `${foreignTables} tables in the schema ${schema} do not belong to ${user}`,
      `Give them to it (REASSIGN OWNED), as a month of use is a table that ${user} adds to its own.`,
    );
  return ok(name, `${user} may make tables in the schema ${schema}`);
}

function durability({ fsync }: ServerFacts): Check {
  if (fsync) return ok('fsync', 'on');
  return failed('fsync', 'off: a power failure may destroy the database', 'Set fsync = on in postgresql.conf.');
}

function connections({ maxConnections, usedConnections }: ServerFacts, config: Config): Check {
  const left = maxConnections - usedConnections;
  const wanted = config.database.pool + (config.redis.url === undefined ? queueConnections : 0);
  const found = `${left} of ${maxConnections} left; a process takes ${wanted} at most`;
  const remedy = 'Raise max_connections, make database.pool smaller, or end other programs.';
  if (left < 3) return failed('connections', found, remedy);
  return left < wanted ? warning('connections', found, remedy) : ok('connections', found);
}

function transactions({ longestTransaction }: ServerFacts): Check {
  const found = longestTransaction === null ? 'none' : `the oldest is ${ageText(longestTransaction * 1000)} old`;
  if ((longestTransaction ?? 0) < longSeconds) return ok('open transactions', found);
  return warning(
    'open transactions',
    found,
    'Find it in pg_stat_activity (an export is one): while it lasts nothing that was deleted is really removed.',
  );
}

function queueTables({ queueSchema, mayCreateSchemas, user, database }: ServerFacts): Check {
  if (queueSchema) return ok('queue', 'in the database, schema bullmq');
  if (mayCreateSchemas) return ok('queue', 'in the database; the first start makes its schema');
  return failed(
    'queue',
    `${user} may not make the schema of the queue`,
    `Run as its owner: GRANT CREATE ON DATABASE ${database} TO ${user}; or set REDIS_URL.`,
  );
}
