import { randomBytes } from 'node:crypto';
import type { StateItem } from '../../../core/chunk.js';
import type { Batch, CollectContext, Cursor } from '../collector.js';
import { pagesOf } from './pages.js';
import type { Part } from './parts.js';

/** All items of a kind that a provider lists: grants, people. */
export interface StateListing {
  /** Kind of the state, and name of its cursor: it stays. */
  kind: string;
  /** How often all are listed, in milliseconds. */
  every: number;
  /** Most pages of one collection, so that what else the source has need not wait; the next one goes on there. All where not given. */
  pages?: number | undefined;
  /** A page of the items. `link`: as the page before gave it, or whatever text says where to go on. */
  page(link: string | undefined): Promise<{ items: readonly StateItem[]; next?: string | undefined }>;
}

/** A listing that is under way (`run`), or the time when the last one began. */
interface Place {
  began: number;
  run?: string | undefined;
  link?: string | undefined;
}

/** Listings as parts of a source (`inTurn`): all that is so, as often as each kind wants; killed at any page it goes on there. */
export const stateParts = (listings: readonly StateListing[], cursor: Cursor, context: CollectContext): Part[] =>
  listings.map((listing) => ({ name: listing.kind, read: () => readListing(listing, cursor, context) }));

async function* readListing(
  { kind, every, pages = Number.POSITIVE_INFINITY, page }: StateListing,
  cursor: Cursor,
  context: CollectContext,
): AsyncGenerator<Batch, void> {
  const key = `state/${kind}`;
  const now = context.now();
  const place = placeOf(cursor, key);
  const open = place?.run === undefined ? undefined : place;
  if (open === undefined && place !== undefined && now >= place.began && now - place.began < every) return;
  // A listing that goes on from its first page again, as its link expired, is another one: it must hold everything.
  const began = open?.began ?? now;
  const newRun = (): string => `${began}-${randomBytes(6).toString('hex')}`;
  let run = open?.run ?? newRun();
  let [count, left] = [0, pages];
  const read = (link: string | undefined): ReturnType<typeof page> => {
    if (link === undefined) run = newRun();
    return page(link);
  };
  for await (const { page: given, next } of pagesOf(read, open?.link)) {
    count += given.items.length;
    context.progress?.(`${kind}: ${count.toLocaleString('en-US')} listed`);
    yield {
      chunks: [],
      states: [{ kind, run, items: given.items, complete: next === undefined }],
      cursor: new Map([[key, JSON.stringify(next === undefined ? { began } : { began, run, link: next })]]),
    };
    if (context.signal.aborted || --left <= 0) return;
  }
}

function placeOf(cursor: Cursor, key: string): Place | undefined {
  try {
    const place = JSON.parse(cursor.get(key) ?? '') as Place;
    return Number.isFinite(place.began) ? place : undefined;
  } catch {
    return undefined;
  }
}
