import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError, explainFileError } from './errors.js';

/** The key of the pseudonyms of a data folder: made at its first use, for its owner alone. */
export function pseudonymKeyOf(folder: string): string {
  const file = join(folder, 'pseudonym.key');
  try {
    if (!existsSync(file)) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(explainFileError(error, file));
  }
}
