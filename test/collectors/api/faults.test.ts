import type { Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiClient } from '../../../src/collectors/common/api/client.js';
import { ApiFailure } from '../../../src/collectors/common/api/failure.js';
import { inTurn } from '../../../src/collectors/common/api/parts.js';
import { streamParts, usualPace } from '../../../src/collectors/common/api/streams.js';
import { SourceLoginError } from '../../../src/core/chunk.js';
import { type ApiSource, apiSource } from '../../helpers/api-source.js';
import { type LocalServer, tcpServer } from '../../helpers/http-server.js';

// F24: what servers, proxies and networks answer when they do not answer, byte by byte on a real socket. Each fault hits one page of a
// listing of six; what passes away must cost nothing, what stays must end the run where it is, with a sentence and the place kept.
const hour = 3_600_000;
const events = ['a', 'b', 'c', 'd', 'e', 'f'];

const http = (status: string, headers: readonly string[], body: string): string =>
  `HTTP/1.1 ${status}\r\n${[...headers, `content-length: ${Buffer.byteLength(body)}`, 'connection: close'].join('\r\n')}\r\n\r\n${body}`;
const json = (body: string, ...headers: string[]): string =>
  http('200 OK', ['content-type: application/json', ...headers], body);
const say =
  (text: string): Act =>
  (socket) =>
    socket.end(text);

type Act = (socket: Socket) => void;
interface Scenario {
  act: Act;
  /** How often the fault comes before the server is well again; for ever where not given. */
  times?: number;
  /** Undefined: nothing is noticed but a wait. */
  ends?: { kind: ApiFailure['kind'] | 'paused'; says: RegExp };
  /** Least that was waited, in milliseconds. */
  waits?: number;
}

const busy = (status: string, ...headers: string[]): Act => say(http(status, headers, '{}'));
const inSeconds = (seconds: number): string => new Date(Date.UTC(2026, 10, 26, 12) + seconds * 1000).toUTCString();
const theirDate = `date: ${inSeconds(0)}`;

