import { createPublicKey, type X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { keyNamePattern, type NoteKey, rawPublicKey, readVerifierKey } from '../../core/signed-note.js';
import { safeLine } from '../../core/terminal.js';
import type { Manifest } from '../../evidence/manifest.js';
import { readCertificate } from '../../evidence/timestamp/trust.js';
import { checkBundle } from '../../evidence/verify/check.js';
import { BundleError, type BundleProblem } from '../../evidence/verify/problem.js';
import { type ByteSource, ofFile } from '../../evidence/verify/source.js';
import type { CheckedStamp } from '../../evidence/verify/stamp.js';
import { type Traced, traceId } from '../../evidence/verify/trace.js';
import { CliError, exitCodes, explainFileError } from './errors.js';
import { traceText } from './trace-text.js';

export interface VerifyArguments {
  key: string;
  keyName?: string;
  /** A finding or a record to follow to its place in the input. */
  trace?: string;
  /** File with the original log. */
  raw?: string;
  /** PEM file with the certificate of the time-stamping authority. */
  tsaCert?: string;
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
  /** Null: there is none, or none that could be read. */
  timestamp: CheckedStamp | null;
  /** Null: nothing was asked for, or the bundle is not good. */
  trace: Traced | null;
}

/** Whether all that was asked for came out well: the bundle, and the original log where one was named. */
export const isVerified = ({ ok, trace }: Verified): boolean =>
  ok &&
  (trace?.kind !== 'record' || trace.original === null || (trace.original.same && trace.original.record !== null));

/** Checks a bundle, and follows an id in it. @throws CliError where key or file cannot be read, or the bundle has no such id */
export async function verifyBundle(bundle: string, options: VerifyArguments): Promise<Verified> {
  if (options.raw !== undefined && options.trace === undefined)
    throw new CliError('--raw goes with --trace: it is the log that a record is looked for in', exitCodes.usage);
  const key = keyOf(options);
  const authority = options.tsaCert === undefined ? undefined : authorityOf(options.tsaCert);
  const source = opened(bundle);
  try {
    const { ok, problems, manifest, records, timestamp } = await checkBundle(source, key, authority);
    return {
      ok,
      bundle,
      problems,
      signer: manifest?.signer ?? null,
      scope: manifest?.scope ?? null,
      records,
      files: (manifest?.files ?? []).map(({ name, records: count, bytes }) => ({ name, records: count, bytes })),
      timestamp,
      trace: ok && manifest !== undefined ? await traced(source, manifest, options) : null,
    };
  } finally {
    source.close();
  }
}

async function traced(source: ByteSource, manifest: Manifest, { trace, raw }: VerifyArguments): Promise<Traced | null> {
  if (trace === undefined) return null;
  let found: Traced | undefined;
  try {
    found = await traceId(source, manifest, trace, raw);
  } catch (error) {
    if (error instanceof BundleError) throw new CliError(`the bundle was changed while it was read: ${error.message}`);
    if (raw !== undefined && (error as NodeJS.ErrnoException).code?.startsWith('Z_') === true)
      throw new CliError(`${safeLine(raw)} cannot be unpacked: it is damaged, or cut`);
    if (raw !== undefined && (error as NodeJS.ErrnoException).syscall !== undefined)
      throw new CliError(explainFileError(error, raw));
    throw error;
  }
  if (found === undefined)
    throw new CliError(
      `there is no finding and no record ${safeLine(trace)} in this bundle: findings.ndjson and evidence.ndjson name them`,
      exitCodes.usage,
    );
  return found;
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

function authorityOf(path: string): X509Certificate {
  const certificate = readCertificate(readText(path));
  if (certificate === undefined)
    throw new CliError(`--tsa-cert ${safeLine(path)} is no certificate: give one as PEM`, exitCodes.usage);
  return certificate;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CliError(explainFileError(error, path));
  }
}

const stampText = ({ at, by, trusted }: CheckedStamp): string =>
  trusted ? `signed before ${at}, as ${by} says` : `there is a time stamp of ${at}, not checked: give --tsa-cert`;

/** The result for people. */
export function verifyText({
  ok,
  bundle,
  problems,
  signer,
  scope,
  records,
  files,
  timestamp,
  trace,
}: Verified): string {
  if (trace !== null) return traceText(trace);
  if (ok)
    return [
      `${safeLine(bundle)} is good: everything is as ${safeLine(signer ?? '')} signed it.`,
      '',
      `  Period   from ${scope?.from}, until before ${scope?.until} (${safeLine(scope?.timezone ?? '')})`,
      `  Checked  ${records.toLocaleString('en-US')} records in ${files.length} files; every number adds up from its parts`,
      ...(timestamp === null ? [] : [`  Time     ${stampText(timestamp)}`]),
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
