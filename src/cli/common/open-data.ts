import { safeLine } from '../../core/terminal.js';
import { openStore, type Store } from '../../store/db.js';
import { codeOf, explainDatabaseError, StoreError } from '../../store/errors.js';
import { CliError } from './errors.js';

/** The database of a data folder; beside a service that runs on it, where one does. @throws CliError where it cannot be used */
export function openData(folder: string): Promise<Store> {
  const url = process.env.DATABASE_URL;
  return inWords(folder, openStore(url === undefined || url === '' ? { dataDir: folder } : { url }, { join: true }));
}

/** @throws CliError that says what the database reports */
export async function inWords<T>(folder: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof StoreError) throw new CliError(error.message);
    // A full disk, a broken connection: PostgreSQL's errors carry a code, mistakes of ours do not.
    if (codeOf(error) === undefined) throw error;
    throw new CliError(explainDatabaseError(error, `The database in ${safeLine(folder)}`).message);
  }
}
