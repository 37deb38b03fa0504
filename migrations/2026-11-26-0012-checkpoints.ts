import { type Kysely, sql } from 'kysely';

// Frozen: a released step is never edited, the next change is the next file. It imports no application code, so that it
// means the same for ever. Runs on PostgreSQL 14 and later. Times are milliseconds since 1970.

/** Signed checkpoints of the audit log, and the trees that they stand for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // One root for a size of an epoch, whoever signs and whenever it is killed: a second one finds the key taken.
  await sql`
    create table audit_tree (
      epoch integer not null check (epoch > 0),
      size bigint not null check (size >= 0),
      root text collate "C" not null,
      -- Roots of its full parts, 32 bytes each, the largest first: by them it grows.
      parts bytea not null,
      primary key (epoch, size),
      unique (epoch, size, root)
    )`.execute(db);
  await sql`
    create table audit_checkpoint (
      -- The order in which they were made, whatever a clock said.
      id bigint generated always as identity primary key,
      epoch integer not null,
      -- The minute since 1970 that it is for.
      slot bigint not null,
      size bigint not null,
      root text collate "C" not null,
      note text collate "C" not null,
      at bigint not null,
      unique (epoch, slot),
      foreign key (epoch, size, root) references audit_tree (epoch, size, root)
    )`.execute(db);
  for (const table of ['audit_tree', 'audit_checkpoint']) {
    await sql`
      create trigger ${sql.ref(`${table}_no_change`)} before update or delete on ${sql.table(table)}
        for each row execute function audit_is_append_only()`.execute(db);
    await sql`
      create trigger ${sql.ref(`${table}_no_truncate`)} before truncate on ${sql.table(table)}
        for each statement execute function audit_is_append_only()`.execute(db);
  }
  await sql`create index audit_action on audit (action, seq)`.execute(db);
}
