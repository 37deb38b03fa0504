import { type Kysely, sql } from 'kysely';

// Frozen: a released step is never edited, the next change is the next file. It imports no application code, so that it
// means the same for ever. Runs on PostgreSQL 14 and later. Times are milliseconds since 1970.

/** Who had which address when, and what history needs to be resolved again when a mapping comes later. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const run = async (...statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  };
  await run(
    // `changed` grows with every change, so that what is new since is found; savers are alone (an advisory lock).
    `create table address_lease (
       id bigint generated always as identity primary key,
       address text collate "C" not null,
       from_at bigint not null,
       seen_at bigint not null,
       to_at bigint not null,
       ended boolean not null,
       user_name text collate "C" not null,
       device text collate "C" not null,
       mac text collate "C" not null,
       changed bigint not null
     )`,
    `create index address_lease_address on address_lease (address, to_at)`,
    `create index address_lease_changed on address_lease (changed)`,
    `create index address_lease_to on address_lease (to_at)`,
    // How far history was resolved by which people and leases; one row. Null: never, or never to its end.
    `create table actor_resolution (
       only_row boolean primary key default true check (only_row),
       people text collate "C",
       leases bigint not null default 0,
       pass jsonb,
       finished_at bigint
     )`,
    // The people file as it is, and where the people of the register come from.
    `alter table register drop constraint register_kind_check`,
    `alter table register add constraint register_kind_check
       check (kind in ('inventory', 'people', 'people-file', 'people-summary', 'catalog'))`,
    // Actors that may still turn out to be somebody: few beside people where the directory is good.
    `create index usage_unresolved on usage (actor_kind, actor)
       where actor_kind in ('user', 'device', 'address', 'workload')`,
    `create index chunk_usage_unresolved on chunk_usage (actor_kind, actor)
       where actor_kind in ('user', 'device', 'address', 'workload')`,
    `create index evidence_unresolved on evidence (actor_kind, md5(actor))
       where actor_kind in ('user', 'device', 'address', 'workload')`,
  );
}
