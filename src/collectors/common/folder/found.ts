import type { BigIntStats } from 'node:fs';

/** One file as a look at the folder shows it. */
export interface Found {
  /** Below the folder, encoded (see names.ts). */
  path: string;
  dev: string;
  ino: string;
  /** When it was made, as far as the file system tells: an inode used again has another. */
  birth: string;
  /** Stored bytes. */
  size: number;
  /** Bytes that it holds on disk; much less than `size` for a file with holes. */
  allocated: number;
  /** Milliseconds since 1970. */
  modified: number;
  changed: number;
  /** Changes with any write, replacement or rename. */
  sig: string;
}

export const foundFrom = (path: string, info: BigIntStats): Found => ({
  path,
  dev: String(info.dev),
  ino: String(info.ino),
  birth: info.birthtimeNs === 0n ? '' : String(info.birthtimeNs),
  size: Number(info.size),
  allocated: Number(info.blocks) * 512,
  modified: Number(info.mtimeMs),
  changed: Number(info.ctimeMs),
  sig: `${info.size}.${info.mtimeNs}.${info.ctimeNs}`,
});

export const inodeOf = (file: { dev: string; ino: string }): string => `${file.dev}-${file.ino}`;

/** Bytes that a file must lack on disk to be asked whether it has holes. */
export const holeBytes = 1 << 20;

export const mayHaveHoles = (file: Found): boolean => file.size - file.allocated >= holeBytes;
