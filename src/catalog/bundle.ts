import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { compileCatalog } from './compile.js';
import { type LoadedFolders, readSignatureFiles } from './load.js';
import { lowConfidenceFile } from './low-confidence.js';

// A release of the catalog in one signed file. Four parts, each of the first three a line that ends in LF:
//   1. `halflight-catalog 1`: what it is, and the version of this layout
//   2. the manifest, JSON on one line: version, days, hashes, and name, length and SHA-256 of every file
//   3. the Ed25519 signature over parts 1 and 2 with their ends of line, Base64
//   4. the bytes of the files, one behind the other in the order of the manifest, and nothing more
// No compression and no folders: there is nothing to unpack that could be larger than it looks, or leave its place. The signature is
// checked before anything of the manifest is read, and the key never comes from the bundle.

const head = 'halflight-catalog 1\n';
/** Largest bundle that is read, in bytes. */
export const maxBundleBytes = 64 * 2 ** 20;
const maxManifestBytes = 4 * 2 ** 20;
const maxFileBytes = 8 * 2 ** 20;
const maxFiles = 20_000;
const signatureLength = 88;

/** That it cannot be used: what is wrong and what to do, in a sentence. */
export class BundleError extends Error {}

const day = z.string().refine((text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)), 'a day');
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** A name that is only a name, of a signature file or of the low-confidence list: no folder, no `..`, nothing hidden. */
export const bundleFileName = /^(?:[a-z0-9](?:[a-z0-9_-]|\.(?!\.)){0,95}\.ya?ml|low-confidence\.tsv)$/;

const manifestSchema = z.strictObject({
  /** Grows with each release. */
  version: z.int().min(1).max(999_999_999_999),
  /** First and last day of its validity, in UTC. */
  created: day,
  expires: day,
  /** Content hash of the compiled catalog. */
  hash: sha256,
  services: z.int().min(1),
  /** Fingerprint of the public key, to say which one is needed; trusted for nothing. */
  key: sha256,
  files: z
    .array(z.strictObject({ name: z.string().regex(bundleFileName), bytes: z.int().min(0).max(maxFileBytes), sha256 }))
    .min(1)
    .max(maxFiles),
});
export type BundleManifest = z.output<typeof manifestSchema>;

export interface BundleFile {
  name: string;
  bytes: Uint8Array;
}

export interface Bundle {
  manifest: BundleManifest;
  files: BundleFile[];
  /** A key was given, and the signature is its. */
  verified: boolean;
}

/** SHA-256 of a public key in its DER form. */
export const fingerprintOf = (publicKey: KeyObject): string =>
  hashOf(publicKey.export({ type: 'spki', format: 'der' }));

/**
 * Makes a bundle; the same input gives the same bytes.
 * @throws BundleError where a file does not fit into one
 */
export function writeBundle(
  files: readonly BundleFile[],
  about: Pick<BundleManifest, 'version' | 'created' | 'expires' | 'hash' | 'services'>,
  { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject },
): Buffer {
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const manifest = manifestSchema.safeParse({
    version: about.version,
    created: about.created,
    expires: about.expires,
    hash: about.hash,
    services: about.services,
    key: fingerprintOf(publicKey),
    files: sorted.map(({ name, bytes }) => ({ name, bytes: bytes.length, sha256: hashOf(bytes) })),
  });
  if (!manifest.success) throw new BundleError(`it cannot be bundled: ${firstIssue(manifest.error)}`);
  const signed = Buffer.from(`${head}${JSON.stringify(manifest.data)}\n`);
  const signature = sign(null, signed, privateKey).toString('base64');
  return Buffer.concat([signed, Buffer.from(`${signature}\n`), ...sorted.map(({ bytes }) => bytes)]);
}

/**
 * Reads a bundle. Without a key its signature is not checked, which is good for looking at it only.
 * @throws BundleError where anything of it does not hold
 */
