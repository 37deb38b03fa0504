import type { CollectedRecord } from '../../../core/chunk.js';
import type { Batch, CollectContext, Cursor } from '../collector.js';
import { ApiFailure } from './failure.js';
import { pagesOf } from './pages.js';
import type { Part } from './parts.js';

/** From and until (exclusive), in milliseconds since 1970. */
export interface Window {
  from: number;
  to: number;
}

/** Records of one kind that a provider gives by time: sign-ins, audits. */
export interface RecordStream {
  /** Name for people, and of its cursor: it stays. */
  name: string;
  /** A page of the records of a window, in any order. `link`: as the page before gave it. */
  page(
    window: Window,
    link: string | undefined,
  ): Promise<{ records: readonly CollectedRecord[]; next?: string | undefined }>;
}

/** How a provider is asked, in milliseconds. */
export interface Pace {
  /** How far back the first collection goes. */
  first: number;
  /** Each collection asks again for so much: records that came a little late. */
  overlap: number;
  /** So late records may come at all: every `lateEvery` all is asked again in which one may have come since the last time. */
  late: number;
  lateEvery: number;
  /** Longest window, so that progress is kept. */
  step: number;
  /** How long the provider keeps records, where it refuses to be asked for earlier ones. */
  keeps?: number | undefined;
}

const [hour, day] = [3_600_000, 86_400_000];
const mostSkew = 2 * 365 * day;
export const usualPace: Pace = { first: 30 * day, overlap: 3 * hour, late: 75 * hour, lateEvery: 6 * hour, step: day };

/**
 * Where a stream is: all before `done` was read, and late records as of `late`. `pass`: late records are being looked for as of `began`,
 * and all before `from` was read again. `open`: a window that is not finished, with the link of its next page. `floor`: ids of before are
 * forgotten, so what was read before then is never read again, whatever clocks say.
 */
interface Place {
  done: number;
  late: number;
  pass?: { began: number; from: number } | undefined;
  open?: { from: number; to: number; late: boolean; link?: string | undefined } | undefined;
  floor?: number | undefined;
}

/**
 * Streams as parts of a source (`inTurn`). They are read by windows of time that overlap, so that nothing is skipped: the clock of this
 * machine opens and closes windows, and what records say of their time only decides which window they are in. Every record has an id
 * and counts once, so windows may be read again: after a kill, when a link expired, or to find what came late.
 * @param theirNow the clock of the other side, milliseconds since 1970: a window counts as read only as far as both clocks say that it
 *   is past, and ids are forgotten only when both say that they are old, so that one clock which was wrong for a while has nothing
 *   skipped and nothing counted twice
 */
export const streamParts = (
  streams: readonly RecordStream[],
  pace: Pace,
  cursor: Cursor,
  context: CollectContext,
  theirNow: () => number | undefined = () => undefined,
): Part[] => [
  ...streams.map((stream) => ({
    name: stream.name,
    read: () => readStream(stream, pace, `stream/${stream.name}`, cursor, context, theirNow),
  })),
  { name: 'ids', local: true, read: () => forget(streams, pace, cursor, theirNow()) },
];

/** Forgets ids that no window of any stream reaches again, with a day to spare. A stream that is no longer read begins at its end again. */
async function* forget(
  streams: readonly RecordStream[],
  pace: Pace,
  cursor: Cursor,
  theirNow = Number.POSITIVE_INFINITY,
): AsyncGenerator<Batch, void> {
  const chosen = new Set(streams.map(({ name }) => `stream/${name}`));
  const places = new Map<string, Place>();
  for (const [key] of cursor.entries()) {
    const place = key.startsWith('stream/') ? placeOf(cursor, key) : undefined;
    if (place !== undefined) places.set(key, place);
  }
  if ([...chosen].some((key) => !places.has(key))) return;
  const reached = [...places].flatMap(([key, { done, late, pass, open }]) =>
    chosen.has(key) ? [done - pace.overlap, late - pace.late, pass?.from, open?.from] : [open?.from],
  );
  const before = Math.min(theirNow - pace.late, ...reached.filter((at) => at !== undefined)) - day;
  if (!Number.isFinite(before)) return;
  const floors = [...places].map(([key, place]) => {
    const floor = Math.max(place.floor ?? before, Math.min(before, place.done));
    return [key, JSON.stringify({ ...place, floor })] as const;
  });
  yield { chunks: [], cursor: new Map(floors), forgetBefore: before };
}

