import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compressionOf } from './decompress.js';
import type { Input } from './input.js';
import { findInputs } from './walk.js';
import { closeArchive } from './zip.js';

/** What bytes hold: themselves, or the files of an archive (the sheets of a workbook), and those of them that cannot be read. */
export interface Contents {
  inputs: readonly Input[];
  archive: boolean;
  problems: readonly string[];
}

/**
 * The inputs that bytes from anywhere hold. A zip archive or workbook is put on disk as long as `use` works, since its directory is at
 * its end; its inputs are named `NAME/entry`.
 */
export async function withContents<T>(input: Input, use: (contents: Contents) => Promise<T>): Promise<T> {
  const source = (await input.bytes())[Symbol.asyncIterator]();
  const first = await source.next();
  const rest: Input = {
    ...input,
    async *bytes() {
      if (first.done === true) return;
      yield first.value;
      yield* { [Symbol.asyncIterator]: () => source };
    },
  };
  if (first.done === true || compressionOf(first.value) !== 'zip')
    return use({ inputs: [rest], archive: false, problems: [] });
  const folder = await mkdtemp(join(tmpdir(), 'halflight-zip-'));
  try {
    const path = join(folder, 'archive.zip');
    const file = await open(path, 'wx', 0o600);
    try {
      for await (const bytes of await rest.bytes()) await file.writeFile(bytes);
    } finally {
      await file.close();
    }
    const problems: string[] = [];
    const inputs: Input[] = [];
    const shown = (name: string): string => name.replace(path, '').replace(/^\//, '');
    for await (const entry of findInputs([path], new Set(), ({ name, why }) =>
      problems.push([shown(name), why].filter((part) => part !== '').join(': ')),
    ))
      inputs.push({ ...entry, name: `${input.name}/${shown(entry.name)}` });
    return await use({ inputs, archive: true, problems });
  } finally {
    closeArchive();
    await rm(folder, { recursive: true, force: true });
  }
}
