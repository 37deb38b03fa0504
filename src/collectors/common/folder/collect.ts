import type { Batch, CollectContext, Cursor } from '../collector.js';
import { type Opened, openContent } from './content.js';
import { followCopy, fork, growAny, takeOver } from './copies.js';
import { type Found, inodeOf } from './found.js';
import { type Listing, listFolder } from './list.js';
import { meet } from './meet.js';
import { showPath } from './names.js';
import { RefusedError } from './open-inside.js';
import type { FolderOptions } from './options.js';
import { Step } from './step.js';
import { Memory, type Stream } from './stream.js';
import { StreamIndex } from './stream-index.js';
import { survey } from './survey.js';

/** How long a lost file is looked for under other names before what was not read of it is called lost. */
const graceMs = 60_000;
/** How long a stream without a file is remembered, so that a copy that comes back is known. */
const rememberMs = 30 * 86_400_000;

/** One look at the folder: what is known first, so that what is new can be held against all of it. */
export async function* collectFolder(
  options: FolderOptions,
  cursor: Cursor,
  context: CollectContext,
): AsyncGenerator<Batch, void> {
  const listing = await listFolder(options, context.signal).catch((error: unknown) => {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be listed';
    throw new Error(`the folder ${options.path} ${why}: check its path, its permissions, and whether it is mounted`);
  });
  for (const [why, { count, example }] of listing.refused)
    context.progress?.(`${showPath(example)} ${why}${count > 1 ? ` (and ${count - 1} more)` : ''}`);
  const step = new Step(options, context, listing.root, new Memory(cursor));
  const { memory } = step;
  const unknown: Found[] = [];
  const copies: [Stream, Found][] = [];

  listing.files.push(...listing.others.filter((file) => memory.at(file) !== undefined));
  followMounts(memory, listing);
  const present = new Set(listing.files.map(inodeOf));
  if (listing.complete)
    for (const stream of [...memory.streams.values()])
      if (stream.lost === undefined && !present.has(inodeOf(stream))) lose(step, stream);

  for (const file of listing.files) {
    if (step.stopped) break;
    const back = memory.at(file) === undefined ? memory.goneFrom(file) : undefined;
    if (back !== undefined) memory.move(back, file, { since: step.now });
    const stream = memory.at(file);
    if (file.size === 0 && stream === undefined) continue;
    if (stream === undefined) unknown.push(file);
    else if (stream.copy !== undefined) copies.push([stream, file]);
    else if (!(yield* visit(step, stream, file))) unknown.push(file);
    yield* step.batch();
  }
  yield* findLost(step);
  for (const [copy, file] of copies) {
    if (step.stopped) break;
    // It may have become the stream itself meanwhile.
    const stream = memory.at(file) ?? copy;
    if (!(yield* visit(step, stream, file))) unknown.push(file);
    yield* step.batch();
  }
  if (unknown.length > 0 && !step.stopped) {
    const index = new StreamIndex(memory.streams.values());
    unknown.sort((a, b) => a.modified - b.modified || (a.path < b.path ? -1 : 1));
    for (const file of unknown) {
      if (step.stopped) break;
      yield* withOpened(step, file, (opened) => meet(step, index, opened));
      yield* step.batch();
    }
  }
  tidy(step);
  yield* step.batch(true);
}

/** Looks at the file of a known stream. False: it holds something else now. */
async function* visit(step: Step, stream: Stream, file: Found): AsyncGenerator<Batch, boolean> {
  if (stream.path !== file.path) step.memory.change(stream, { path: file.path });
  if (stream.sig === file.sig && !due(step, stream)) return true;
  let known = true;
  yield* withOpened(step, file, async function* (opened) {
    known = yield* visitOpened(step, stream, opened);
    if (!known) lose(step, stream, opened);
  });
  return known;
}

/** Nothing has changed, and yet it is time to do something. */
function due(step: Step, stream: Stream): boolean {
  if (stream.copy !== undefined || stream.compression !== 'none' || stream.length <= stream.prints.offset) return false;
  // The clock was set back.
  if (stream.since > step.now) step.memory.change(stream, { since: step.now });
  return stream.layout === 'document' || step.now - stream.since >= step.options.idle_flush;
}

async function* visitOpened(step: Step, stream: Stream, opened: Opened): AsyncGenerator<Batch, boolean> {
  const { content, file } = opened;
  // Another file, moved there since the folder was listed: the next run sees it.
  if (inodeOf(file) !== inodeOf(stream)) return true;
  if (content.compression !== stream.compression) return false;
  if (content.compression !== 'none' && !step.settled(file)) return true;
  if (stream.zip !== undefined) return false;
  // Nothing is known of it but that a half line waits.
  if (stream.prints.offset === 0 && stream.sig !== file.sig) return false;
  const here = { ...opened, content: content.behind(stream.skip) };
  if (!content.packed && !(await stillHolds(stream, here))) return false;
  return yield* stream.copy === undefined ? growAny(step, stream, here) : followCopy(step, stream, here);
}