async function* readStream(
  stream: RecordStream,
  pace: Pace,
  key: string,
  cursor: Cursor,
  context: CollectContext,
  theirNow: () => number | undefined,
): AsyncGenerator<Batch, void> {
  const now = context.now();
  let place: Place = placeOf(cursor, key) ?? { done: now - pace.first, late: now };
  let count = 0;
  /** As far as both clocks say that it is past. One that is years behind is broken, and nothing would ever count as read. */
  const sure = (at: number): number => {
    const theirs = theirNow() ?? at;
    return theirs < at && at - theirs < mostSkew ? theirs : at;
  };
  const closed = ({ to, late }: Window & { late: boolean }): Place => {
    const { open: _, pass, ...rest } = place;
    if (!late) return { ...rest, pass, done: Math.max(sure(to), Math.min(rest.done, now)) };
    if (pass === undefined || to < pass.began) return { ...rest, pass: pass && { ...pass, from: to } };
    return { ...rest, late: sure(pass.began) };
  };
  const floor = place.floor ?? Number.NEGATIVE_INFINITY;
  const read = async function* (window: Window & { late: boolean; link?: string | undefined }): AsyncGenerator<Batch> {
    const { from, to, late } = window;
    const pages = pagesOf((link) => stream.page({ from, to }, link), window.link);
    for await (const { page, next } of pages) {
      const records = page.records.map((record) => ({
        ...record,
        // Whatever a record says of its time, its id is remembered as long as this window may be read again.
        at: Math.min(to, Math.max(from, record.at)),
      }));
      place = next === undefined ? closed(window) : { ...place, open: { from, to, late, link: next } };
      count += records.length;
      context.progress?.(
        `${stream.name}: ${new Date(from).toISOString().slice(0, 16)} to ${new Date(to).toISOString().slice(0, 16)}, ${count.toLocaleString('en-US')} ${count === 1 ? 'record' : 'records'} read`,
      );
      yield {
        chunks: [],
        records: [{ name: `${stream.name} ${new Date(from).toISOString().slice(0, 10)}`, records }],
        cursor: new Map([[key, JSON.stringify(place)]]),
      };
      if (context.signal.aborted) return;
    }
  };
  let told = false;
  /** Reads a window as far as the provider still keeps it, by its own clock; the rest is a gap. */
  const readKept: typeof read = async function* (window) {
    const oldest = (): number => Math.min(now, theirNow() ?? Number.NEGATIVE_INFINITY) - (pace.keeps ?? 0);
    const isOver = (at: number): boolean => pace.keeps !== undefined && at < oldest();
    if (!isOver(window.to)) {
      try {
        yield* read(window);
        return;
      } catch (error) {
        if (!(error instanceof ApiFailure) || error.kind !== 'other' || !isOver(window.from)) throw error;
      }
    }
    if (isOver(window.to)) {
      place = closed(window);
      const days = [window.from, oldest()].map((at) => new Date(at).toISOString().slice(0, 10));
      const why = `${stream.name} of ${days.join(' to ')} can no longer be read: the provider does not keep it for so long.`;
      yield {
        chunks: [],
        cursor: new Map([[key, JSON.stringify(place)]]),
        ...(!told && { gaps: [{ at: now, why }] }),
      };
      told = true;
    } else yield* read({ ...window, from: oldest(), link: undefined });
  };
  if (place.open !== undefined) yield* readKept(place.open);
  // A clock that was set back opens the window where it now is.
  const overlap = placeOf(cursor, key) === undefined ? 0 : pace.overlap;
  for (let from = Math.max(floor, Math.min(place.done, now) - overlap); from < now; ) {
    if (context.signal.aborted) return;
    const to = Math.min(now, from + pace.step);
    yield* readKept({ from, to, late: false });
    from = to;
  }
  // What came since the last time, however long ago that is, is at most so late.
  if (place.pass === undefined) {
    if (now - place.late < pace.lateEvery && now >= place.late) return;
    place = { ...place, pass: { began: now, from: Math.max(floor, Math.min(place.late, now) - pace.late) } };
  }
  while (place.pass !== undefined && place.pass.from < now) {
    if (context.signal.aborted) return;
    const { from, began } = place.pass;
    yield* readKept({ from, to: Math.min(began, from + pace.step), late: true });
  }
}

function placeOf(cursor: Cursor, key: string): Place | undefined {
  const text = cursor.get(key);
  if (text === undefined) return undefined;
  try {
    const place = JSON.parse(text) as Place;
    const { done, late, pass, floor } = place;
    const isWhole = [done, late, pass?.began ?? 0, pass?.from ?? 0, floor ?? 0].every(Number.isFinite);
    return isWhole ? place : undefined;
  } catch {
    return undefined;
  }
}
