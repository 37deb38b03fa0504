import { isAbsolute } from 'node:path';
import { z } from 'zod';

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const sizes = { B: 1, KiB: 1 << 10, MiB: 1 << 20, GiB: 1 << 30 } as const;

/** `2s`, `1h`: milliseconds. */
const duration = (field: string) =>
  z.string().transform((text, context) => {
    const m = /^(\d{1,9}) ?(ms|s|m|h|d)$/.exec(text.trim());
    if (m !== null) return Number(m[1]) * units[m[2] as keyof typeof units];
    context.addIssue({ code: 'custom', message: `${field}: write a time such as 2s, 10m or 1h` });
    return z.NEVER;
  });

/** `64 MiB` or a number of bytes. */
const byteSize = (field: string) =>
  z.union([z.number(), z.string()]).transform((value, context) => {
    const m = /^(\d{1,12}) ?(B|KiB|MiB|GiB)?$/.exec(String(value).trim());
    const bytes = m === null ? 0 : Number(m[1]) * sizes[(m[2] ?? 'B') as keyof typeof sizes];
    if (bytes > 0) return bytes;
    context.addIssue({ code: 'custom', message: `${field}: write a size such as 64 MiB` });
    return z.NEVER;
  });

/** A name pattern: `*` is any run of characters, `?` one character, everything else is itself. */
const pattern = z.string().min(1).max(256);

/** Options of a watched folder, as written in the configuration. */
export const folderOptions = z.strictObject({
  path: z.string().refine(isAbsolute, 'path: write the whole path of the folder, from the root on'),
  /** Only files whose name (or, with a slash in the pattern, whose path below the folder) fits one of them. */
  include: z.array(pattern).max(100).optional(),
  /** Files and folders that are left out. */
  exclude: z.array(pattern).max(100).optional(),
  recursive: z.boolean().default(true),
  /** A compressed file, or one that may be a copy under way, is read when it has not changed for this long. */
  settle: duration('settle').prefault('2s'),
  /** A last line without its end is given out when the file has not grown for this long. */
  idle_flush: duration('idle_flush').prefault('1h'),
  /** Largest piece of a growing file, cut behind a line; a longer line stays whole. */
  chunk_bytes: byteSize('chunk_bytes').prefault('64 MiB'),
  /** Files looked at; what is beyond is reported. */
  max_files: z.number().int().min(1).max(1_000_000).default(100_000),
});

export type FolderOptions = z.output<typeof folderOptions>;
