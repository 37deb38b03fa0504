import { createHash } from 'node:crypto';
import { z } from 'zod';
import { StoreError } from '../errors.js';
import { carriedTables } from './tables.js';

/** Grows when older programs could no longer read what newer ones write. */
const formatVersion = 1;
export const manifestName = 'manifest.json';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0);
const contents = z.strictObject({
  format: z.literal(formatVersion),
  /** Version of the program that wrote it. */
  halflight: z.string().max(100),
  /** RFC 3339. */
  exported: z.string().max(40),
  /** PostgreSQL that it was read from. */
  server: z.string().max(100),
  /** Steps of the schema that it was written at, oldest first. */
  steps: z.array(z.string().regex(/^[a-z0-9-]{1,200}$/)).min(1),
  /** False: of raw input only what still waits to be read is in it. */
  input: z.boolean(),
  tables: z.array(
    z.strictObject({
      name: z.enum(carriedTables),
      file: z.string().regex(/^[a-z_]{1,60}\.ndjson\.gz$/),
      rows: count,
      bytes: count,
      sha256: hash,
      columns: z.array(z.string().regex(/^[a-z0-9_]{1,63}$/)).min(1),
    }),
  ),
  /** Months `YYYY-MM` of use that have a partition. */
  months: z.array(z.string().regex(/^\d{4}-\d\d$/)).max(10_000),
  /** Last numbers that were given out. */
  sequences: z.array(z.strictObject({ table: z.enum(carriedTables), column: z.string().max(63), last: count })),
  /** The audit chain as it was found. */
  audit: z.strictObject({ records: count, head: hash, badSeq: count.nullable() }).nullable(),
});

export type Manifest = z.output<typeof contents>;

const hashOf = (manifest: unknown): string => createHash('sha256').update(JSON.stringify(manifest)).digest('hex');

/** The text of `manifest.json`: the manifest and a hash of it, so that a changed one shows. */
export const writeManifest = (manifest: Manifest): string =>
  `${JSON.stringify({ ...manifest, sha256: hashOf(manifest) }, null, 2)}\n`;

/** @throws StoreError when it is none, damaged, or of a newer program */
export function readManifest(text: string, path: string): Manifest {
  let read: Record<string, unknown>;
  try {
    read = JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw damaged(path);
  }
  const { sha256, ...manifest } = read ?? {};
  if (typeof manifest.format === 'number' && manifest.format > formatVersion)
    throw new StoreError(
      `${path} was written by a newer Halflight (format ${manifest.format}): import it with that version or a later one.`,
    );
  if (sha256 !== hashOf(manifest)) throw damaged(path);
  const parsed = contents.safeParse(manifest);
  if (!parsed.success)
    throw new StoreError(
      `${path} is no manifest of "halflight data export" (${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}): name the folder of an export.`,
    );
  return parsed.data;
}

const damaged = (path: string): StoreError =>
  new StoreError(`${path} is damaged or was changed: copy the export again, or use an older one. Nothing was written.`);
