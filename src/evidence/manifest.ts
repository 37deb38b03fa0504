import { z } from 'zod';
import { bundleFiles, bundleFormat, bundleVersion } from './format.js';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);
const day = z.string().regex(/^\d{4}-\d\d-\d\d$/);
const ids = z.array(z.string().max(300)).max(10_000);

/** manifest.json: what is signed, by the hash of its bytes. */
export const manifestSchema = z.strictObject({
  format: z.literal(bundleFormat),
  version: z.literal(bundleVersion),
  /** Version of Halflight. */
  product: z.string().max(100),
  /** Name of the key. */
  signer: z.string().max(200),
  scope: z.strictObject({
    from: day,
    until: day,
    timezone: z.string().max(100),
    services: ids,
    findings: ids,
    entries: ids,
    names: z.boolean(),
  }),
  versions: z.strictObject({
    catalog: z.string().max(200),
    inventory: z.string().max(200).nullable(),
    risk_rules: z.string().max(100),
  }),
  /** Of the audit log that audit.ndjson is from. */
  audit: z.strictObject({ size: count, root: z.string().max(44) }),
  files: z
    .array(
      z.strictObject({
        name: z.enum(bundleFiles),
        /** Lines of .ndjson, rows of .csv behind the header; null for other files. */
        records: count.nullable(),
        bytes: count,
        sha256: hash,
        /** As it lies in the archive. */
        packed: z.strictObject({ bytes: count, sha256: hash }),
      }),
    )
    .length(bundleFiles.length),
});

export type Manifest = z.output<typeof manifestSchema>;

export const manifestText = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 2)}\n`;
