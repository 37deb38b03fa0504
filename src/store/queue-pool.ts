import { runMigrations } from 'bullmq';
import pg from 'pg';

/** The connections of a queue on PostgreSQL, and how to end them. */
export interface QueuePool {
  pool: pg.Pool;
  close(): Promise<void>;
}

/**
 * One pool for all queues and workers of a process, with the queue's tables up to date in a schema of their own. Each worker
 * holds one connection to listen, hence `max`.
 */
export async function openQueuePool(connection: pg.PoolConfig, max: number): Promise<QueuePool> {
  const pool = new pg.Pool({
    application_name: 'halflight queue',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    allowExitOnIdle: true,
    ...connection,
    max,
    // What the queue keeps can be rung again: it need not wait for the disk.
    options: '-c search_path=bullmq,public -c synchronous_commit=off',
  });
  pool.on('error', () => {});
  // The queue holds connections to listen, which break when the server ends.
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.setMaxListeners(0);
  const client = await pool.connect();
  try {
    await runMigrations(client);
  } finally {
    client.release();
  }
  return { pool, close: () => pool.end() };
}
