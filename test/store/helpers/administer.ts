import pg from 'pg';

/** Runs a statement as the administrator of a server. */
export async function administer(connection: pg.PoolConfig, statement: string): Promise<void> {
  const client = new pg.Client({ connectionTimeoutMillis: 10_000, ...connection });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** How to connect to another database of the same server. */
export function inDatabase(connection: pg.PoolConfig, name: string): pg.PoolConfig {
  if (connection.connectionString === undefined) return { ...connection, database: name };
  const url = new URL(connection.connectionString);
  url.pathname = `/${name}`;
  return { connectionString: url.href };
}
