import { type Kysely, sql } from 'kysely';

// Frozen: a released step is never edited, the next change is the next file. It imports no application code, so that it
// means the same for ever. Runs on PostgreSQL 14 and later. Times are milliseconds since 1970.

/** Block lists as feeds: every version that was made, and what is served. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const run = async (...statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  };
  await run(
    // Served is the newest that is published. `body` are the bytes as they are served, `note` what is signed over them: only a version
    // that was published has one. `changes`: against the version `base`, with the reason of each.
    `create table blocklist_version (
       format text collate "C" not null,
       version integer not null check (version > 0),
       state text collate "C" not null check (state in ('pending', 'published', 'rolled-back', 'withdrawn')),
       day date not null,
       serial bigint not null,
       entries integer not null,
       entries_hash text collate "C" not null,
       body bytea not null,
       body_hash text collate "C" not null,
       base integer,
       added integer not null,
       removed integer not null,
       changes jsonb not null,
       inventory_hash text collate "C" not null,
       catalog_hash text collate "C" not null,
       restores integer,
       waits_for text collate "C",
       made_at bigint not null,
       made_by text collate "C" not null,
       decided_at bigint,
       approved_by text collate "C",
       published_at bigint,
       note text collate "C",
       primary key (format, version),
       check ((state in ('published', 'rolled-back')) = (published_at is not null and note is not null))
     )`,
    `create unique index blocklist_version_pending on blocklist_version (format) where state = 'pending'`,
    // What a feed rests on now. `grounds`: by what the last version was made, so that nothing is made twice. `pinned`: the version that a
    // roll-back holds. `kept_why`: why the last version stays although it could not be looked whether it is right.
    `create table blocklist_feed (
       format text collate "C" primary key,
       active boolean not null,
       grounds text collate "C",
       pinned integer,
       kept_why text collate "C",
       kept_since bigint
     )`,
    // That the file of a register is missing or has errors: what the database has of it stays, and nothing is blocked by it anew.
    `create table register_trouble (
       kind text collate "C" primary key,
       why text collate "C" not null,
       since bigint not null
     )`,
    // A token that fetches block lists and nothing else.
    `alter table token drop constraint token_scope_check`,
    `alter table token add constraint token_scope_check check (scope in ('push', 'read', 'feed'))`,
  );
}
