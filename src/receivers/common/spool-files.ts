import { type FileHandle, open, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Makes creations, renames and deletions in a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A small file, whole or not at all: write, sync, rename, sync folder. */
export async function writeWhole(folder: string, name: string, text: string): Promise<void> {
  const draft = join(folder, `${name}.draft`);
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, join(folder, name));
  await syncFolder(folder);
}

/** `0000000000000042.segment` holds records from sequence 42 on; a `.mark` holds nothing but that number. */
export const numberedName = (sequence: number, kind: 'segment' | 'mark'): string =>
  `${String(sequence).padStart(16, '0')}.${kind}`;

/** The numbers of all files of a kind, ascending. */
export async function numbersOf(folder: string, kind: 'segment' | 'mark'): Promise<number[]> {
  const pattern = new RegExp(`^(\\d{16})\\.${kind}$`);
  const names = await readdir(folder);
  return names
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** Writes all buffers at a position. @throws as the file system does, also when it takes only a part */
export async function writeAll(file: FileHandle, buffers: Buffer[], position: number): Promise<number> {
  const total = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
  let { bytesWritten: done } = await file.writev(buffers, position);
  if (done < total) {
    // Rare: a disk that is nearly full takes a part. The next write says why.
    const all = Buffer.concat(buffers);
    while (done < total) {
      const { bytesWritten } = await file.write(all, done, total - done, position + done);
      if (bytesWritten === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      done += bytesWritten;
    }
  }
  return total;
}

/** Deletes a file, if it can. */
export async function tryUnlink(path: string): Promise<void> {
  await unlink(path).catch(() => {});
}

export const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException | undefined)?.code ?? '');
