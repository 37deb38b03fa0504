import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compressionOf, InputError } from './decompress.js';
import { explainInput, fileInput, type Input, readHead } from './input.js';
import { sheetInputs } from './xlsx/input.js';
import { isWorkbook } from './xlsx/workbook.js';
import { zipEntries, zipEntryInput } from './zip.js';

/** Something that was named or found and is not read, and why. */
export interface NotRead {
  name: string;
  why: string;
}

/** Finds inputs: each is given to the caller in a fixed order; what cannot be read is reported and the rest goes on. */
export async function* findInputs(
  paths: readonly string[],
  exclude: ReadonlySet<string>,
  notRead: (problem: NotRead) => void,
): AsyncGenerator<Input> {
  const seen = new Set<string>();
  for (const path of paths) {
    try {
      yield* walk(path, true, exclude, seen, notRead);
    } catch (error) {
      notRead({ name: path, why: explain(error) });
    }
  }
}

async function* walk(
  path: string,
  named: boolean,
  exclude: ReadonlySet<string>,
  seen: Set<string>,
  notRead: (problem: NotRead) => void,
): AsyncGenerator<Input> {
  // A link that the user names is meant; a link inside a folder may lead anywhere and is not followed.
  const info = await (named ? stat(path) : lstat(path));
  if (info.isSymbolicLink()) {
    notRead({
      name: path,
      why: 'is a symbolic link, which is not followed inside folders: name its target on the command line',
    });
    return;
  }
  if (info.isDirectory()) {
    // Hidden files, and what Office puts beside a document that is open.
    const names = (await readdir(path)).filter((name) => !/^(?:\.|~\$)/.test(name)).sort();
    for (const name of names) {
      try {
        yield* walk(join(path, name), false, exclude, seen, notRead);
      } catch (error) {
        notRead({ name: join(path, name), why: explain(error) });
      }
    }
    return;
  }
  const real = await realpath(path);
  if (exclude.has(real) || seen.has(real)) return;
  seen.add(real);
  if (!info.isFile()) {
    notRead({ name: path, why: 'is no regular file (a pipe, socket or device)' });
    return;
  }
  const head = readHead(path);
  if (compressionOf(head) === 'zip') yield* zipInputs(path, info.mtimeMs, notRead);
  else if (head.equals(compoundFile)) notRead({ name: path, why: oldWorkbook });
  else yield fileInput(path, info.mtimeMs, info.size);
}

/** First bytes of an OLE compound file. */
const compoundFile = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);
const oldWorkbook =
  'is a document in the old format of Office, or one with a password: open it and save it as .xlsx or CSV, without a password';

async function* zipInputs(path: string, modified: number, notRead: (problem: NotRead) => void): AsyncGenerator<Input> {
  const found = await zipEntries(path);
  if (isWorkbook(found)) {
    yield* sheetInputs(path, modified, (name, error) => notRead({ name, why: explainInput(error) }));
    return;
  }
  const other = otherTables.find(({ parts }) => parts.every((part) => found.some(({ fileName }) => fileName === part)));
  if (other !== undefined) throw new InputError(`is ${other.what}: open it and save it as .xlsx or CSV`);
  const entries = [...found.entries()];
  for (const [index, entry] of entries.sort(([, a], [, b]) => (a.fileName < b.fileName ? -1 : 1))) {
    if (entry.fileName.endsWith('/') || entry.fileName.startsWith('__MACOSX/')) continue;
    const name = `${path}/${entry.fileName}`;
    if (entry.isEncrypted()) {
      notRead({ name, why: 'is encrypted: unpack it with its password first' });
      continue;
    }
    yield zipEntryInput({
      kind: 'zip-entry',
      name,
      path,
      entry: index,
      modified: entry.getLastModDate().getTime(),
      size: entry.uncompressedSize,
    });
  }
}

/** Tables of other programs in a zip archive, by parts that they have. */
const otherTables = [
  { parts: ['xl/workbook.bin'], what: 'a binary workbook (.xlsb)' },
  { parts: ['content.xml', 'META-INF/manifest.xml'], what: 'an OpenDocument file' },
  { parts: ['Index/Document.iwa'], what: 'a document of Numbers or Pages' },
];

function explain(error: unknown): string {
  if (error instanceof InputError) return error.message;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'does not exist: check the path';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user: check its permissions';
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
