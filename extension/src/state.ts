import { nothing, type Outgoing, type Waiting } from './events.js';
import type { Notices } from './notices.js';

// Everything that is kept, in the browser's storage: the worker may end at any time, and begins by reading it.

/** A request with data that was answered, as the employee's page shows it. */
export interface Sent {
  at: number;
  what: 'enrolment' | 'batch';
  /** The body, byte for byte. */
  body: string;
  status: number;
  answer: string;
}

/** The enrolment at a server. */
export interface Device {
  /** Of server, token and identity: with others it is another enrolment. */
  for: string;
  id: string;
  key: string;
  /** When the server refused the key, milliseconds since 1970. */
  refusedAt?: number;
}

/** What was fetched to work by. */
export interface Fetched<T> {
  etag: string;
  /** When it was last asked for. */
  at: number;
  body: T;
}

export interface State {
  waiting: Waiting;
  outgoing?: Outgoing;
  device?: Device;
  /** Not before this is anything tried: the server asked for it, or did not answer. */
  pause?: { until: number; tries: number; why: string; asked: boolean };
  sent: Sent[];
  catalog?: Fetched<{ version: string; hosts: string[]; extensions: string[] }>;
  notices?: Fetched<Notices>;
  /** Service -> when its notice was shown. */
  noticed: Record<string, number>;
  /** Host -> the kind that was told of it, and on which day. */
  signins: Record<string, { kind: string; day: string }>;
  /** What was last told of extensions, and on which day. */
  extensions?: { list: string; day: string };
}

/** What there is before anything happened. */
const empty: State = { waiting: nothing, sent: [], noticed: {}, signins: {} };

/** What was sent is shown for so long, in milliseconds, and as many. */
const [shownFor, shownMost, shownBytes] = [7 * 86_400_000, 300, 400_000];

let last: Promise<unknown> = Promise.resolve();

/**
 * Reads the state, lets `work` change it, and keeps it; one at a time, so that no change is lost to another. Fields are replaced, never
 * changed inside: only those that are others than before are written.
 */
export function change<T>(work: (state: State) => T | Promise<T>): Promise<T> {
  const run = last.then(async () => {
    const before: State = { ...empty, ...(await chrome.storage.local.get(null)) };
    const state = { ...before };
    const result = await work(state);
    if (state.sent !== before.sent) state.sent = shown(state.sent);
    const written = Object.entries(state).filter(([key, value]) => before[key as keyof State] !== value);
    if (written.length > 0) await chrome.storage.local.set(Object.fromEntries(written));
    const gone = Object.keys(before).filter((key) => !Object.hasOwn(state, key));
    if (gone.length > 0) await chrome.storage.local.remove(gone);
    return result;
  });
  last = run.catch(() => {});
  return run;
}

function shown(sent: readonly Sent[]): Sent[] {
  const newest = sent[0]?.at ?? 0;
  let bytes = 0;
  return sent.slice(0, shownMost).filter(({ at, body }) => {
    bytes += body.length;
    return newest - at < shownFor && bytes < shownBytes;
  });
}
