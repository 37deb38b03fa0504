import { basename } from 'node:path';
import { BundleError, type BundleManifest, fingerprintOf, writeBundle } from '../../../catalog/bundle.js';
import { compileCatalog } from '../../../catalog/compile.js';
import { readLowConfidence, readSignatureFiles, signatureFiles } from '../../../catalog/load.js';
import { lowConfidenceFile } from '../../../catalog/low-confidence.js';
import { safeLine } from '../../../core/terminal.js';
import { writeDurably } from '../../../store/durable.js';
import { CliError, explainFileError, explainWriteError } from '../errors.js';
import { refuseUnsound } from './check.js';
import { readPrivateKey } from './keys.js';

export interface MakeRequest {
  /** Folder of the signatures. */
  from: string;
  /** File of the private key. */
  key: string;
  out: string;
  version: number;
  created: string;
  expires: string;
}

export interface Made extends Pick<BundleManifest, 'version' | 'created' | 'expires' | 'hash' | 'services'> {
  file: string;
  bytes: number;
  files: number;
  key: string;
}

/** Makes a signed bundle of a folder of signatures that passes every check. @throws CliError */
export async function makeBundle({ from, key, out, ...about }: MakeRequest): Promise<Made> {
  const keys = readPrivateKey(key);
  let list: ReturnType<typeof signatureFiles>;
  let lowConfidence: string;
  try {
    list = signatureFiles(from);
    lowConfidence = readLowConfidence([from]);
  } catch (error) {
    throw new CliError(explainFileError(error, from));
  }
  if (list.length === 0)
    throw new CliError(`${safeLine(from)} holds no signature files: name the folder that does with --from`);
  const loaded = readSignatureFiles(list);
  await refuseUnsound(safeLine(from), loaded);
  const described = {
    ...about,
    hash: compileCatalog(loaded.services, lowConfidence).hash,
    services: loaded.services.length,
  };
  const files = list.map(({ file, text }) => ({ name: basename(file), bytes: Buffer.from(text) }));
  if (lowConfidence !== '') files.push({ name: lowConfidenceFile, bytes: Buffer.from(lowConfidence) });
  let bytes: Buffer;
  try {
    bytes = writeBundle(files, described, keys);
  } catch (error) {
    throw error instanceof BundleError ? new CliError(error.message) : error;
  }
  try {
    writeDurably(out, bytes);
  } catch (error) {
    throw new CliError(explainWriteError(error, out));
  }
  return { file: out, bytes: bytes.length, files: files.length, ...described, key: fingerprintOf(keys.publicKey) };
}
