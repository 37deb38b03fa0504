import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { type ChunkDraft, ChunkGoneError } from '../../../core/chunk.js';
import { type Content, type Opened, openContent } from './content.js';
import { inodeOf } from './found.js';
import { listFolder } from './list.js';
import type { FolderOptions } from './options.js';
import { type Place, placeSchema } from './place.js';
import { noPrints, Printer } from './prints.js';
import { survey } from './survey.js';
import { tailPrint } from './tail-print.js';

/**
 * The bytes of a chunk, from wherever they are now: in their file, in the same file under another name, or in a copy of it,
 * compressed or not. They are held against their print as they are read.
 * @throws ChunkGoneError also from the stream, when the file changes while it is read: what came before counts for nothing then
 */
export async function openChunk(
  options: FolderOptions,
  chunk: ChunkDraft,
  signal: AbortSignal,
): Promise<AsyncIterable<Buffer>> {
  const parsed = placeSchema.safeParse(chunk.place);
  if (!parsed.success) throw new Error(`the place of ${chunk.name} is not one of a watched folder`);
  const place = parsed.data;
  let opened: Opened | undefined;
  try {
    const root = await realpath(Buffer.from(options.path), { encoding: 'buffer' });
    opened = (await openFor(root, place.path, place)) ?? (await searched(options, place, signal));
  } catch (error) {
    throw new ChunkGoneError(`the folder ${options.path} cannot be listed: ${(error as Error).message}`);
  }
  if (opened !== undefined) return delivered(opened, place, chunk.name);
  throw new ChunkGoneError(
    `${chunk.name} no longer holds this piece, and no copy in ${options.path} does: put the file or a copy of it back`,
  );
}

/** Looks for the piece in all files of the folder: first under the other name of its file, then in what could be a copy. */
async function searched(options: FolderOptions, place: Place, signal: AbortSignal): Promise<Opened | undefined> {
  const { root, files } = await listFolder({ ...options, include: undefined, exclude: undefined }, signal);
  const same = files.filter((file) => inodeOf(file) === inodeOf(place));
  for (const { path, size } of [...same, ...files]) {
    if (signal.aborted) break;
    const opened = size === 0 ? undefined : await openFor(root, path, place);
    if (opened !== undefined) return opened;
  }
  return undefined;
}

/** The file opened, if it surely holds the piece. */
async function openFor(root: Buffer, path: string, place: Place): Promise<Opened | undefined> {
  let opened: Opened;
  try {
    opened = await openContent(root, path);
  } catch {
    return undefined;
  }
  try {
    if (await holds(opened, place)) {
      const skip = opened.content.compression === 'none' ? (place.skip ?? 0) : 0;
      return { ...opened, content: opened.content.behind(skip) };
    }
  } catch {
    // Not readable, so not this one.
  }
  await opened.close();
  return undefined;
}

async function holds(opened: Opened, place: Place): Promise<boolean> {
  const { file } = opened;
  const same = inodeOf(file) === inodeOf(place);
  if (place.compression === 'zip' || opened.content.compression === 'zip') {
    if (place.compression !== 'zip' || file.size !== place.end) return false;
    return (same && file.sig === place.sig) || (await sha256(opened.content, place.end)) === place.print;
  }
  const plain = !opened.content.packed;
  const content = plain ? opened.content.behind(place.skip ?? 0) : opened.content;
  if (plain && content.length < place.end) return false;
  if (same && file.sig === place.sig) return true;
  const head = new Printer();
  head.push(await content.head(Math.min(4096, place.end)));
  if (head.state().ladder !== place.ladder) return false;
  const tail = plain && place.tail !== undefined ? place.tail : undefined;
  if (tail !== undefined && tail !== (await tailPrint(content, place.start, place.end))) return false;
  // A log that has grown: its beginning, what stands before the piece, and the end of the piece say enough to begin.
  if (same && tail !== undefined) return (await survey(content, place.before, { to: place.start })).verified;
  return (
    (await survey(content, place.before, { marks: [place.end], to: place.end })).marked.get(place.end) === place.print
  );
}

async function sha256(content: Content, end: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of content.bytes(0, end)) hash.update(bytes);
  return hash.digest('hex');
}

const bytesOfMark: Readonly<Record<string, readonly number[]>> = { 'utf-16le': [0xff, 0xfe], 'utf-16be': [0xfe, 0xff] };

async function* delivered({ content, close }: Opened, place: Place, name: string): AsyncGenerator<Buffer, void> {
  try {
    const zip = place.compression === 'zip' ? createHash('sha256') : undefined;
    const printer = new Printer(place.before.base < place.start ? place.before : noPrints);
    const { start, end } = place;
    // A piece out of the middle of a UTF-16 file says so itself.
    const mark = bytesOfMark[place.layout ?? ''];
    if (mark !== undefined && start > 0) yield Buffer.from(mark);
    let at = zip === undefined ? printer.position : 0;
    for await (const bytes of content.bytes(at, end)) {
      zip?.update(bytes);
      if (zip === undefined) printer.push(bytes);
      const fresh = bytes.subarray(Math.max(0, start - at));
      at += bytes.length;
      // The last bytes are kept back until all is known to be right.
      if (at < end && fresh.length > 0) yield fresh;
      else if (at === end && printOf(zip, printer) === place.print) {
        yield fresh;
        return;
      }
    }
    throw new ChunkGoneError(`${name} was changed while it was read: it is tried again`);
  } finally {
    await close();
  }
}

const printOf = (zip: ReturnType<typeof createHash> | undefined, printer: Printer): string =>
  zip === undefined ? printer.print() : zip.digest('hex');
