import { createPrivateKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../../config/schema.js';
import { type Signer, signerOf } from '../../../core/signed-note.js';
import { CliError, explainWriteError } from '../errors.js';
import { readPrivateKey } from '../release/keys.js';

/** The key that encrypts what lies in quarantine: 32 bytes in a file of the data folder, made at the first start. */
export function sealKeyOf(folder: string): Uint8Array {
  const file = join(folder, 'seal.key');
  const key = Buffer.from(keptIn(folder, file, () => randomBytes(32).toString('hex')).trim(), 'hex');
  if (key.length === 32) return key;
  throw new CliError(
    `${file} holds no key of 64 hexadecimal digits: restore it from a backup; what is in quarantine needs it`,
  );
}

/**
 * The key that signs checkpoints of the audit log, evidence bundles and block-list feeds: that of the configuration, else one of the data
 * folder, made at the first start. Its name is that of the configuration, else the host under which people reach the service.
 * @throws CliError that never quotes the key
 */
export function signerFor({ data, signing, server }: Config): Signer {
  const host = server.public_url === undefined ? 'halflight' : new URL(server.public_url).host;
  const name = signing.name ?? `${host}/log`;
  if (signing.key !== undefined) return signerOf(name, readPrivateKey(signing.key).privateKey);
  const file = join(data, 'signing.key');
  const pem = keptIn(data, file, () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  try {
    return signerOf(name, createPrivateKey(pem));
  } catch {
    // The error of the library could quote it.
    throw new CliError(
      `${file} holds no Ed25519 private key in PEM: restore it from a backup; with another key nobody can check what comes after by what they know`,
    );
  }
}

/** What a file of the folder holds for its owner alone; made when it is missing, and then never written again. */
function keptIn(folder: string, file: string, make: () => string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const draft = `${file}.${randomUUID()}.new`;
    writeFileSync(draft, make(), { mode: 0o600, flag: 'wx' });
    try {
      linkSync(draft, file);
    } catch (error) {
      // There already: the first one stands.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft, { force: true });
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(explainWriteError(error, file));
  }
}