/** Whether a plain file still has what was read of it, by its beginning and by what stands before the offset. */
async function stillHolds(stream: Stream, { content }: Opened): Promise<boolean> {
  const { prints } = stream;
  if (content.length < prints.offset) return false;
  const head = { offset: 0, print: '', base: 0, chain: '', ladder: '' };
  const start = await survey(content, head, { to: Math.min(prints.offset, 4096) });
  if (!prints.ladder.startsWith(start.prints.ladder)) return false;
  return (await survey(content, prints, { to: prints.offset })).verified;
}

/** The stream is no longer where it was: deleted, replaced or truncated. */
function lose(step: Step, stream: Stream, opened?: Opened): void {
  const { memory } = step;
  const unread = stream.length > stream.prints.offset;
  if (stream.zip !== undefined || (stream.prints.offset === 0 && !unread)) {
    memory.forget(stream);
    return;
  }
  if (opened !== undefined && stream.prints.offset === 0) {
    memory.forget(stream);
    return;
  }
  memory.lose(stream, step.now, opened === undefined);
  if (stream.copy !== undefined || opened === undefined || opened.file.path !== stream.path) return;
  const { birth } = opened.file;
  if (birth !== '' && birth !== stream.birth) return;
  step.gap(
    stream,
    'was truncated or written anew in place: lines written between its copy and the truncation are lost, if there were any; let the rotation rename the file instead (logrotate: create, not copytruncate)',
  );
}

/** Lost streams go on in a copy that is known. */
async function* findLost(step: Step): AsyncGenerator<Batch> {
  const { streams } = step.memory;
  for (const copy of [...streams.values()]) {
    const stream = copy.copy === undefined ? undefined : streams.get(copy.copy);
    if (copy.lost !== undefined || stream?.lost === undefined || copy.prints.print !== stream.prints.print) continue;
    const { path, length, skip } = copy;
    const more = length > stream.prints.offset;
    // A few bytes of a line do not make it the same log.
    const parts = more && stream.line !== undefined;
    if (!parts) takeOver(step, stream, copy);
    if (more)
      yield* withOpened(step, { path }, async function* (opened) {
        const here = { ...opened, content: opened.content.behind(skip) };
        if (inodeOf(opened.file) !== inodeOf(copy)) return;
        yield* parts ? fork(step, copy, here) : growAny(step, stream, here);
      });
    yield* step.batch();
  }
}

/** After a restart a file system may have another device number; its files are the same. */
function followMounts(memory: Memory, { files }: Listing): void {
  const devices = new Set(files.map(({ dev }) => dev));
  const moved = [...memory.streams.values()].filter(({ dev, lost }) => lost === undefined && !devices.has(dev));
  if (moved.length === 0) return;
  const byPath = new Map(files.map((file) => [`${file.ino} ${file.path}`, file]));
  for (const stream of moved) {
    const file = byPath.get(`${stream.ino} ${stream.path}`);
    if (file !== undefined && memory.at(file) === undefined) memory.move(stream, file, {});
  }
}

/** Reports what stays lost, and forgets what is old. */
function tidy(step: Step): void {
  const { memory, now, options } = step;
  const lost: Stream[] = [];
  for (const stream of [...memory.streams.values()]) {
    if (stream.lost === undefined) continue;
    if (stream.lost > now) memory.change(stream, { lost: now });
    const age = now - stream.lost;
    const unread = stream.copy === undefined ? stream.length - stream.prints.offset : 0;
    if (age >= graceMs && stream.told !== true) {
      if (unread > 0) step.gap(stream, `is gone with ${unread} bytes that were not read`, unread);
      memory.change(stream, { told: true });
    }
    if (age >= rememberMs || (stream.told === true && stream.prints.offset === 0)) memory.forget(stream);
    else lost.push(stream);
  }
  const tooMany = lost.length - options.max_files;
  if (tooMany > 0) {
    lost.sort((a, b) => (a.lost ?? 0) - (b.lost ?? 0));
    for (const stream of lost.slice(0, tooMany)) memory.forget(stream);
  }
}

/** Opens a file for a while. What cannot be opened now is said, and looked at again in the next run. */
async function* withOpened(
  step: Step,
  { path }: { path: string },
  use: (opened: Opened) => AsyncGenerator<Batch>,
): AsyncGenerator<Batch> {
  let opened: Opened;
  try {
    opened = await openContent(step.root, path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof RefusedError) step.tell(`${showPath(path)} ${message}`);
    else if (code === 'EACCES' || code === 'EPERM')
      step.tell(`${showPath(path)} may not be read by this user: check its permissions`);
    else if (code !== 'ENOENT' && code !== 'ENOTDIR') step.tell(`${showPath(path)} cannot be read: ${message}`);
    return;
  }
  try {
    yield* use(opened);
  } finally {
    await opened.close();
  }
}
