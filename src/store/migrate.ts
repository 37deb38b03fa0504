import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Migration, Migrator, sql } from 'kysely';
import { messageOf, StoreError } from './errors.js';
import type { Db } from './tables.js';

// The same depth in the source (src/store -> migrations/*.ts) and in the build (dist/src/store -> dist/migrations/*.js).
const folder = join(import.meta.dirname, '../../migrations');
const fileName = /^(\d{4}-\d\d-\d\d-\d{4}-[a-z0-9-]+)\.(?:ts|js)$/;

/**
 * Brings the tables up to date: all steps in one transaction under an advisory lock, so that several processes may start
 * at once and one that is killed leaves nothing half done.
 * @throws StoreError when the database is newer than this program, or a step fails
 */
export async function migrate(db: Db): Promise<void> {
  const known = stepNames();
  refuseNewer(await appliedSteps(db), known);
  const migrator = new Migrator({ db, provider: { getMigrations: () => loadSteps(known) } });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  // Another, newer process may have come first while this one waited for the lock.
  refuseNewer(await appliedSteps(db), known);
  const step = results?.find((result) => result.status === 'Error')?.migrationName ?? 'the first step';
  throw new StoreError(
    `The tables could not be brought up to date (${step}: ${messageOf(error)}): nothing was changed; check that the database user owns the database, then try again.`,
    { cause: error },
  );
}

/** @throws StoreError when the tables are not those of this program */
export async function checkSchema(db: Db): Promise<void> {
  const known = stepNames();
  const applied = await appliedSteps(db);
  refuseNewer(applied, known);
  const missing = known.filter((name) => !applied.includes(name));
  if (missing.length > 0) {
    throw new StoreError(
      `The tables of the database lack ${missing.length} of ${known.length} steps (next: ${missing[0]}): run "halflight migrate" first.`,
    );
  }
}

/** The steps that a database has, and those that this program knows, oldest first. */
export async function schemaSteps(db: Db): Promise<{ applied: string[]; known: string[] }> {
  return { applied: await appliedSteps(db), known: stepNames() };
}

/**
 * Brings the tables of an older or empty database to a step and no further: for what was written at that step.
 * @throws StoreError when a step fails
 */
export async function migrateTo(db: Db, step: string): Promise<void> {
  const known = stepNames();
  const migrator = new Migrator({ db, provider: { getMigrations: () => loadSteps(known) } });
  const { error } = await migrator.migrateTo(step);
  if (error === undefined) return;
  throw new StoreError(
    `The tables could not be made (${step}: ${messageOf(error)}): check that the database user owns the database, then try again.`,
    { cause: error },
  );
}

/** @throws StoreError when a database has steps that this program does not know */
export function refuseNewer(applied: readonly string[], known: readonly string[]): void {
  const unknown = applied.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new StoreError(
      `The database was set up by a newer Halflight (it has the step ${unknown}, which this version does not know): install that version or a later one, or use another database.`,
    );
  }
}

async function appliedSteps(db: Db): Promise<string[]> {
  const { rows: tables } = await sql<{ found: boolean }>`
    select to_regclass('kysely_migration') is not null as found`.execute(db);
  if (tables[0]?.found !== true) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map((row) => row.name);
}

/** The steps that this program knows, oldest first. */
export function stepNames(): string[] {
  if (!existsSync(folder)) {
    throw new StoreError(`${folder} is missing: install Halflight again, or run "npm run build".`);
  }
  return readdirSync(folder)
    .flatMap((file) => fileName.exec(file)?.[1] ?? [])
    .sort();
}

async function loadSteps(names: readonly string[]): Promise<Record<string, Migration>> {
  const files = readdirSync(folder);
  const steps: Record<string, Migration> = {};
  for (const name of names) {
    const file = files.find((candidate) => fileName.exec(candidate)?.[1] === name) ?? name;
    steps[name] = (await import(pathToFileURL(join(folder, file)).href)) as Migration;
  }
  return steps;
}