const scenarios: Record<string, Scenario> = {
  '429 with 3 seconds': { act: busy('429 Too Many Requests', 'retry-after: 3'), times: 2, waits: 6000 },
  '429 with 0 seconds': { act: busy('429 Too Many Requests', 'retry-after: 0'), times: 3, waits: 3000 },
  '429 with a date': {
    act: busy('429 Too Many Requests', theirDate, `retry-after: ${inSeconds(20)}`),
    times: 1,
    waits: 20_000,
  },
  '429 with a date that is over': {
    act: busy('429 Too Many Requests', theirDate, `retry-after: ${inSeconds(-90)}`),
    times: 1,
    waits: 1000,
  },
  '429 with a date by a clock that is a year off': {
    act: busy(
      '429 Too Many Requests',
      'date: Fri, 26 Nov 2027 12:00:00 GMT',
      'retry-after: Fri, 26 Nov 2027 12:00:10 GMT',
    ),
    times: 1,
    waits: 10_000,
  },
  '429 with a reset in seconds since 1970': {
    act: busy('429 Too Many Requests', theirDate, `x-rate-limit-reset: ${Date.UTC(2026, 10, 26, 12) / 1000 + 30}`),
    times: 1,
    waits: 30_000,
  },
  '429 with words': { act: busy('429 Too Many Requests', 'retry-after: soon'), times: 2 },
  '429 with a negative number': { act: busy('429 Too Many Requests', 'retry-after: -5'), times: 2 },
  '429 for a day': {
    act: busy('429 Too Many Requests', 'retry-after: 86400'),
    ends: { kind: 'busy', says: /busy or down \(429\)/ },
  },
  '429 again and again': { act: busy('429 Too Many Requests', 'retry-after: 1'), ends: { kind: 'busy', says: /429/ } },
  '500 once': { act: busy('500 Internal Server Error'), times: 1 },
  '502 with a page of a proxy': {
    act: say(http('502 Bad Gateway', ['content-type: text/html'], '<html>nginx</html>')),
    times: 3,
  },
  '503 with 5 seconds': { act: busy('503 Service Unavailable', 'retry-after: 5'), times: 2, waits: 10_000 },
  '504 four times': { act: busy('504 Gateway Timeout'), times: 4 },
  '500 for good': {
    act: busy('500 Internal Server Error'),
    ends: { kind: 'busy', says: /\(500\): it is asked again later/ },
  },
  '529 of an overloaded service': { act: busy('529 Overloaded'), times: 2 },
  'JSON that is cut': { act: say(json('{"items":[{"id":"a"')), times: 2 },
  'JSON that is cut in a character': {
    act: say(json(Buffer.from('{"items":"ä').subarray(0, 11).toString('latin1'))),
    times: 1,
  },
  'an empty body': { act: say(json('')), times: 1 },
  'HTML with status 200': { act: say(http('200 OK', ['content-type: text/html'], '<html>sign in</html>')), times: 1 },
  'HTML with status 200 for good': {
    act: say(http('200 OK', [], '<html>')),
    ends: { kind: 'reach', says: /not whole/ },
  },
  'a body shorter than it says': { act: say('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"items":['), times: 2 },
  'a chunked body without its end': {
    act: say('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"ite\r\n'),
    times: 1,
  },
  'a chunk size that is no number': {
    act: say('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n'),
    times: 1,
  },
  'a reset before the answer': { act: (socket) => socket.resetAndDestroy(), times: 2 },
  'a reset in the middle of the answer': {
    act: (socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n{"items', () => socket.resetAndDestroy()),
    times: 2,
  },
  'a connection that closes without a word': { act: (socket) => socket.end(), times: 2 },
  'no answer at all': { act: () => {}, times: 1 },
  'no answer for good': { act: () => {}, ends: { kind: 'reach', says: /no whole answer within/ } },
  'a body in drips': {
    act: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n');
      const drip = setInterval(() => socket.write(' '), 20);
      socket.on('close', () => clearInterval(drip)).on('error', () => clearInterval(drip));
    },
    times: 1,
  },
  'headers in drips': {
    act: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(drip)).on('error', () => clearInterval(drip));
    },
    times: 1,
  },
  'headers without an end': {
    act: (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(200_000)}`);
    },
    ends: { kind: 'other', says: /.{20}/ },
  },
  'what is no HTTP': { act: say('SSH-2.0-OpenSSH_9.2\r\n'), times: 1 },
  'what is no HTTP for good': { act: say('220 mail.example ESMTP\r\n'), ends: { kind: 'reach', says: /.{20}/ } },
  'a body larger than may be': {
    act: say(json(`{"items":[],"x":"${'y'.repeat(300_000)}"}`)),
    ends: { kind: 'other', says: /its answer is longer/ },
  },
  'a redirect to elsewhere': {
    act: say(http('302 Found', ['location: https://evil.example/'], '')),
    ends: { kind: 'other', says: /sends elsewhere \(302\)/ },
  },
  'a permanent redirect': {
    act: say(http('308 Permanent Redirect', ['location: /v2/'], '')),
    ends: { kind: 'other', says: /308/ },
  },
  '401 for good': { act: busy('401 Unauthorized'), ends: { kind: 'paused', says: /does not let the source in/ } },
  '401 once, as a token ran out': { act: busy('401 Unauthorized'), times: 1 },
  '403 for the only part that is asked': {
    act: busy('403 Forbidden'),
    ends: { kind: 'paused', says: /grant it the permission/ },
  },
  '404': { act: busy('404 Not Found'), ends: { kind: 'gone', says: /does not know what was asked/ } },
  '410 of a link, once': { act: busy('410 Gone'), times: 1 },
  '400': { act: busy('400 Bad Request'), ends: { kind: 'other', says: /refused the request \(400\)/ } },
  '418': { act: busy("418 I'm a teapot"), ends: { kind: 'other', says: /418/ } },
};

let server: LocalServer;
let source: ApiSource;
let fault: { act: Act; left: number } | undefined;
let requests = 0;

beforeEach(async () => {
  requests = 0;
  server = await tcpServer((socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      requests++;
      const target = new URL(text.split(' ')[1] ?? '', `http://127.0.0.1:${server.port}`);
      text = '';
      const at = Number(target.searchParams.get('at') ?? 0);
      // The third page is the one that is hit.
      if (at === 2 && fault !== undefined && fault.left-- > 0) return fault.act(socket);
      const next = at + 1 < events.length ? `,"next":"http://127.0.0.1:${server.port}/v1/items?at=${at + 1}"` : '';
      socket.end(json(`{"items":[{"id":"${events[at]}"}]${next}}`, theirDate));
    });
  });
  source = apiSource([server.port]);
});
afterEach(async () => {
  await source.close();
  await server.close();
});

