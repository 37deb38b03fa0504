import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprintOf } from '../../../catalog/bundle.js';
import { safeLine } from '../../../core/terminal.js';
import { readBounded, readPrivateFile } from '../config-secrets.js';
import { CliError, explainFileError, explainWriteError } from '../errors.js';

const maxKeyBytes = 65_536;
const pemFiles = { private: 'catalog-private.pem', public: 'catalog-public.pem' } as const;

/** Makes a pair of keys in a folder, which is made where it is missing. What is there is never written over. @throws CliError */
export function makeKeys(folder: string): { privateFile: string; publicFile: string; fingerprint: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const [privateFile, publicFile] = [join(folder, pemFiles.private), join(folder, pemFiles.public)];
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new CliError(explainWriteError(error, folder));
  }
  write(privateFile, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
  try {
    write(publicFile, publicKey.export({ type: 'spki', format: 'pem' }).toString(), 0o644);
  } catch (error) {
    // A private key without its public one is of no use.
    rmSync(privateFile, { force: true });
    throw error;
  }
  return { privateFile, publicFile, fingerprint: fingerprintOf(publicKey) };
}

function write(file: string, text: string, mode: number): void {
  try {
    const opened = openSync(file, 'wx', mode);
    try {
      writeFileSync(opened, text);
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new CliError(
        `${safeLine(file)} is there already: what was signed with it needs it; choose another folder with --out`,
      );
    throw new CliError(explainWriteError(error, file));
  }
}

/** The pair of a private key file that only its owner and group may read. @throws CliError that never quotes the key */
export function readPrivateKey(file: string): { privateKey: KeyObject; publicKey: KeyObject } {
  const text = readFileOf(file, () => readPrivateFile(file, maxKeyBytes));
  let privateKey: KeyObject | undefined;
  try {
    privateKey = createPrivateKey(text);
  } catch {
    // The error of the library could quote it.
  }
  if (privateKey?.asymmetricKeyType !== 'ed25519')
    throw new CliError(
      `${safeLine(file)} holds no Ed25519 private key in PEM without a passphrase: "halflight catalog keygen" makes one`,
    );
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** @throws CliError where the file holds no public key */
export function readPublicKey(file: string): KeyObject {
  const text = readFileOf(file, () => readBounded(file, maxKeyBytes)).toString('latin1');
  if (text.includes('PRIVATE KEY'))
    throw new CliError(
      `${safeLine(file)} holds a private key: name the file with the public key, and keep the private one where bundles are made`,
    );
  let key: KeyObject | undefined;
  try {
    key = createPublicKey(text);
  } catch {
    // Told below.
  }
  if (key?.asymmetricKeyType !== 'ed25519')
    throw new CliError(`${safeLine(file)} holds no Ed25519 public key in PEM: ask who signs the bundles for it`);
  return key;
}

function readFileOf(file: string, read: () => Buffer): Buffer {
  try {
    return read();
  } catch (error) {
    throw error instanceof CliError ? error : new CliError(explainFileError(error, file));
  }
}
