import { z } from 'zod';

const count = z.number().int().min(0);

/** Where the bytes of a chunk are, and how they are known again when their file was renamed, packed or copied. */
export const placeSchema = z.strictObject({
  /** Below the folder, encoded (see names.ts). */
  path: z.string(),
  dev: z.string(),
  ino: z.string(),
  sig: z.string(),
  compression: z.enum(['none', 'gzip', 'zstd', 'zip']),
  skip: count.optional(),
  layout: z.string().optional(),
  /** Bytes of the stream: unpacked, without a hole in front. */
  start: count,
  end: count,
  /** What is known of the stream before `start`. */
  before: z.strictObject({ offset: count, print: z.string(), base: count, chain: z.string(), ladder: z.string() }),
  /** Print of the stream up to `end`; of a zip archive its SHA-256. */
  print: z.string(),
  /** The stream's ladder up to 4 KiB. */
  ladder: z.string(),
  /** SHA-256 of the last 4 KiB of the piece, where they can be read alone. */
  tail: z.string().optional(),
  /** The last line had no end for longer than `idle_flush`. */
  unfinished: z.boolean().optional(),
});

export type Place = z.output<typeof placeSchema>;
