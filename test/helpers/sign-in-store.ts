import { random } from './random.js';

type Json = Record<string, unknown>;

/** Sign-ins of a tenant; a million of them fit, since records are made when they are asked for. */
export interface SignInStore {
  size: number;
  type(index: number): string;
  /** What their times say and since when they can be seen, milliseconds since 1970; sorted by the first. */
  created: Float64Array;
  seen: Float64Array;
  record(index: number): Json;
}

/** A store of these records; `seen` in each: since when it can be seen (by default at once). */
export function signInStore(records: readonly (Json & { seen?: number })[]): SignInStore {
  const time = (record: Json): number => Date.parse(String(record.createdDateTime));
  const sorted = [...records].sort((a, b) => time(a) - time(b));
  return {
    size: sorted.length,
    type: (index) => String((sorted[index]?.signInEventTypes as string[] | undefined)?.[0] ?? 'interactiveUser'),
    created: Float64Array.from(sorted, time),
    seen: Float64Array.from(sorted, (record) => record.seen ?? time(record)),
    record: (index) => ({ ...sorted[index], seen: undefined }),
  };
}

interface Listing {
  type: string;
  from: number;
  to: number;
}

interface Token extends Listing {
  /** When the first page was asked for: later sign-ins are not in the listing. */
  now: number;
  at: number;
  seed: number;
}

const selections = new Map<string, Uint32Array>();
let listings = 0;

/** The sign-ins of a listing in its order. The last few are remembered: each page asks for one. */
function selectionOf(store: SignInStore, { type, from, to, now, seed }: Token, shuffle: boolean): Uint32Array {
  const key = `${store.size} ${type} ${from} ${to} ${now} ${seed}`;
  const known = selections.get(key);
  if (known !== undefined) return known;
  const found: number[] = [];
  for (let index = firstFrom(store.created, from); index < store.size && (store.created[index] ?? 0) <= to; index++)
    if ((store.seen[index] ?? 0) <= now && store.type(index) === type) found.push(index);
  const order = Uint32Array.from(found);
  if (shuffle) shuffled(order, random(seed));
  if (selections.size >= 4) selections.delete([...selections.keys()][0] ?? '');
  selections.set(key, order);
  return order;
}

function firstFrom(times: Float64Array, from: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

function shuffled(order: Uint32Array, roll: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(roll() * (i + 1));
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
}

/** A page of a listing, with records of it that come again, and the link to the next one. */
export function pageOf(
  store: SignInStore,
  settings: { now(): number; pageSize: number; repeat: number; shuffle: boolean },
  listing: Listing,
  asked: URL,
): Json {
  const text = asked.searchParams.get('$skiptoken');
  const token: Token =
    text === null
      ? { ...listing, now: settings.now(), at: 0, seed: ++listings }
      : (JSON.parse(Buffer.from(text, 'base64url').toString()) as Token);
  const order = selectionOf(store, token, settings.shuffle);
  const size = Math.min(settings.pageSize, Number(asked.searchParams.get('$top') ?? 1000));
  const end = Math.min(order.length, token.at + size);
  const value: Json[] = [];
  const roll = random(token.seed * 1000 + token.at);
  for (let at = token.at; at < end; at++) {
    value.push(store.record(order[at] ?? 0));
    // Some come again: of this page, or of any other.
    if (roll() < settings.repeat) value.push(store.record(order[Math.floor(roll() * order.length)] ?? 0));
  }
  const next = new URL(asked);
  next.searchParams.set('$skiptoken', Buffer.from(JSON.stringify({ ...token, at: end })).toString('base64url'));
  return {
    '@odata.context': `${asked.origin}/$metadata#auditLogs/signIns`,
    value,
    ...(end < order.length && { '@odata.nextLink': next.href }),
  };
}
