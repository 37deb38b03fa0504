import type { CollectedRecord } from '../../../core/chunk.js';
import type { Batch, CollectContext, Cursor } from '../collector.js';
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
  /** So late records may come at all: so much is asked again every `lateEvery`. */
  late: number;
  lateEvery: number;
  /** Longest window, so that progress is kept. */
  step: number;
}

const [hour, day] = [3_600_000, 86_400_000];
export const usualPace: Pace = { first: 30 * day, overlap: 3 * hour, late: 75 * hour, lateEvery: 6 * hour, step: day };

/** Where a stream is: all before `done` was read, late ones as of `late`; a window that is not finished, with the link of its next page. */
interface Place {
  done: number;
  late: number;
  open?: { from: number; to: number; late: boolean; link?: string | undefined } | undefined;
}

/**
 * Streams as parts of a source (`inTurn`). They are read by windows of time that overlap, so that nothing is skipped: the clock of this
 * machine opens and closes windows, and what records say of their time only decides which window they are in. Every record has an id
 * and counts once, so windows may be read again: after a kill, when a link expired, or to find what came late.
 * @param theirNow the clock of the other side, milliseconds since 1970: ids are forgotten only when both clocks say that they are old,
 *   so that one which was wrong for a while has nothing counted twice
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
    read: () => readStream(stream, pace, `stream/${stream.name}`, cursor, context),
  })),
  { name: 'ids', local: true, read: () => forget(streams, pace, cursor, theirNow()) },
];

/** Forgets ids that no window of any stream reaches again, with a day to spare. */
async function* forget(
  streams: readonly RecordStream[],
  pace: Pace,
  cursor: Cursor,
  theirNow = Number.POSITIVE_INFINITY,
): AsyncGenerator<Batch, void> {
  const places = streams.map((stream) => placeOf(cursor, `stream/${stream.name}`));
  if (places.length === 0 || places.some((place) => place === undefined)) return;
  const oldest = Math.min(theirNow, ...places.flatMap(reachedBy));
  yield { chunks: [], cursor: new Map(), forgetBefore: oldest - pace.late - pace.overlap - day };
}

/** The ends of what the next windows of a stream reach back from. */
const reachedBy = (place: Place | undefined): number[] => [place?.open?.from ?? place?.done ?? 0, place?.late ?? 0];

async function* readStream(
  stream: RecordStream,
  pace: Pace,
  key: string,
  cursor: Cursor,
  context: CollectContext,
): AsyncGenerator<Batch, void> {
  const now = context.now();
  let place: Place = placeOf(cursor, key) ?? { done: now - pace.first, late: now };
  let count = 0;
  const read = async function* (window: Window & { late: boolean; link?: string | undefined }): AsyncGenerator<Batch> {
    const { from, to, late } = window;
    const pages = pagesOf((link) => stream.page({ from, to }, link), window.link);
    for await (const { page, next } of pages) {
      const records = page.records.map((record) => ({
        ...record,
        // Whatever a record says of its time, its id is remembered as long as this window may be read again.
        at: Math.min(to, Math.max(from, record.at)),
      }));
      const isLast = next === undefined;
      place = isLast
        ? { done: Math.max(late ? 0 : to, Math.min(place.done, now)), late: late && to >= now ? now : place.late }
        : { ...place, open: { from, to, late, link: next } };
      count += records.length;
      context.progress?.(
        `${stream.name}: ${new Date(from).toISOString().slice(0, 16)} to ${new Date(to).toISOString().slice(0, 16)}, ${count.toLocaleString('en-US')} records read`,
      );
      yield {
        chunks: [],
        records: [{ name: `${stream.name} ${new Date(from).toISOString().slice(0, 10)}`, records }],
        cursor: new Map([[key, JSON.stringify(place)]]),
      };
      if (context.signal.aborted) return;
    }
  };
  if (place.open !== undefined) yield* read(place.open);
  // A clock that was set back opens the window where it now is.
  for (let from = Math.min(place.done, now) - (placeOf(cursor, key) === undefined ? 0 : pace.overlap); from < now; ) {
    if (context.signal.aborted) return;
    const to = Math.min(now, from + pace.step);
    yield* read({ from, to, late: false });
    from = to;
  }
  if (now - place.late < pace.lateEvery && now >= place.late) return;
  // From where the last one was complete: what came late while the provider was out of reach is older than the newest late window.
  for (let from = Math.min(place.late, now) - pace.late; from < now; from += pace.step) {
    if (context.signal.aborted) return;
    yield* read({ from, to: Math.min(now, from + pace.step), late: true });
  }
}

function placeOf(cursor: Cursor, key: string): Place | undefined {
  const text = cursor.get(key);
  if (text === undefined) return undefined;
  try {
    const place = JSON.parse(text) as Place;
    return Number.isFinite(place.done) && Number.isFinite(place.late) ? place : undefined;
  } catch {
    return undefined;
  }
}