function collect(): Promise<void> {
  const client = new ApiClient(
    {
      name: 'The API',
      base: `http://127.0.0.1:${server.port}/v1/`,
      authorize: () => Promise.resolve({ authorization: 'Bearer secret-token' }),
      maxBytes: 100_000,
      timeoutMs: 250,
    },
    source.context,
  );
  const stream = {
    name: 'items',
    async page({ from }: { from: number }, link: string | undefined) {
      const { body } = await client.get(link ?? client.url('items'));
      const { items, next } = body as { items: { id: string }[]; next?: string };
      return { records: items.map(({ id }) => ({ id, at: from, text: id })), next };
    },
  };
  const pace = { ...usualPace, first: hour };
  return source.run((cursor) =>
    inTurn(
      streamParts([stream], pace, cursor, source.context, () => client.theirNow),
      cursor,
      source.context,
    ),
  );
}

describe('F24 a provider that fails', () => {
  it(`is met in ${Object.keys(scenarios).length} ways`, () => {
    expect(Object.keys(scenarios).length).toBeGreaterThanOrEqual(40);
  });

  it.each(Object.entries(scenarios))(
    '%s',
    async (_name, { act, times = Number.POSITIVE_INFINITY, ends, waits = 0 }) => {
      fault = { act, left: times };
      if (ends === undefined) {
        await collect();
        expect(source.waited).toBeGreaterThanOrEqual(waits);
      } else {
        const error: unknown = await collect().then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error instanceof ApiFailure ? error.kind : error instanceof SourceLoginError ? 'paused' : error).toBe(
          ends.kind,
        );
        expect((error as Error).message).toMatch(ends.says);
        expect((error as Error).message).not.toContain('secret-token');
        // No storm: a page is asked for a bounded number of times.
        expect(requests).toBeLessThan(40);
        // What was read before is kept, and the place too: once the server is well nothing is missing and nothing comes twice.
        expect(source.lines).toEqual(expect.arrayContaining(['a', 'b']));
        fault = undefined;
        source.clock.now += 2 * hour;
        await collect();
      }
      expect([...source.lines].sort()).toEqual(events);
    },
  );

  it('a certificate that nobody vouches for ends the run before the token is sent', async () => {
    const seen: string[] = [];
    const { certificate, key } = await import('../../helpers/test-certificate.js').then(({ testCertificate }) =>
      testCertificate(),
    );
    const tls = createTlsServer({ cert: certificate, key }, (socket) =>
      socket.on('data', (bytes) => seen.push(String(bytes))),
    );
    tls.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
    const port = (tls.address() as { port: number }).port;
    const other = apiSource([port]);
    const client = new ApiClient(
      {
        name: 'The API',
        base: `https://127.0.0.1:${port}/v1/`,
        authorize: () => Promise.resolve({ authorization: 'Bearer secret-token' }),
      },
      other.context,
    );
    await expect(client.get(client.url('items'))).rejects.toThrow(/certificate/);
    expect(seen).toEqual([]);
    await other.close();
    await new Promise((resolve) => tls.close(resolve));
  });
});