export function readBundle(bytes: Uint8Array, publicKey: KeyObject | undefined): Bundle {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length > maxBundleBytes) throw new BundleError(`it is larger than ${maxBundleBytes} bytes`);
  if (!buffer.subarray(0, head.length).equals(Buffer.from(head))) {
    const isNewer = buffer.subarray(0, 18).toString('latin1') === head.slice(0, 18);
    throw new BundleError(
      isNewer
        ? 'it has a layout that this version of Halflight does not know: update Halflight first'
        : 'it is no catalog bundle: "halflight catalog bundle" makes one',
    );
  }
  const manifestEnd = buffer.subarray(0, head.length + maxManifestBytes).indexOf('\n', head.length) + 1;
  const filesBegin = manifestEnd + signatureLength + 1;
  if (manifestEnd === 0 || buffer[filesBegin - 1] !== 10) throw new BundleError('it is damaged: fetch it again');
  const signed = buffer.subarray(0, manifestEnd);
  const signature = buffer.subarray(manifestEnd, filesBegin - 1).toString('latin1');
  const raw = Buffer.from(signature, 'base64');
  // One signature has one spelling.
  const holds = publicKey !== undefined && raw.toString('base64') === signature && verify(null, signed, publicKey, raw);
  if (publicKey !== undefined && !holds) throw new BundleError(badSignature(signed, publicKey));
  const manifest = parseManifest(signed);
  return { manifest, files: filesOf(manifest, buffer.subarray(filesBegin)), verified: holds };
}

function parseManifest(signed: Buffer): BundleManifest {
  let value: unknown;
  try {
    value = JSON.parse(signed.subarray(head.length).toString('utf8'));
  } catch {
    throw new BundleError('it is damaged, its manifest is no JSON: fetch it again');
  }
  const manifest = manifestSchema.safeParse(value);
  if (!manifest.success) throw new BundleError(`its manifest cannot be used: ${firstIssue(manifest.error)}`);
  return manifest.data;
}

function filesOf({ files }: BundleManifest, body: Buffer): BundleFile[] {
  let at = 0;
  let before = '';
  const read = files.map(({ name, bytes: length, sha256: hash }) => {
    if (name <= before) throw new BundleError(`its manifest cannot be used: ${name} is out of order`);
    before = name;
    const bytes = body.subarray(at, at + length);
    at += length;
    if (bytes.length !== length || hashOf(bytes) !== hash)
      throw new BundleError(`it is damaged, ${name} is not what the manifest says: fetch it again`);
    return { name, bytes };
  });
  if (at !== body.length) throw new BundleError('it is damaged, something follows the last file: fetch it again');
  return read;
}

/**
 * The catalog of a bundle, checked by the schema. Where there are no problems its content hash holds.
 * @throws BundleError
 */
export function loadBundle({ manifest, files }: Bundle, name: string): LoadedFolders {
  const texts = files.map(({ name: file, bytes }) => ({ file, text: Buffer.from(bytes).toString('utf8') }));
  const loaded = readSignatureFiles(
    texts.flatMap(({ file, text }) => (file === lowConfidenceFile ? [] : [{ file: `${name}/${file}`, text }])),
  );
  const lowConfidence = texts.find(({ file }) => file === lowConfidenceFile)?.text ?? '';
  if (loaded.problems.length === 0 && compileCatalog(loaded.services, lowConfidence).hash !== manifest.hash)
    throw new BundleError('its content hash is not that of its services: it was made wrongly, ask who made it');
  return { ...loaded, lowConfidence };
}

function badSignature(signed: Buffer, publicKey: KeyObject): string {
  const given = fingerprintOf(publicKey);
  let named: string | undefined;
  try {
    named = parseManifest(signed).key;
  } catch {
    // A manifest that nobody can read names no key.
  }
  return named === undefined || named === given
    ? 'its signature does not hold: it was changed after it was signed, do not use it'
    : `it says that it was signed with the key ${named.slice(0, 16)}, and yours is ${given.slice(0, 16)}: ask who made it for the public key, by another way than the bundle came`;
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'unknown' : `${issue.path.join('.')}: ${issue.message}`;
}
