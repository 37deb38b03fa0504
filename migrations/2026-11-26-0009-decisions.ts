import { type Kysely, sql } from 'kysely';

// Frozen: a released step is never edited, the next change is the next file. It imports no application code, so that it
// means the same for ever. Runs on PostgreSQL 14 and later. Times are milliseconds since 1970.

/** Every version of the inventory that counted, and what people decided over it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Each content once, however often it comes back.
  await sql`
    create table inventory_version (
      hash text collate "C" primary key,
      entries integer not null,
      body jsonb not null
    )`.execute(db);
  // When each began to count; the newest is the base of today.
  await sql`
    create table inventory_load (
      id bigint generated always as identity primary key,
      hash text collate "C" not null references inventory_version,
      origin text collate "C" not null check (origin in ('file', 'import')),
      name text collate "C" not null,
      who text collate "C" not null,
      why text collate "C" not null,
      loaded_at bigint not null
    )`.execute(db);
  await sql`
    create table decision (
      id bigint generated always as identity primary key,
      subject text collate "C" not null,
      entry text collate "C" not null,
      action text collate "C" not null check (action in ('approve', 'deny', 'except', 'retire', 'review')),
      until date,
      conditions jsonb not null,
      why text collate "C" not null,
      who text collate "C" not null,
      recorded_by text collate "C" not null,
      at bigint not null,
      -- Of the entry in the base when it was decided; null: there was none.
      base_hash text collate "C",
      body jsonb not null,
      seconded_by text collate "C",
      seconded_at bigint,
      check ((seconded_by is null) = (seconded_at is null))
    )`.execute(db);
  await sql`create index decision_entry on decision (entry, id)`.execute(db);

  // A decision is not changed or taken out: the next one replaces it. A second person stands behind it once.
  await sql`
    create function decision_is_append_only() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' and old.seconded_by is null and new.seconded_by is not null
        and to_jsonb(old) - 'seconded_by' - 'seconded_at' = to_jsonb(new) - 'seconded_by' - 'seconded_at' then
        return new;
      end if;
      raise exception 'decisions are append-only';
    end $$`.execute(db);
  await sql`
    create trigger decision_no_change before update or delete on decision
      for each row execute function decision_is_append_only()`.execute(db);
  await sql`
    create function inventory_is_append_only() returns trigger language plpgsql as $$
    begin raise exception 'versions of the inventory are append-only'; end $$`.execute(db);
  await sql`
    create trigger inventory_load_no_change before update or delete on inventory_load
      for each row execute function inventory_is_append_only()`.execute(db);
  await sql`
    create trigger inventory_version_no_change before update or delete on inventory_version
      for each row execute function inventory_is_append_only()`.execute(db);

  // What counts at this moment is the first version that is known.
  await sql`
    insert into inventory_version (hash, entries, body)
    select hash, jsonb_array_length(body), body from register where kind = 'inventory'`.execute(db);
  await sql`
    insert into inventory_load (hash, origin, name, who, why, loaded_at)
    select hash, 'file', '', 'service', '', loaded_at from register where kind = 'inventory'`.execute(db);
}
