import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { keyNamePattern, type NoteKey, rawPublicKey, readVerifierKey } from '../../core/signed-note.js';
import { safeLine } from '../../core/terminal.js';
import type { Manifest } from '../../evidence/manifest.js';
import { checkBundle } from '../../evidence/verify/check.js';
import type { BundleProblem } from '../../evidence/verify/problem.js';
import { ofFile } from '../../evidence/verify/source.js';
import { CliError, exitCodes, explainFileError } from './errors.js';

export interface VerifyArguments {
  key: string;
  keyName?: string;
}

export interface Verified {
  ok: boolean;
  bundle: string;
  problems: BundleProblem[];
  /** Null: nobody that is known signed it. */
  signer: string | null;
  scope: Manifest['scope'] | null;
  records: number;
  files: { name: string; records: number | null; bytes: number }[];
}

/** Checks a bundle. @throws CliError where key or file cannot be read */
export async function verifyBundle(bundle: string, options: VerifyArguments): Promise<Verified> {
  const key = keyOf(options);
  const source = opened(bundle);
  try {
    const { ok, problems, manifest, records } = await checkBundle(source, key);
    return {
      ok,
      bundle,
      problems,
      signer: manifest?.signer ?? null,
      scope: manifest?.scope ?? null,
      records,
      files: (manifest?.files ?? []).map(({ name, records: count, bytes }) => ({ name, records: count, bytes })),
    };
  } finally {
    source.close();
  }
}

function opened(path: string): ReturnType<typeof ofFile> {
  try {
    return ofFile(path);
  } catch (error) {
    throw new CliError(explainFileError(error, path));
  }
}

/** @throws CliError for what is no public key */
export function keyOf({ key, keyName }: VerifyArguments): NoteKey {
  const text = key.includes('+') ? key : readText(key);
  const known = readVerifierKey(text);
  if (known !== undefined) return known;
  if (text.includes('-----BEGIN PUBLIC KEY-----')) {
    if (keyName === undefined || !keyNamePattern.test(keyName))
      throw new CliError('--key is a PEM, which has no name: give that of the key with --key-name', exitCodes.usage);
    try {
      const publicKey = createPublicKey(text);
      rawPublicKey(publicKey);
      return { name: keyName, publicKey };
    } catch {
      // Said below.
    }
  }
  throw new CliError(
    '--key is no public key: give NAME+ID+BASE64 as "halflight evidence" prints it, or a PEM of an Ed25519 key with --key-name',
    exitCodes.usage,
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CliError(explainFileError(error, path));
  }
}

/** The result for people. */
export function verifyText({ ok, bundle, problems, signer, scope, records, files }: Verified): string {
  if (ok)
    return [
      `${safeLine(bundle)} is good: everything is as ${safeLine(signer ?? '')} signed it.`,
      '',
      `  Period   from ${scope?.from}, until before ${scope?.until} (${safeLine(scope?.timezone ?? '')})`,
      `  Checked  ${records.toLocaleString('en-US')} records in ${files.length} files; every number adds up from its parts`,
      '',
      'README.txt in the bundle says what this does not prove.',
      '',
    ].join('\n');
  return [
    `${safeLine(bundle)} is NOT good: ${problems.length === 1 ? '1 problem' : `${problems.length} problems`}.`,
    '',
    ...problems.map(({ code, message }) => `  ${code}: ${safeLine(message)}`),
    '',
  ].join('\n');
}
