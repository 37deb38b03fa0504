import { createHash, hash } from 'node:crypto';

// What a bundle is, for who writes and who checks it. docs/evidence-format.md says it for others; verifier/ has it again, on purpose.

export const bundleFormat = 'halflight-evidence';
/** Grows when older verifiers could no longer read what newer programs write. */
export const bundleVersion = 1;

/** Files that are behind the listed ones, stored as they are. */
export const manifestName = 'manifest.json';
export const noteName = 'manifest.note';

/** The files that the manifest lists, in their order. */
export const bundleFiles = [
  'README.txt',
  'summary.json',
  'findings.ndjson',
  'evidence.ndjson',
  'usage.csv',
  'numbers.ndjson',
  'chunks.ndjson',
  'inventory.json',
  'decisions.ndjson',
  'coverage.ndjson',
  'audit.ndjson',
  'audit-checkpoint.txt',
] as const;
export type BundleFile = (typeof bundleFiles)[number];

export const maxManifestBytes = 1 << 20;
export const maxNoteBytes = 1 << 14;
/** A time stamp of the signed note (RFC 3161), behind it where there is one: the signature cannot cover what is made of it. */
export const stampName = 'timestamp.tsr';
export const maxStampBytes = 1 << 16;
/** Longest line of a file of lines. */
export const maxLineBytes = 1 << 24;
/** Largest file that is one text. */
export const maxTextBytes = 1 << 28;

/** The text that is signed: it names the manifest, and the manifest names everything else. */
export const noteText = (manifest: Uint8Array | string): string =>
  `halflight evidence bundle ${bundleVersion}\nmanifest sha256 ${createHash('sha256').update(manifest).digest('hex')}\n`;

/** The name of a kept record: by the chunk, the line and the service, so that it is the same in every bundle. */
export const hitId = (chunk: string, line: number, service: string): string =>
  hash('sha256', `${chunk}\n${line}\n${service}`, 'hex').slice(0, 16);

/** Columns of usage.csv; `row` is the row of numbers.ndjson that says where the numbers come from. */
export const usageColumns = [
  'row',
  'day',
  'service',
  'vendor',
  'actor',
  'actor_kind',
  'group',
  'source',
  'account_kind',
  'strength',
  'events',
  'attempts',
  'bytes_out',
  'bytes_in',
  'first',
  'last',
] as const;

/** What is added up. */
export const countNames = ['events', 'attempts', 'bytes_out', 'bytes_in'] as const;
export type CountName = (typeof countNames)[number];
