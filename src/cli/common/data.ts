import { join } from 'node:path';
import { safeLine } from '../../core/terminal.js';
import { openBare } from '../../store/bare.js';
import type { Store } from '../../store/db.js';
import { codeOf, describeUrl, explainDatabaseError, StoreError } from '../../store/errors.js';
import { loadServerFacts } from '../../store/reads/server-facts.js';
import { exportDatabase } from '../../store/transfer/export.js';
import { checkExport, importDatabase } from '../../store/transfer/import.js';
import { openConfig } from './config.js';
import { CliError, exitCodes } from './errors.js';
import { locationOf } from './service/database.js';
import { armFaults } from './service/faults.js';
import { userName } from './user.js';
import { version } from './version.js';

export interface Output {
  /** For people, beside the result. */
  say(line: string): void;
  /** The result. */
  print(line: string): void;
  json: boolean;
}

/** Writes the database into a new folder. @throws CliError where that cannot be done */
export async function exportData(
  folder: string,
  { config: file, input }: { config: string | undefined; input: boolean },
  { say, print, json }: Output,
): Promise<void> {
  const { config } = openConfig({ config: file }, say);
  armFaults(process.env);
  await withStore(config, { join: true }, async ({ db }) => {
    const manifest = await exportDatabase(db, folder, { version, now: Date.now(), input, who: `cli:${userName()}` });
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    const bytes = manifest.tables.reduce((sum, table) => sum + table.bytes, 0);
    if (json)
      print(JSON.stringify({ folder, tables: manifest.tables.length, rows, bytes, audit: manifest.audit }, null, 2));
    else
      print(
        `${rows.toLocaleString('en-US')} rows of ${manifest.tables.length} tables, ${bytes.toLocaleString('en-US')} bytes, are in ${safeLine(folder)}.`,
      );
    if (manifest.audit !== null && manifest.audit.badSeq !== null)
      say(`record ${manifest.audit.badSeq} of the audit log does not fit the chain; it was exported as it is`);
    say(`the folder holds names of people and hashes of tokens: keep it as safe as the database`);
    say(
      `not in it: ${join(config.data, 'seal.key')}, without which nobody reads what is in quarantine, and the spool of what was sent and is not taken over yet. Keep a copy of the key in another place`,
    );
  });
}

/** Fills an empty database. @throws CliError where that cannot be done */
export async function importData(
  folder: string,
  { config: file }: { config: string | undefined },
  { say, print, json }: Output,
): Promise<void> {
  const { config } = openConfig({ config: file }, say);
  armFaults(process.env);
  // Before a database is made for it.
  await explained(() => checkExport(folder), 'The export');
  await withStore(config, { create: true }, async ({ db }) => {
    const facts = await loadServerFacts(db);
    if (facts.major < 14 || facts.encoding !== 'UTF8')
      throw new CliError(
        `the database runs PostgreSQL ${facts.version} with ${facts.encoding}, and Halflight needs 14 or later with UTF8: "halflight doctor" says what to do`,
      );
    const { rows, manifest, audit } = await importDatabase(db, folder);
    if (json)
      print(
        JSON.stringify(
          { tables: manifest.tables.length, rows, audit: { ...audit, badSeq: audit.badSeq ?? null } },
          null,
          2,
        ),
      );
    else
      print(
        `${rows.toLocaleString('en-US')} rows of ${manifest.tables.length} tables were taken over, as they were on ${manifest.exported}. ${audit.badSeq === undefined ? `All ${audit.records} records of the audit log fit its chain.` : `Record ${audit.badSeq} of the audit log does not fit its chain.`}`,
      );
    if (audit.badSeq !== undefined) process.exitCode = exitCodes.checkFailed;
    say(
      `copy seal.key of the old data folder to ${join(config.data, 'seal.key')} before the first start: it is in no export`,
    );
  });
}

async function withStore(
  config: Parameters<typeof locationOf>[0],
  options: { join?: boolean; create?: boolean },
  work: (store: Store) => Promise<void>,
): Promise<void> {
  const location = locationOf(config);
  const where = 'url' in location ? describeUrl(location.url) : `The database in ${location.dataDir}`;
  await explained(async () => {
    const store = await openBare(location, options);
    try {
      await work(store);
    } finally {
      await store.close();
    }
  }, where);
}

/** What the store says is for people; what the server says is put into words. */
async function explained<T>(work: () => Promise<T>, where: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (error instanceof StoreError) throw new CliError(error.message);
    if (codeOf(error) === undefined) throw error;
    throw new CliError(explainDatabaseError(error, where).message);
  }
}
