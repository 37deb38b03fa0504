import { randomBytes, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError, explainFileError } from '../errors.js';

/** The key that encrypts what lies in quarantine: 32 bytes in a file of the data folder, made at the first start. */
export function sealKeyOf(folder: string): Uint8Array {
  const file = join(folder, 'seal.key');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const draft = `${file}.${randomUUID()}.new`;
    writeFileSync(draft, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
    try {
      linkSync(draft, file);
    } catch (error) {
      // There already: the first one stands.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft, { force: true });
    }
    const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex');
    if (key.length === 32) return key;
  } catch (error) {
    throw new CliError(explainFileError(error, file));
  }
  throw new CliError(
    `${file} holds no key of 64 hexadecimal digits: restore it from a backup; what is in quarantine needs it`,
  );
}
