import { sql } from 'kysely';
import type { Db } from '../tables.js';

/** `PostgreSQL 15.18`, as the server says. */
export async function serverVersion(db: Db): Promise<string> {
  const { rows } = await sql<{ version: string }>`select current_setting('server_version') as version`.execute(db);
  return `PostgreSQL ${rows[0]?.version ?? '?'}`;
}
