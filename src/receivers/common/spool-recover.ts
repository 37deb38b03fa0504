import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readFile, rename, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Gap } from '../../core/chunk.js';
import { codeOf, numberedName, numbersOf, tryUnlink, writeWhole } from './spool-files.js';
import { decodeHeader, headerBytes, markerBytes, type SegmentHeader } from './spool-record.js';
import { readAt, scanSegment } from './spool-scan.js';
import type { Segment } from './spool-segment.js';

/** What a folder holds. */
export interface Recovered {
  id: string;
  /** With records, in order. */
  segments: Segment[];
  /** No record was ever given this sequence or a larger one. */
  next: number;
  /** Last record that can be trusted. */
  last: number;
  gaps: Gap[];
  /** Where the damage begins: `path:offset`. */
  places: string[];
}

const plainId = (id: string): string => id.replaceAll('-', '');

/**
 * Reads a spool folder as it was left, whether by an orderly end, kill -9 or a power cut: the start is always a recovery. What
 * stands whole is kept; a torn end is cut off; damage in the middle costs only itself and is named as a gap.
 */
export async function recover(folder: string, now: number): Promise<Recovered> {
  const gaps: Gap[] = [];
  const places: string[] = [];
  const empty: { number: number; damaged: boolean }[] = [];
  const numbers = await numbersOf(folder, 'segment');
  const headers = new Map<number, SegmentHeader | undefined>();
  for (const number of numbers) headers.set(number, await headerOf(join(folder, numberedName(number, 'segment'))));
  const id = await idOf(folder, [...headers.values()].find((header) => header !== undefined)?.id);

  const segments: Segment[] = [];
  const marks = await numbersOf(folder, 'mark');
  let next = Math.max(1, ...marks);
  let last = 0;
  for (const [index, number] of numbers.entries()) {
    const path = join(folder, numberedName(number, 'segment'));
    const header = headers.get(number);
    const following = numbers[index + 1];
    // What a later segment says of the earlier ones; without it all that stands whole is trusted.
    const later = following === undefined ? undefined : headers.get(following);
    const limit = Math.min(later?.trusted ?? Number.MAX_SAFE_INTEGER, (following ?? Number.MAX_SAFE_INTEGER) - 1);
    const found = await recoverSegment(path, number, header, last, limit, following === undefined);
    for (const bad of found.damage) {
      gaps.push(gapOf(path, bad, now));
      places.push(`${path}:${bad.offset}`);
    }
    const missing = later === undefined ? 0 : later.trusted - Math.max(found.segment?.last ?? 0, number - 1);
    if (missing > 0 && found.damage.length === 0) gaps.push(gapOf(path, { offset: 0, bytes: 0 }, now));
    next = Math.max(next, number + 1, found.highest + 1);
    if (found.segment === undefined) {
      empty.push({ number, damaged: found.damage.length > 0 });
      continue;
    }
    segments.push(found.segment);
    last = found.segment.last;
  }
  await putAway(folder, empty, next).catch(() => {
    // A full or read-only disk: they are found again at the next start.
  });
  return { id, segments, next, last: segments.length === 0 ? next - 1 : last, gaps, places };
}

/** Takes segments without a whole record out of the way; damaged ones stay for who wants to look at them. */
async function putAway(folder: string, empty: readonly { number: number; damaged: boolean }[], next: number) {
  if (empty.length === 0) return;
  await writeWhole(folder, numberedName(next, 'mark'), '');
  for (const { number, damaged } of empty) {
    const path = join(folder, numberedName(number, 'segment'));
    if (damaged) await rename(path, join(folder, `${number}.damaged`));
    else await unlink(path);
  }
}

interface Damage {
  offset: number;
  bytes: number;
}

async function recoverSegment(
  path: string,
  first: number,
  header: SegmentHeader | undefined,
  after: number,
  limit: number,
  newest: boolean,
): Promise<{ segment: Segment | undefined; damage: Damage[]; highest: number }> {
  const damage: Damage[] = [];
  let highest = first - 1;
  const file = await openToRecover(path);
  try {
    const { size } = await file.stat();
    // Both copies of the header are gone: the first record shows the marker, if it stands whole.
    const marker = header?.marker ?? (await readAt(file, headerBytes, markerBytes));
    const segment: Segment = { path, first, last: first - 1, marker, size: headerBytes, records: 0, since: undefined };
    let torn: Damage | undefined;
    if (marker.length === markerBytes) {
      for await (const found of scanSegment(file, marker, Math.min(headerBytes, size), size)) {
        const { record } = found;
        if (record !== undefined) highest = Math.max(highest, record.sequence);
        if (record !== undefined && record.sequence > limit) continue;
        // A record that stands twice, or where it cannot be, is damage too.
        if (record === undefined || record.sequence <= Math.max(after, segment.last, first - 1)) {
          if (torn !== undefined) damage.push(torn);
          torn = { offset: found.offset, bytes: found.end - found.offset };
          continue;
        }
        if (torn !== undefined) damage.push(torn);
        torn = undefined;
        segment.last = record.sequence;
        segment.size = found.end;
        segment.records++;
        segment.since ??= record.receivedAt;
      }
    }
    if (torn !== undefined && !newest && segment.last < limit) damage.push(torn);
    if (newest) await cutAndSync(file, segment.records === 0 ? undefined : segment.size);
    if (segment.records === 0 && header === undefined && size > headerBytes && damage.length === 0)
      damage.push({ offset: 0, bytes: size });
    return { segment: segment.records === 0 ? undefined : segment, damage, highest };
  } finally {
    await file.close();
  }
}

/** For writing where the disk allows, so that a torn end can be cut off. */
async function openToRecover(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if (codeOf(error) !== 'EROFS' && codeOf(error) !== 'EACCES') throw error;
    return await open(path, 'r');
  }
}

/** What is served to the drainer from now on must not vanish in a power cut: after kill -9 it may be in memory only. */
async function cutAndSync(file: FileHandle, size: number | undefined): Promise<void> {
  if (size !== undefined) await file.truncate(size).catch(() => {});
  await file.datasync().catch((error: unknown) => {
    // Nothing can be written to a disk that is mounted for reading only.
    if (codeOf(error) !== 'EROFS' && codeOf(error) !== 'EBADF') throw error;
  });
}

async function headerOf(path: string): Promise<SegmentHeader | undefined> {
  const file = await open(path, 'r');
  try {
    return decodeHeader(await readAt(file, 0, headerBytes));
  } finally {
    await file.close();
  }
}

/** The spool's id: made once per folder. A lost file is made again from what the segments say. */
async function idOf(folder: string, fromSegments: string | undefined): Promise<string> {
  const text = await readFile(join(folder, 'id'), 'latin1').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  });
  const found = plainId(text.trim());
  if (/^[0-9a-f]{32}$/.test(found)) return found;
  const id = fromSegments ?? plainId(randomUUID());
  await writeWhole(folder, 'id', `${id}\n`);
  return id;
}

const gapOf = (path: string, bad: Damage, now: number): Gap => ({
  at: now,
  why:
    bad.bytes === 0
      ? `Received data are missing in spool segment ${basename(path)}: check the disk.`
      : `Received data in spool segment ${basename(path)} are damaged from byte ${bad.offset} on: check the disk.`,
  ...(bad.bytes > 0 && { bytes: bad.bytes }),
});

/** Deletes the marks that a segment with records from `first` on makes needless. */
export async function dropMarks(folder: string, first: number): Promise<void> {
  for (const number of await numbersOf(folder, 'mark'))
    if (number <= first) await tryUnlink(join(folder, numberedName(number, 'mark')));
}
