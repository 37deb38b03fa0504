import { Agent, request } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { bearer, startApi } from './helpers/api.js';
import { counted, oneDatabase } from './helpers/database.js';

const database = oneDatabase();
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** One request over a socket. */
function send(port: number, path: string, headers: Record<string, string>, body?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({
      port,
      host: '127.0.0.1',
      path,
      method: body === undefined ? 'GET' : 'POST',
      headers,
      agent,
    });
    sent.on('response', (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const at = (values: number[], share: number): number =>
  values.sort((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;

describe('A29 a flood of bad tokens', () => {
  it('A29 costs the database nothing, and every valid push goes through beside it', { timeout: 60_000 }, async () => {
    const { db, queries } = counted(database());
    const api = await startApi(db);
    const port = await api.listen();
    const text = { 'content-type': 'text/plain' };
    const push = () => send(port, '/v1/push', { ...bearer(api.push), ...text }, 'a line\n');

    const alone: number[] = [];
    for (let i = 0; i < 50; i++) {
      const start = performance.now();
      expect(await push()).toBe(202);
      alone.push(performance.now() - start);
    }

    const bad = [
      undefined,
      'Bearer',
      'Bearer hlf_',
      `Bearer ${api.push.slice(0, -1)}_`,
      `Bearer hlf_${'A'.repeat(12)}.${'B'.repeat(43)}`,
      `Bearer ${'x'.repeat(8000)}`,
      `Basic ${Buffer.from('admin:admin').toString('base64')}`,
    ];
    const paths = ['/v1/push', '/v1/upload?name=x', '/v1/sources', '/v1/findings', '/v1/usage/top'];
    const lag = monitorEventLoopDelay({ resolution: 5 });
    lag.enable();
    const before = queries();
    const start = performance.now();
    const end = start + 4000;
    const seen = new Map<number, number>();
    const flood = async (n: number): Promise<void> => {
      for (let i = n; performance.now() < end; i++) {
        const path = paths[i % paths.length] ?? '';
        const authorization = bad[i % bad.length];
        const status = await send(
          port,
          path,
          authorization === undefined ? {} : { authorization },
          path.startsWith('/v1/p') || path.startsWith('/v1/up') ? 'x\n' : undefined,
        );
        seen.set(status, (seen.get(status) ?? 0) + 1);
      }
    };
    const valid: number[] = [];
    const answers: number[] = [];
    const pushing = async (): Promise<void> => {
      while (performance.now() < end) {
        const from = performance.now();
        answers.push(await push());
        valid.push(performance.now() - from);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await Promise.all([...Array.from({ length: 32 }, (_, n) => flood(n)), pushing()]);
    const seconds = (performance.now() - start) / 1000;
    lag.disable();

    expect([...seen.keys()]).toEqual([401]);
    expect(answers.length).toBeGreaterThan(10);
    expect(new Set(answers)).toEqual(new Set([202]));
    // The tokens are read once a second, whatever comes.
    expect(queries() - before).toBeLessThanOrEqual(seconds + 2);
    const flooded = [...seen.values()].reduce((sum, count) => sum + count, 0);
    process.stdout.write(
      `A29: ${Math.round(flooded / seconds)} bad requests/s (client in the same process); push p50 ${at(valid, 0.5).toFixed(1)} ms, ` +
        `p99 ${at(valid, 0.99).toFixed(1)} ms (alone ${at(alone, 0.5).toFixed(1)}, ${at(alone, 0.99).toFixed(1)} ms); ` +
        `loop lag p99 ${(lag.percentile(99) / 1e6).toFixed(0)} ms\n`,
    );
    agent.destroy();
  });
});
