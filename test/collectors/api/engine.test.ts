import { afterEach, describe, expect, it } from 'vitest';
import { ApiClient } from '../../../src/collectors/common/api/client.js';
import { inTurn } from '../../../src/collectors/common/api/parts.js';
import { stateParts } from '../../../src/collectors/common/api/states.js';
import { type RecordStream, streamParts, usualPace } from '../../../src/collectors/common/api/streams.js';
import { SourceLoginError } from '../../../src/core/chunk.js';
import { type ApiSource, apiSource } from '../../helpers/api-source.js';
import { httpServer, type LocalServer } from '../../helpers/http-server.js';
import { random } from '../../helpers/random.js';

// The engine that all collectors of APIs share, against a small API over a real socket.
const [hour, day] = [3_600_000, 86_400_000];

interface Item {
  id: string;
  /** What its time says, and when it can be seen. */
  at: number;
  seen: number;
}

interface Fault {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

let server: LocalServer;
let source: ApiSource;
const api = {
  items: [] as Item[],
  pageSize: 7,
  token: 'good',
  fault: (_url: URL, _request: number): Fault | undefined => undefined,
  next: (link: string): string => link,
  shuffle: (items: Item[]): Item[] => items,
};
const usual = { ...api };
let requests = 0;
/** Set where the clock of the server is not that of the source. */
let theirClock: number | undefined;

async function start(): Promise<void> {
  Object.assign(api, usual, { items: [] });
  requests = 0;
  theirClock = undefined;
  server = await httpServer((request, response) => {
    const url = new URL(request.url ?? '', `http://127.0.0.1:${server.port}`);
    response.setHeader('date', new Date(theirClock ?? source.clock.now).toUTCString());
    const fault = api.fault(url, requests++);
    const send = (status: number, headers: Record<string, string>, body: string): void =>
      void response.writeHead(status, headers).end(body);
    if (fault !== undefined) return send(fault.status, fault.headers ?? {}, fault.body ?? '{}');
    if (request.headers.authorization !== `Bearer ${api.token}`) return send(401, {}, '{}');
    const [from, to, skip] = ['from', 'to', 'skip'].map((name) => Number(url.searchParams.get(name) ?? 0));
    const all = api.shuffle(
      api.items.filter((item) => item.at >= (from ?? 0) && item.at < (to ?? 0) && item.seen <= source.clock.now),
    );
    const page = all.slice(skip, (skip ?? 0) + api.pageSize);
    url.searchParams.set('skip', String((skip ?? 0) + api.pageSize));
    const next = (skip ?? 0) + api.pageSize < all.length ? { next: api.next(url.href) } : {};
    send(200, {}, JSON.stringify({ items: page, ...next }));
  });
  source = apiSource([server.port]);
}

function client(token: (renew: boolean) => string = () => 'good'): ApiClient {
  return new ApiClient(
    {
      name: 'The API',
      base: `http://127.0.0.1:${server.port}/v1/`,
      authorize: (renew) => Promise.resolve({ authorization: `Bearer ${token(renew)}` }),
    },
    source.context,
  );
}

const stream = (name = 'items', asked = client()): RecordStream => ({
  name,
  async page({ from, to }, link) {
    const { body } = await asked.get(link ?? asked.url('items', { from: String(from), to: String(to) }));
    const { items, next } = body as { items: Item[]; next?: string };
    const own = name === 'items' ? '' : `${name}/`;
    return { records: items.map(({ id, at }) => ({ id: `${own}${id}`, at, text: `${own}${id}` })), next };
  },
});

const collect = (streams?: RecordStream[], killBefore?: number): Promise<void> => {
  const asked = client();
  const list = streams ?? [stream('items', asked)];
  return source.run(
    (cursor) =>
      inTurn(
        streamParts(list, usualPace, cursor, source.context, () => asked.theirNow),
        cursor,
        source.context,
      ),
    killBefore,
  );
};

afterEach(async () => {
  await source.close();
  await server.close();
});

const item = (n: number, at: number, seen = at): Item => ({ id: `event-${n}`, at, seen });
const sorted = (list: readonly string[]): string[] => [...list].sort();

describe('records by windows of time', () => {
  it('are all read once: duplicated, shuffled, late by up to 72 hours, whatever page a run is killed at', async () => {
    await start();
    const roll = random(20261126);
    const begin = source.clock.now - 20 * day;
    for (let n = 0; n < 600; n++) {
      const at = begin + Math.floor(roll() * 24 * day);
      api.items.push(item(n, at, at + (roll() < 0.3 ? Math.floor(roll() * 72 * hour) : 0)));
    }
    for (let n = 0; n < 200; n++) api.items.push(api.items[Math.floor(roll() * 600)] as Item);
    api.shuffle = (items) =>
      items
        .map((value) => ({ value, key: roll() }))
        .sort((a, b) => a.key - b.key)
        .map(({ value }) => value);
    // Order that changes between the pages of one listing may hide a record there: its window is read again.
    api.pageSize = 1000;
    const end = source.clock.now + 9 * day;
    while (source.clock.now < end) {
      await collect([stream()], roll() < 0.5 ? Math.floor(roll() * 12) : undefined);
      source.clock.now += 3 * hour;
    }
    await collect();
    expect(sorted(source.lines)).toEqual(sorted([...new Set(api.items.map(({ id }) => id))]));
  });

  it('forgets ids that no window reaches again, so that memory stays flat', async () => {
    await start();
    for (let n = 0; n < 400; n++) api.items.push(item(n, source.clock.now - 29 * day + n * 6 * hour));
    for (let n = 0; n < 72 * 4; n++) {
      await collect();
      source.clock.now += 6 * hour;
    }
    expect(source.lines).toHaveLength(400);
    expect(source.ids.size).toBeLessThan(40);
  });

  it('skips nothing when a record claims a time far ahead, or when the clock of this machine was wrong for a while', async () => {
    await start();
    const now = source.clock.now;
    api.items.push(item(1, now - hour), item(2, now + 10 * 365 * day, now));
    await collect();
    expect(source.lines).toEqual(['event-1']);
    [theirClock, source.clock.now] = [now, now + 400 * day];
    await collect();
    theirClock = now + 2 * hour;
    source.clock.now = now + 2 * hour;
    api.items.push(item(3, now + hour));
    await collect();
    expect(source.lines).toEqual(['event-1', 'event-3']);
  });

  it('finds what came late by 72 hours exactly, also what came while nothing ran for days', async () => {
    await start();
    const begin = source.clock.now;
    for (let n = 0; n < 400; n++) {
      const at = begin - 3 * day + n * hour;
      api.items.push(item(n, at, at + 72 * hour));
    }
    const outage = { from: begin + 4 * day, to: begin + 9 * day };
    while (source.clock.now < begin + 17 * day) {
      const out = source.clock.now > outage.from && source.clock.now < outage.to;
      if (!out) await collect([stream()], Math.floor(source.clock.now / hour) % 3 === 0 ? 2 : undefined);
      source.clock.now += 5 * hour;
    }
    await collect();
    expect(sorted(source.lines)).toEqual(sorted(api.items.map(({ id }) => id)));
  });

  it('skips nothing when the clock of this machine was wrong for ten days, or that of the provider always is', async () => {
    await start();
    const begin = source.clock.now;
    theirClock = begin;
    let real = begin;
    // What can be seen goes by the real time.
    for (let n = 0; n < 400; n++) api.items.push(item(n, begin + n * hour, begin + n * hour));
    const seen = api.items;
    for (; real < begin + 18 * day; real += 6 * hour) {
      const isWrong = real > begin + 2 * day && real < begin + 12 * day;
      [theirClock, source.clock.now] = [real, real + (isWrong ? 40 * day : 0)];
      api.items = seen.filter((each) => each.seen <= real);
      await collect();
    }
    expect(sorted(source.lines)).toEqual(sorted(seen.map(({ id }) => id)));

    // Theirs a year ahead, or back: nothing more and nothing less is read.
    for (const skew of [-365 * day, 365 * day]) {
      const at = real + hour;
      api.items = [...seen, item(1000 + skew / day, at)];
      [theirClock, source.clock.now] = [at + skew, at + hour];
      await collect();
      real += 2 * hour;
    }
    expect(source.lines).toHaveLength(402);
  });

  it('counts nothing twice when the clock of this machine falls back, or a stream is not read for weeks', async () => {
    await start();
    const begin = source.clock.now;
    for (let n = -200; n < 600; n++) api.items.push(item(n, begin + n * hour));
    const days = async (count: number, names: readonly string[]): Promise<void> => {
      for (let turn = 0; turn < count * 4; turn++) {
        await collect(names.map((name) => stream(name)));
        source.clock.now += 6 * hour;
      }
    };
    await days(9, ['items', 'others']);
    source.clock.now -= 8 * day;
    await days(1, ['items', 'others']);
    source.clock.now += 7 * day;
    await days(8, ['others']);
    await days(4, ['items', 'others']);
    expect(source.lines).toHaveLength(new Set(source.lines).size);
    // Days 9 - 8 + 1 + 7 + 8 + 4, without the last six hours.
    const ofEach = 200 + 21 * 24 - 6;
    expect(source.lines.filter((line) => line.startsWith('others/'))).toHaveLength(ofEach);
    expect(source.lines).toHaveLength(2 * ofEach);
  });

  it('goes on at the page where it was killed, and reads no page twice for that', async () => {
    await start();
    for (let n = 0; n < 70; n++) api.items.push(item(n, source.clock.now - 2 * hour + n));
    const pages = new Map<string, number>();
    api.fault = (url) => {
      pages.set(url.search, (pages.get(url.search) ?? 0) + 1);
      return undefined;
    };
    await collect([stream()], 34);
    await collect();
    expect(sorted(source.lines)).toEqual(sorted(api.items.map(({ id }) => id)));
    expect([...pages.values()].filter((times) => times > 2)).toEqual([]);
  });

  it('begins the window again when its page link has expired', async () => {
    await start();
    for (let n = 0; n < 40; n++) api.items.push(item(n, source.clock.now - hour + n));
    let expired = false;
    api.fault = (url) => {
      if (expired || !url.searchParams.has('skip') || url.searchParams.get('skip') !== '21') return undefined;
      expired = true;
      return { status: 410 };
    };
    await collect();
    expect(sorted(source.lines)).toEqual(sorted(api.items.map(({ id }) => id)));
  });

  it('reads on past empty pages, and ends at a page that comes again', async () => {
    await start();
    let empty = 0;
    api.items.push(item(1, source.clock.now - hour));
    api.fault = (url) =>
      url.searchParams.has('again') || empty++ > 3
        ? undefined
        : {
            status: 200,
            body: JSON.stringify({ items: [], next: `${url.href.replace(/&n=\d+/, '')}&n=${empty}` }),
          };
    await collect();
    expect(source.lines).toEqual(['event-1']);

    for (let n = 2; n < 30; n++) api.items.push(item(n, source.clock.now + n));
    source.clock.now += hour;
    const loop = (link: string): string => link.replace(/skip=\d+/, 'skip=7');
    api.next = loop;
    await expect(collect()).rejects.toThrow('gives a page again');
    expect(source.gaps.map(({ why }) => why)).toEqual([expect.stringContaining('items could not be read')]);
    api.next = usual.next;
    await collect();
    expect(sorted(source.lines)).toEqual(sorted(api.items.map(({ id }) => id)));
    expect([...source.cursor.keys()]).toEqual(['stream/items']);
  });
});

describe('a server in trouble', () => {
  const faults: readonly [string, (request: number) => Fault | undefined][] = [
    ['429 with seconds', (n) => (n % 2 === 0 ? { status: 429, headers: { 'retry-after': '7' } } : undefined)],
    ['429 without a word', (n) => (n % 3 === 0 ? { status: 429 } : undefined)],
    [
      '503 with a date',
      (n) =>
        n % 2 === 0
          ? { status: 503, headers: { 'retry-after': new Date(source.clock.now + 20_000).toUTCString() } }
          : undefined,
    ],
    ['500 now and then', (n) => (n % 3 < 2 ? { status: 500 } : undefined)],
    ['cut JSON', (n) => (n % 2 === 0 ? { status: 200, body: '{"items":[{"id":"event-1"' } : undefined)],
    ['no JSON', (n) => (n % 2 === 0 ? { status: 200, body: '<html>' } : undefined)],
  ];
  it.each(faults)('is asked again after %s, and nothing is lost', async (_name, fault) => {
    await start();
    for (let n = 0; n < 30; n++) api.items.push(item(n, source.clock.now - hour + n));
    api.fault = (_url, request) => fault(request);
    await collect();
    expect(sorted(source.lines)).toEqual(sorted(api.items.map(({ id }) => id)));
    expect(source.waited).toBeGreaterThan(0);
  });

  it('is left alone as long as it asks for, an hour at most, and the place is kept', async () => {
    await start();
    for (let n = 0; n < 30; n++) api.items.push(item(n, source.clock.now - hour + n));
    let busy = true;
    api.fault = (_url, n) => (busy && n > 30 ? { status: 429, headers: { 'retry-after': '90000' } } : undefined);
    await expect(collect()).rejects.toThrow('busy');
    const asked = requests;
    source.clock.now += 59 * 60_000;
    await collect();
    expect(requests).toBe(asked);
    busy = false;
    source.clock.now += 2 * 60_000;
    await collect();
    expect(sorted(source.lines)).toEqual(sorted(api.items.map(({ id }) => id)));
    expect(source.gaps).toEqual([]);
  });

  it('gives up after some tries, names the server, and goes on next time', async () => {
    await start();
    api.items.push(item(1, source.clock.now - hour));
    api.fault = (_url, n) => (n < 5 ? { status: 502 } : undefined);
    await expect(collect()).rejects.toThrow('The API is busy or down (502)');
    expect(requests).toBe(5);
    await collect();
    expect(source.lines).toEqual(['event-1']);
  });

  it('a token that is no longer taken is renewed once; then it ends, without a storm', async () => {
    await start();
    api.items.push(item(1, source.clock.now - hour));
    let issued = 'old';
    const renewing = client((renew) => {
      if (renew) issued = 'good';
      return issued;
    });
    await collect([stream('items', renewing)]);
    expect(source.lines).toEqual(['event-1']);
    const before = requests;
    api.token = 'other';
    source.clock.now += hour;
    await expect(collect([stream('items', client())])).rejects.toThrow(SourceLoginError);
    expect(requests - before).toBe(2);
  });

  it('a part without permission is a gap once, and the other parts go on', async () => {
    await start();
    for (let n = 0; n < 10; n++) api.items.push(item(n, source.clock.now - hour + n));
    const refused: RecordStream = {
      name: 'audits',
      page: async () => ({ ...(await stream().page({ from: 0, to: 1 }, `http://127.0.0.1:${server.port}/v1/audits`)) }),
    };
    api.fault = (url) => (url.pathname.endsWith('audits') ? { status: 403 } : undefined);
    for (let run = 0; run < 3; run++) {
      await expect(collect([refused, stream()])).rejects.toThrow('403');
      source.clock.now += hour;
    }
    expect(sorted(source.lines)).toEqual(sorted(api.items.map(({ id }) => id)));
    expect(source.gaps).toHaveLength(1);
  });

  it('F25 where every part is refused the source is to be paused: consent is gone', async () => {
    await start();
    api.fault = () => ({ status: 403 });
    await expect(collect([stream('items'), stream('others')])).rejects.toThrow(SourceLoginError);
    expect(requests).toBe(2);
  });

  it('a token that was renewed while the server is busy is not renewed again for that', async () => {
    await start();
    api.items.push(item(1, source.clock.now - hour));
    let renewals = 0;
    let issued = 'old';
    api.fault = (_url, n) => (n === 1 || n === 2 ? { status: 503 } : undefined);
    await collect([
      stream(
        'items',
        client((renew) => {
          if (renew) [issued, renewals] = ['good', renewals + 1];
          return issued;
        }),
      ),
    ]);
    expect(source.lines).toEqual(['event-1']);
    expect(renewals).toBe(1);
  });
});

async function* nothing(): AsyncGenerator<never, void> {}

describe('what is so at a provider', () => {
  const people = { list: ['ada', 'bob', 'eve'], link: (n: number) => String(n) };
  const listing = () => ({
    kind: 'person',
    every: day,
    page: async (link: string | undefined) => {
      const at = Number(link ?? 0);
      const id = people.list[at];
      const items = id === undefined ? [] : [{ id, body: { id }, text: `${id} is new` }];
      return { items, ...(at + 1 < people.list.length && { next: people.link(at + 1) }) };
    },
  });
  const list = (killBefore?: number): Promise<void> =>
    source.run((cursor) => inTurn(stateParts([listing()], cursor, source.context), cursor, source.context), killBefore);

  it('is told when it is new, is gone after two listings without it, and is listed as often as it should be', async () => {
    await start();
    await list();
    await list();
    expect(source.lines).toEqual(['ada is new', 'bob is new', 'eve is new']);
    people.list = ['ada', 'eve'];
    for (const gone of [false, true]) {
      source.clock.now += day;
      await list();
      expect(source.states.get('person')?.get('bob')?.gone).toBe(gone);
    }
    people.list = ['ada', 'bob', 'eve'];
    source.clock.now += day;
    await list();
    expect(source.lines.at(-1)).toBe('bob is new');
    expect(source.lines).toHaveLength(4);
  });

  it('a long listing is spread over several collections, each of so many pages', async () => {
    await start();
    const before = people.list;
    people.list = Array.from({ length: 11 }, (_, n) => `p${n}`);
    const told: number[] = [];
    for (let turn = 0; turn < 4; turn++) {
      const short = { ...listing(), pages: 4 };
      await source.run((cursor) => stateParts([short], cursor, source.context)[0]?.read() ?? nothing());
      told.push(source.lines.length);
    }
    people.list = before;
    expect(told).toEqual([4, 8, 11, 11]);
    expect([...(source.states.get('person')?.values() ?? [])].filter(({ missing }) => missing > 0)).toEqual([]);
  });

  it('killed at any page goes on there, and no half listing makes anybody gone', async () => {
    await start();
    for (let turn = 0; turn < 6; turn++) {
      await list(turn % 4);
      source.clock.now += day / 4;
    }
    await list();
    expect([...(source.states.get('person')?.values() ?? [])].filter(({ gone }) => gone)).toEqual([]);
    expect(source.lines).toHaveLength(3);
  });
});
