import { basename, join, resolve } from 'node:path';
import { sql } from 'kysely';
import { faultPoint } from '../../core/fault.js';
import { appendAudit, verifyAudit } from '../audit.js';
import { StoreError } from '../errors.js';
import { refuseNewer, schemaSteps } from '../migrate.js';
import { monthPartitions } from '../partitions.js';
import { serverVersion } from '../reads/server.js';
import type { Db } from '../tables.js';
import { writeTexts } from './files.js';
import { fillFolder, writeSynced } from './folder.js';
import { type Manifest, manifestName, writeManifest } from './manifest.js';
import { rowPages } from './pages.js';
import { firstGone, placesOf } from './places.js';
import { exactTexts, type Layout, readLayouts } from './tables.js';

export interface ExportOptions {
  /** Version of the program. */
  version: string;
  now: number;
  /** False: raw input that was read already is left out. What still waits is carried: it would be lost. */
  input: boolean;
  /** Who exports, for the audit log; undefined: nobody is noted. */
  who?: string;
  /** Hears of each table when it is written. */
  progress?: (table: string, rows: number) => void;
}

/**
 * Writes the whole database as files into a new folder, as it was at one moment, while others work on it. Memory holds a page of rows.
 * @throws StoreError when the folder or the database cannot be used
 */
export async function exportDatabase(db: Db, folder: string, options: ExportOptions): Promise<Manifest> {
  return fillFolder(resolve(folder), async (draft) => {
    const { applied, known } = await schemaSteps(db);
    refuseNewer(applied, known);
    if (applied.length === 0) throw new StoreError('There is nothing to export: the database has no tables yet.');
    // Before anything is read: an export that ends in the middle has shown names.
    if (options.who !== undefined && (await readLayouts(db)).some(({ name }) => name === 'audit'))
      await appendAudit(db, {
        at: options.now,
        who: options.who,
        action: 'data.exported',
        subject: basename(folder),
        details: { input: options.input },
      });
    const manifest = await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute((trx) => writeTables(trx, draft, applied, options));
    const after = await schemaSteps(db);
    if (after.applied.join() !== applied.join())
      throw new StoreError('The tables were brought up to date during the export: export again.');
    writeSynced(join(draft, manifestName), writeManifest(manifest));
    return manifest;
  });
}

async function writeTables(trx: Db, draft: string, steps: string[], options: ExportOptions): Promise<Manifest> {
  await exactTexts(trx);
  const layouts = await readLayouts(trx);
  const months = await monthPartitions(trx);
  const places = await placesOf(trx, [...layouts.map(({ name }) => name), ...months]);
  const audit = layouts.some(({ name }) => name === 'audit') ? await verifyAudit(trx) : undefined;
  const manifest: Manifest = {
    format: 1,
    halflight: options.version,
    exported: new Date(options.now).toISOString(),
    server: await serverVersion(trx),
    steps,
    input: options.input,
    tables: [],
    months: months.map((name) => name.slice(-7).replace('_', '-')),
    sequences: await lastNumbers(trx, layouts),
    audit: audit === undefined ? null : { records: audit.records, head: audit.head, badSeq: audit.badSeq ?? null },
  };
  for (const layout of layouts) {
    await faultPoint('export.table');
    const file = `${layout.name}.ndjson.gz`;
    const filter = layout.name === 'chunk_input' && !options.input ? stillWaits : undefined;
    let rows = 0;
    const texts = async function* () {
      for await (const lines of rowPages(trx, layout, filter)) {
        rows += lines.length;
        yield `${lines.join('\n')}\n`;
      }
    };
    const written = await writeTexts(join(draft, file), texts());
    const name = layout.name as Manifest['tables'][number]['name'];
    manifest.tables.push({ name, file, rows, ...written, columns: layout.columns.map((column) => column.name) });
    options.progress?.(name, rows);
  }
  // The view of the transaction holds for rows, and not for whole months that retention drops.
  const gone = await firstGone(trx, places);
  if (gone !== undefined) throw new StoreError(`The table ${gone} was removed during the export: export again.`);
  return manifest;
}

/** Input of chunks that are not read yet, and of wholes whose parts are not. */
const stillWaits = sql`exists (
  select from chunk k where k.state = 'pending' and t.chunk_id in (k.id, k.parent_id))`;

/** The last numbers given out: a number whose row was deleted is not given again, as history may name it. */
async function lastNumbers(trx: Db, layouts: readonly Layout[]): Promise<Manifest['sequences']> {
  const sequences: Manifest['sequences'] = [];
  for (const { name, columns } of layouts) {
    for (const { name: column } of columns.filter(({ identity }) => identity)) {
      const { rows } = await sql<{ last: number | null }>`
        select pg_sequence_last_value(pg_get_serial_sequence(quote_ident(${name}), ${column})::regclass) as last`.execute(
        trx,
      );
      sequences.push({ table: name as Manifest['sequences'][number]['table'], column, last: rows[0]?.last ?? 0 });
    }
  }
  return sequences;
}
