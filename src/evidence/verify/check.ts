import type { X509Certificate } from 'node:crypto';
import type { NoteKey } from '../../core/signed-note.js';
import { type BundleFile, manifestName, noteName, noteText, stampName } from '../format.js';
import { type Manifest, manifestSchema } from '../manifest.js';
import { dosDate } from '../zip/layout.js';
import { type ReadEntry, readArchive, storedBytes } from './archive.js';
import { contentOf, isAsPacked, linesOf, textOf } from './content.js';
import { openOneNote } from './note.js';
import { BundleError, type BundleProblem, need } from './problem.js';
import { RowChecks } from './rows.js';
import type { ByteSource } from './source.js';
import { type CheckedStamp, checkStamp } from './stamp.js';

export interface CheckedBundle {
  ok: boolean;
  /** The first hundred. */
  problems: BundleProblem[];
  /** Undefined: it could not be read, or nobody that is known signed it. */
  manifest: Manifest | undefined;
  /** Records that were looked at. */
  records: number;
  /** Null: there is none, or none that could be read. */
  timestamp: CheckedStamp | null;
}

const maxProblems = 100;

/** What names something of another file comes behind that file. */
const checkOrder: readonly BundleFile[] = [
  'chunks.ndjson',
  'numbers.ndjson',
  'summary.json',
  'usage.csv',
  'evidence.ndjson',
  'findings.ndjson',
  'audit-checkpoint.txt',
  'audit.ndjson',
  'inventory.json',
  'decisions.ndjson',
  'coverage.ndjson',
  'README.txt',
];

/**
 * Checks a bundle by a key that did not come with it. Reads only; throws only where the source cannot be read.
 * @param authority certificate of the time-stamping authority, or of who certified it: then there has to be a time stamp of it
 */
export async function checkBundle(
  source: ByteSource,
  key: NoteKey,
  authority?: X509Certificate,
): Promise<CheckedBundle> {
  const result: CheckedBundle = { ok: false, problems: [], manifest: undefined, records: 0, timestamp: null };
  const { problems } = result;
  const kept = (error: unknown): void => {
    if (!(error instanceof BundleError)) throw error;
    if (problems.length < maxProblems) problems.push({ code: error.code, message: error.message });
  };
  try {
    const { entries, date } = readArchive(source);
    const manifest = signedManifest(source, entries, key);
    result.manifest = manifest;
    need(date === dosDate(manifest.scope.until), 'archive', 'its files have another date');
    const [note, stamp] = [entryOf(entries, noteName), entries.get(stampName)];
    const stored = (entry: ReadEntry): Buffer => storedBytes(source, entry);
    result.timestamp = checkStamp(stored(note), stamp && stored(stamp), authority);
    // Nothing is unpacked that the key has not signed, byte for byte.
    for (const file of manifest.files)
      if (!isAsPacked(source, entryOf(entries, file.name), file))
        kept(new BundleError('file', `${file.name} is not what the manifest says`));
    if (problems.length === 0) await checkContents(source, { entries, manifest, key }, result, kept);
  } catch (error) {
    kept(error);
  }
  result.ok = problems.length === 0;
  return result;
}

function signedManifest(source: ByteSource, entries: ReadonlyMap<string, ReadEntry>, key: NoteKey): Manifest {
  const bytes = storedBytes(source, entryOf(entries, manifestName));
  const note = storedBytes(source, entryOf(entries, noteName));
  const text = openOneNote(note, key, noteName);
  need(text === noteText(bytes), 'signature', 'manifest.json is not the one that was signed');
  let read: unknown;
  try {
    read = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new BundleError('manifest', 'manifest.json is no JSON');
  }
  const parsed = manifestSchema.safeParse(read);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new BundleError('manifest', `manifest.json: ${issue?.path.join('.')} is not what this version reads`);
  }
  need(
    `${JSON.stringify(read, null, 2)}\n` === bytes.toString('utf8'),
    'manifest',
    'manifest.json is written in another way',
  );
  need(parsed.data.signer === key.name, 'manifest', 'manifest.json names another key than the one that signed it');
  return parsed.data;
}

function entryOf(entries: ReadonlyMap<string, ReadEntry>, name: string): ReadEntry {
  const entry = entries.get(name);
  need(entry !== undefined, 'archive', `${name} is missing`);
  return entry;
}

async function checkContents(
  source: ByteSource,
  { entries, manifest, key }: { entries: ReadonlyMap<string, ReadEntry>; manifest: Manifest; key: NoteKey },
  result: CheckedBundle,
  kept: (error: unknown) => void,
): Promise<void> {
  const checks = new RowChecks(manifest, key);
  for (const name of checkOrder) {
    const file = manifest.files.find((each) => each.name === name);
    if (file === undefined) continue;
    try {
      const content = contentOf(source, entryOf(entries, name), file);
      if (file.records === null) {
        checks.text(name, await textOf(content, name));
        result.records++;
        continue;
      }
      let lines = 0;
      for await (const some of linesOf(content, name))
        for (const line of some) {
          lines++;
          try {
            checks.line(name, line, lines);
          } catch (error) {
            kept(error);
          }
        }
      const rows = name.endsWith('.csv') ? lines - 1 : lines;
      result.records += rows;
      need(rows === file.records, 'file', `${name} has ${rows} records, and the manifest says ${file.records}`);
    } catch (error) {
      kept(error);
    }
  }
  if (result.problems.length === 0) checks.end();
}
