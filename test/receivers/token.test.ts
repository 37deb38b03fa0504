import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Quota } from '../../src/receivers/common/quota.js';
import { checkToken, hashToken, type KnownToken, makeToken, parseToken } from '../../src/receivers/common/token.js';

describe('a token', () => {
  const { token, id, hash } = makeToken();
  const known = new Map<string, KnownToken>([[id, { hash, source: 'proxy' }]]);

  it('has the form that secret scanners look for, and no two are alike', () => {
    expect(token).toMatch(/^hlf_[\w-]{12}\.[\w-]{43}$/);
    const many = new Set(Array.from({ length: 1000 }, () => makeToken().token));
    expect(many.size).toBe(1000);
  });

  it('is kept as the SHA-256 of its secret alone', () => {
    const secret = token.slice(17);
    expect(hash.toString('hex')).toBe(createHash('sha256').update(secret).digest('hex'));
    expect(hashToken(secret).equals(hash)).toBe(true);
  });

  it('names its one source', () => {
    expect(checkToken(`Bearer ${token}`, known, 0)).toEqual({ id, source: 'proxy' });
    expect(checkToken(`bearer  ${token}`, known, 0)).toEqual({ id, source: 'proxy' });
  });

  it('A29 is refused when anything about it is wrong', () => {
    const other = makeToken();
    const wrong = [
      undefined,
      '',
      'Bearer',
      token,
      `Basic ${token}`,
      `Bearer ${token}x`,
      `Bearer ${token.slice(0, -1)}`,
      `Bearer ${other.token}`,
      `Bearer hlf_${id}.${other.token.slice(17)}`,
      `Bearer ${token.replace('.', '_')}`,
      `Bearer ${token} ${token}`,
      `Bearer ${'x'.repeat(1_000_000)}`,
    ];
    for (const header of wrong) expect(checkToken(header, known, 0)).toBeUndefined();
    expect(parseToken(`${token}\n`)).toBeUndefined();
  });

  it('ends when it is to end', () => {
    const brief = new Map<string, KnownToken>([[id, { hash, source: 'proxy', expires: 1000 }]]);
    expect(checkToken(`Bearer ${token}`, brief, 999)).toBeDefined();
    expect(checkToken(`Bearer ${token}`, brief, 1000)).toBeUndefined();
  });

  it('A29 costs about the same whether it is known, unknown or no token at all, and never the event loop', () => {
    const headers = { good: `Bearer ${token}`, unknown: `Bearer ${makeToken().token}`, garbage: 'Bearer garbage' };
    const medians = Object.values(headers).map((header) => {
      const times = Array.from({ length: 31 }, () => {
        const start = process.cpuUsage();
        for (let i = 0; i < 1000; i++) checkToken(header, known, 0);
        const used = process.cpuUsage(start);
        return used.user + used.system;
      });
      return times.sort((a, b) => a - b)[15] ?? 0;
    });
    // 1,000 checks in microseconds: 2,000 bad requests a second are a few percent of a core.
    for (const median of medians) expect(median).toBeLessThan(50_000);
    expect(Math.max(...medians)).toBeLessThan(3 * Math.max(1000, Math.min(...medians)));
  });
});

describe('the quota of a source', () => {
  it('A20 lets a burst in, then its rate, and tells how long to wait; other sources do not notice', () => {
    let clock = 0;
    const quota = new Quota(
      () => ({ requestsPerSecond: 2, burst: 5, bytesPerDay: 100 }),
      () => clock,
    );
    const taken = (source: string, times: number) =>
      Array.from({ length: times }, () => quota.request(source)).filter((wait) => wait === undefined).length;
    expect(taken('flood', 100)).toBe(5);
    expect(quota.request('flood')).toBe(1);
    expect(taken('calm', 3)).toBe(3);
    clock += 10_000;
    expect(taken('flood', 100)).toBe(5);
    for (let second = 0; second < 10; second++) {
      clock += 1000;
      expect(taken('flood', 100)).toBe(2);
    }
  });

  it('A20 ends the day with its bytes, and begins a new one after 24 hours', () => {
    let clock = 5_000_000;
    const quota = new Quota(
      () => ({ requestsPerSecond: 100, burst: 100, bytesPerDay: 1000 }),
      () => clock,
    );
    expect(quota.bytes('a', 999)).toBeUndefined();
    expect(quota.bytes('a', 2)).toBe(86_400);
    expect(quota.bytes('b', 1000)).toBeUndefined();
    clock += 80_000_000;
    expect(quota.request('a')).toBe(6400);
    clock += 6_400_000;
    expect(quota.request('a')).toBeUndefined();
    expect(quota.bytes('a', 1000)).toBeUndefined();
  });
});
