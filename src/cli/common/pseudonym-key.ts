import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError, exitCodes, explainFileError } from './errors.js';

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

/** The key that the environment gives, if it does. @throws CliError where it is too short */
export function givenPseudonymKey(): string | undefined {
  const given = process.env.HALFLIGHT_PSEUDONYM_KEY;
  if (given === undefined || given === '') return undefined;
  if (given.length >= 16) return given;
  throw new CliError('HALFLIGHT_PSEUDONYM_KEY is shorter than 16 characters; use a long random text', exitCodes.usage);
}
