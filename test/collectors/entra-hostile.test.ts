import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EntraSource, entraSource, graphId, signIn } from '../helpers/entra-source.js';
import type { GraphFault } from '../helpers/fake-graph.js';
import { httpServer, httpsServer, type LocalServer } from '../helpers/http-server.js';
import { linkTricks } from '../helpers/link-tricks.js';
import { random } from '../helpers/random.js';
import { signInStore } from '../helpers/sign-in-store.js';

const [hour, day] = [3_600_000, 86_400_000];
let source: EntraSource;
let decoy: LocalServer;
let atDecoy: string[] = [];
beforeEach(async () => {
  atDecoy = [];
  decoy = await httpServer((request, response) => {
    atDecoy.push(`${request.url} ${request.headers.authorization}`);
    response.end('{}');
  });
  source = await entraSource([decoy.port]);
});
afterEach(() => Promise.all([source.close(), decoy.close()]));

const sorted = (list: Iterable<string>): string[] => [...list].sort();
const ids = (): string[] => sorted(source.lines.map((line) => (JSON.parse(line) as { id: string }).id));

describe('A19 links to the next page', () => {
  it('the token of the app goes nowhere else by any of 60 tricks, and each ends the reading of its part alone', async () => {
    source.graph.signIns = signInStore([signIn(1, source.clock.now - hour)]);
    const tricks = linkTricks(String(source.graph.port), String(decoy.port)).map((link) =>
      link.replaceAll('/v1/', '/v1.0/'),
    );
    expect(tricks.length).toBeGreaterThanOrEqual(60);
    for (const next of tricks) {
      source.cursor.clear();
      const before = source.graph.requests.length;
      source.graph.settings.fault = ({ path }) => (path.endsWith('signIns') ? { next } : undefined);
      await expect(source.collect({ parts: ['sign_ins', 'audits'], lookback: '1d' }), next).rejects.toThrow(
        /not followed/,
      );
      // A token, one page of sign-ins, and the audits, which had their turn.
      expect(
        source.graph.requests.slice(before).map(({ path }) => path),
        next,
      ).toEqual(['token', 'v1.0/auditLogs/signIns', 'v1.0/auditLogs/directoryAudits']);
    }
    expect(atDecoy).toEqual([]);
  });

  it('F26 a page that comes again ends the reading, an empty one with a next link does not, an expired one begins the window again', async () => {
    source.graph.settings.pageSize = 5;
    source.graph.signIns = signInStore(Array.from({ length: 40 }, (_, n) => signIn(n, source.clock.now - hour + n)));
    let loop = '';
    let expired = false;
    source.graph.settings.fault = ({ path, query }) => {
      const token = query.get('$skiptoken');
      if (!path.endsWith('signIns') || token === null) return undefined;
      if (!expired) {
        expired = true;
        return { status: 400, code: 'Directory_ExpiredPageToken' };
      }
      loop ||= `${source.graph.url}/v1.0/auditLogs/signIns?${query}`;
      return undefined;
    };
    await source.collect({ parts: ['sign_ins'], lookback: '1d' });
    expect(ids()).toHaveLength(40);
    source.graph.settings.fault = ({ path }) => (path.endsWith('signIns') ? { next: loop } : undefined);
    source.clock.now += hour;
    await expect(source.collect({ parts: ['sign_ins'] })).rejects.toThrow('gives a page again');
    expect(source.gaps).toHaveLength(1);
  });
});

