import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sql } from 'kysely';
import { faultPoint } from '../../core/fault.js';
import { verifyAudit } from '../audit.js';
import { messageOf, StoreError } from '../errors.js';
import { migrate, migrateTo, refuseNewer, schemaSteps, stepNames } from '../migrate.js';
import { createMonth } from '../partitions.js';
import type { Db } from '../tables.js';
import { checkFile, lineBatches } from './files.js';
import { type Manifest, manifestName, readManifest } from './manifest.js';
import { exactTexts, type Layout, readLayouts } from './tables.js';

export interface Imported {
  manifest: Manifest;
  rows: number;
  /** The audit chain as it is now. */
  audit: { records: number; badSeq: number | undefined; head: string };
}

/**
 * Reads the manifest of an export and every file against it, and writes nothing.
 * @throws StoreError when something is missing, damaged, or written by a newer program
 */
export async function checkExport(folder: string, progress?: (file: string) => void): Promise<Manifest> {
  const path = join(resolve(folder), manifestName);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new StoreError(
      `${path} cannot be read (${messageOf(error)}): name the folder that "halflight data export" made.`,
    );
  }
  const manifest = readManifest(text, path);
  if (manifest.steps.some((step) => !stepNames().includes(step)))
    throw new StoreError(
      `${path} was written by a newer Halflight (${manifest.halflight}, step ${manifest.steps.at(-1)}): import it with that version or a later one. Nothing was written.`,
    );
  for (const { file, bytes, sha256 } of manifest.tables) {
    progress?.(file);
    await checkFile(join(resolve(folder), file), { bytes, sha256 });
  }
  return manifest;
}

/**
 * Fills an empty database from an export: the tables as they were then, all rows in one transaction, then the later steps of the
 * schema. Killed at any moment it leaves the database empty or whole.
 * @throws StoreError when the export cannot be used or the database is not empty
 */
export async function importDatabase(
  db: Db,
  folder: string,
  progress: (table: string, rows: number) => void = () => {},
): Promise<Imported> {
  const manifest = await checkExport(folder);
  const { applied, known } = await schemaSteps(db);
  refuseNewer(applied, known);
  await refuseRows(db);
  if (applied.length > manifest.steps.length)
    throw new StoreError(
      `The export is of an earlier version, and the database has later tables already (${applied.at(-1)}): import into a database or a data folder that was never used.`,
    );
  await migrateTo(db, manifest.steps.at(-1) ?? '');
  for (const month of manifest.months) await createMonth(db, month);
  const { rows, audit } = await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext('halflight import'))`.execute(trx);
    await exactTexts(trx);
    // Another import may have come first.
    await refuseRows(trx);
    const layouts = await readLayouts(trx);
    let total = 0;
    for (const table of manifest.tables) {
      await faultPoint('import.table');
      const loaded = await loadTable(trx, layouts, table, join(resolve(folder), table.file));
      progress(table.name, loaded);
      total += loaded;
    }
    await setNumbers(trx, layouts, manifest);
    return { rows: total, audit: manifest.audit === null ? nothing : await verifyAudit(trx) };
  });
  await faultPoint('import.committed');
  await migrate(db);
  // Without these the first questions are planned as if all tables were empty.
  await sql`analyze`.execute(db).catch(() => {});
  return { manifest, rows, audit };
}

const nothing = { records: 0, badSeq: undefined, head: '' };

async function loadTable(
  trx: Db,
  layouts: readonly Layout[],
  table: Manifest['tables'][number],
  path: string,
): Promise<number> {
  const layout = layouts.find(({ name }) => name === table.name);
  const names = layout?.columns.map(({ name }) => name) ?? [];
  if (layout === undefined || names.toSorted().join() !== table.columns.toSorted().join())
    throw new StoreError(
      `${path} holds other columns than the table ${table.name} has: it was written by a version that is not known here. Nothing was written.`,
    );
  const into = sql.join(names.map((name) => sql.ref(name)));
  const texts = sql.join(names.map((name) => sql`${sql.ref(name)} text`));
  const values = sql.join(layout.columns.map(({ name, type }) => sql`${sql.ref(`r.${name}`)}::${sql.raw(type)}`));
  let rows = 0;
  for await (const lines of lineBatches(path)) {
    await sql`
      insert into ${sql.table(table.name)} (${into}) overriding system value
      select ${values} from json_to_recordset(${`[${lines.join(',')}]`}::json) as r (${texts})`.execute(trx);
    rows += lines.length;
  }
  if (rows !== table.rows)
    throw new StoreError(`${path} holds ${rows} rows instead of ${table.rows}: copy the export again.`);
  return rows;
}

/** @throws StoreError when one of our tables has a row, or there are tables of others */
async function refuseRows(db: Db): Promise<void> {
  const { rows: tables } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition
      and relname not like 'kysely\\_%'
      and not exists (select from pg_depend d where d.objid = pg_class.oid and d.deptype = 'e')
    order by 1`.execute(db);
  for (const { name } of tables) {
    const { rows } = await sql`select from ${sql.table(name)} limit 1`.execute(db);
    if (rows.length > 0)
      throw new StoreError(
        `The database is not empty (${name} has rows), and an import replaces nothing: name a new data folder, or another database in DATABASE_URL.`,
      );
  }
}

async function setNumbers(trx: Db, layouts: readonly Layout[], { sequences }: Manifest): Promise<void> {
  for (const { name, columns } of layouts) {
    for (const { name: column } of columns.filter(({ identity }) => identity)) {
      const last = sequences.find((sequence) => sequence.table === name && sequence.column === column)?.last ?? 0;
      await sql`
        select setval(pg_get_serial_sequence(quote_ident(${name}), ${column})::regclass, greatest(high, 1), high > 0)
        from (select greatest(${last}::bigint, coalesce(max(${sql.ref(column)}), 0)) as high from ${sql.table(name)}) m`.execute(
        trx,
      );
    }
  }
}
