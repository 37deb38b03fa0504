import type { TelemetryEvent } from '../../src/receivers/common/telemetry-schema.js';

// What waits to be sent, and the batches that it becomes. Pure: the state goes in and comes out, so that it can be kept in the browser's
// storage at every step and survives the end of the worker.

export type { TelemetryEvent };

/** An event before it has a name and a time. */
export type Draft = TelemetryEvent extends infer E ? (E extends unknown ? Omit<E, 'id' | 'at'> : never) : never;

/** Everything that waits. */
export interface Waiting {
  events: TelemetryEvent[];
  /** Events that were given up because too many waited. */
  lost: number;
}

/** Most events that wait while the server is away; then the oldest goes. */
export const maxWaiting = 2000;
/** Events in one batch; the server takes 500. */
export const maxBatch = 200;
/** So many events are sent at once, without waiting for the time to come. */
export const sendFrom = 50;

export const nothing: Waiting = { events: [], lost: 0 };

/** To the minute: nothing finer is needed, and nothing finer is told. */
export const minuteOf = (now: number): string => new Date(Math.floor(now / 60_000) * 60_000).toISOString();

type Same = Pick<TelemetryEvent, 'type' | 'at'> & { host?: string; account_kind?: string };
const same = (a: Same, b: Same): boolean =>
  a.type === b.type && a.at === b.at && a.host === b.host && a.account_kind === b.account_kind;

/** Adds an event. Pastes and uploads of one minute on one host are one event; what is told already is not told again. */
export function added({ events, lost }: Waiting, event: TelemetryEvent): Waiting {
  if (event.type !== 'extensions') {
    const at = events.findIndex((other) => same(other, event));
    const found = events[at];
    if (found !== undefined) {
      if ((found.type !== 'paste' && found.type !== 'upload') || (event.type !== 'paste' && event.type !== 'upload'))
        return { events, lost };
      const sum = { ...found, count: Math.min(10_000, found.count + event.count), bytes: found.bytes + event.bytes };
      return { events: events.with(at, sum), lost };
    }
  }
  const all = [...events, event];
  const over = Math.max(0, all.length - maxWaiting);
  return { events: all.slice(over), lost: lost + over };
}

/** Who sends. */
export interface Agent {
  name: string;
  version: string;
  browser: string;
  browser_version?: string;
}

/** A batch on its way: these bytes are sent until the server has answered, and are never made anew. */
export interface Outgoing {
  body: string;
  /** Tries that failed. */
  tries: number;
  /** Milliseconds since 1970 before which it is not tried again. */
  notBefore: number;
}

/** Takes a batch off what waits. Undefined: nothing waits. `random`: names the batch, 16 characters or more. */
export function takeBatch(
  { events, lost }: Waiting,
  agent: Agent,
  now: number,
  random: string,
): { waiting: Waiting; outgoing: Outgoing } | undefined {
  if (events.length === 0) return undefined;
  const batch = {
    halflight_telemetry: '1',
    batch: random,
    sent_at: new Date(now).toISOString(),
    agent,
    events: events.slice(0, maxBatch),
  };
  return {
    waiting: { events: events.slice(maxBatch), lost },
    outgoing: { body: JSON.stringify(batch), tries: 0, notBefore: 0 },
  };
}

/** What to do after an answer. `again`: wait and send the same bytes; `enrol`: the key is not taken any more. */
export type Verdict = 'done' | 'refused' | 'again' | 'enrol';

/** `status`: 0 where no answer came. */
export function verdictOf(status: number): Verdict {
  if (status === 202 || status === 200) return 'done';
  if (status === 401) return 'enrol';
  // What is wrong in these bytes will be wrong again; a token or a source that is not taken can be put right by the administrator.
  if (status === 400 || status === 413 || status === 415) return 'refused';
  if (status === 422) return 'refused';
  return 'again';
}

const [first, most] = [60_000, 3_600_000];

/** Milliseconds until the next try: what the server asks for, else doubling from a minute to an hour, spread by a quarter. */
export function waitAfter(tries: number, retryAfter: string | null, random: number): number {
  const asked = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) * 1000 : undefined;
  if (asked !== undefined) return Math.min(86_400_000, Math.max(1000, asked)) + Math.round(random * 1000);
  const base = Math.min(most, first * 2 ** Math.min(20, tries));
  return Math.round(base * (0.75 + random / 2));
}