describe('F24 a Graph in trouble', () => {
  const faults: readonly [string, (n: number) => GraphFault | undefined][] = [
    ['429 with seconds', (n) => (n % 3 === 1 ? { status: 429, headers: { 'retry-after': '11' } } : undefined)],
    ['429 with a code alone', (n) => (n % 4 === 1 ? { status: 429, code: 'TooManyRequests' } : undefined)],
    [
      '503 with a date',
      (n) =>
        n % 3 === 0
          ? { status: 503, headers: { 'retry-after': new Date(source.clock.now + 30_000).toUTCString() } }
          : undefined,
    ],
    ['500, 502, 504', (n) => (n % 4 < 3 ? { status: [500, 502, 504][n % 4] ?? 500 } : undefined)],
    ['answers that are cut', (n) => (n % 2 === 0 ? { cutAfter: 40 } : undefined)],
    ['connections that break', (n) => (n % 2 === 0 ? 'reset' : undefined)],
    [
      'throttling of the directory with another status',
      (n) => (n % 2 === 0 ? { status: 400, code: 'Directory_ConcurrencyViolation' } : undefined),
    ],
  ];
  it.each(faults)('%s: it is asked again, nothing is lost or counted twice', async (_name, fault) => {
    source.graph.settings.pageSize = 6;
    source.graph.signIns = signInStore(
      Array.from({ length: 50 }, (_, n) => signIn(n, source.clock.now - 2 * day + n * 3_000_000)),
    );
    let n = 0;
    source.graph.settings.fault = ({ path }) => (path === 'token' ? undefined : fault(n++));
    await source.collect({ parts: ['sign_ins'], lookback: '3d' });
    expect(ids()).toEqual(Array.from({ length: 50 }, (_, index) => graphId(index)));
    expect(source.waited).toBeGreaterThan(0);
    expect(source.gaps).toEqual([]);
  });

  it('a certificate that does not hold gets no token, a redirect is not followed, and the place is kept', async () => {
    const tls = (name: string): string => readFileSync(join(import.meta.dirname, '../fixtures/tls', name), 'utf8');
    let heard = 0;
    const fraud = await httpsServer({ key: tls('server.key.pem'), cert: tls('server.pem') }, (_request, response) => {
      heard++;
      response.end('{"value":[]}');
    });
    const other = await entraSource([fraud.port]);
    // The sign-in service gives its token for the Graph that is asked.
    other.graph.app.scope = `https://127.0.0.1:${fraud.port}/.default`;
    const options = { graph_url: `https://127.0.0.1:${fraud.port}`, parts: ['sign_ins'] };
    await expect(other.collect(options)).rejects.toThrow(/certificate/i);
    expect([heard, other.lines, [...other.cursor]]).toEqual([0, [], []]);
    await Promise.all([other.close(), fraud.close()]);

    source.graph.signIns = signInStore([signIn(1, source.clock.now - hour)]);
    const location = `http://127.0.0.1:${decoy.port}/v1.0/auditLogs/signIns`;
    source.graph.settings.fault = ({ path }) =>
      path.endsWith('signIns') ? { status: 302, headers: { location } } : undefined;
    await expect(source.collect({ parts: ['sign_ins'] })).rejects.toThrow('sends elsewhere (302)');
    expect(atDecoy).toEqual([]);
    source.graph.settings.fault = () => undefined;
    await source.collect({ parts: ['sign_ins'] });
    expect(ids()).toEqual([graphId(1)]);
  });

  it.each([
    ['a list of something else', '{"value":{}}'],
    ['a number', '7'],
    ['a next link that is no text', '{"value":[],"@odata.nextLink":{}}'],
  ])('%s in place of a page is a failure, never an end', async (_name, body) => {
    const odd = await httpServer((_request, response) => response.end(body));
    const other = await entraSource([odd.port]);
    await expect(other.collect({ graph_url: `http://127.0.0.1:${odd.port}`, parts: ['sign_ins'] })).rejects.toThrow();
    expect(other.lines).toEqual([]);
    await Promise.all([other.close(), odd.close()]);
  });
});

describe('F22 F23 sign-ins repeated, shuffled, late by up to 72 hours', () => {
  it('each counts once, whatever page a run is killed at', async () => {
    const roll = random(72);
    const begin = source.clock.now - 4 * day;
    source.graph.signIns = signInStore(
      Array.from({ length: 3000 }, (_, n) => {
        const at = begin + Math.floor(roll() * 6 * day);
        return { ...signIn(n, at), seen: at + (roll() < 0.3 ? Math.floor(roll() * 72 * hour) : 0) };
      }),
    );
    Object.assign(source.graph.settings, { pageSize: 100, shuffle: true, repeat: 0.2 });
    for (let turn = 0; turn < 36; turn++) {
      await source.collect({ parts: ['sign_ins'], lookback: '5d' }, roll() < 0.6 ? Math.floor(roll() * 20) : undefined);
      source.clock.now += 4 * hour;
    }
    await source.collect({ parts: ['sign_ins'] });
    expect(ids()).toEqual(sorted(Array.from({ length: 3000 }, (_, n) => graphId(n))));
  });
});
