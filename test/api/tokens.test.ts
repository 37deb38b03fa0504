import { describe, expect, it } from 'vitest';
import { TokenBook } from '../../src/api/tokens.js';
import { makeToken } from '../../src/receivers/common/token.js';
import type { StoredToken } from '../../src/store/tokens.js';

const silent = { info: () => {}, warn: () => {} };
const stored = (scope: StoredToken['scope'], source?: string): { token: string; row: StoredToken } => {
  const made = makeToken();
  return {
    token: `Bearer ${made.token}`,
    row: { id: made.id, scope, source, hash: made.hash.toString('hex'), createdAt: 0 },
  };
};

describe('the book of tokens', () => {
  it('knows who holds a token, and nobody else', async () => {
    const push = stored('push', 'proxy');
    const read = stored('read');
    const book = new TokenBook(async () => [push.row, read.row], silent);
    await book.start();
    book.close();
    expect(book.check(push.token, 0)).toEqual({ id: push.row.id, scope: 'push', source: 'proxy' });
    expect(book.check(read.token, 0)).toEqual({ id: read.row.id, scope: 'read', source: '' });
    for (const wrong of [undefined, '', 'Bearer', push.token.slice(7), push.token.replace(push.row.id, read.row.id)])
      expect(book.check(wrong, 0)).toBeUndefined();
  });

  it('reads once for any number that ask at the same time, and once more for who came meanwhile', async () => {
    let readings = 0;
    const book = new TokenBook(async () => {
      readings++;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return [];
    }, silent);
    await Promise.all(Array.from({ length: 1000 }, () => book.refresh()));
    expect(readings).toBe(2);
    book.close();
  });

  it('keeps what was good while the database is away, says so once, and follows when it is back', async () => {
    const good = stored('read');
    const said: string[] = [];
    const say = (_: object, message: string): void => void said.push(message);
    let tokens: StoredToken[] | undefined = [good.row];
    const book = new TokenBook(
      async () => {
        if (tokens === undefined) throw new Error('away');
        return tokens;
      },
      { info: say, warn: say },
    );
    await book.start();
    tokens = undefined;
    for (let i = 0; i < 5; i++) await book.refresh();
    expect(book.check(good.token, 0)).toBeDefined();
    tokens = [];
    await book.refresh();
    expect(book.check(good.token, 0)).toBeUndefined();
    expect(said).toEqual([
      'The tokens cannot be read: those that were good are good until they can.',
      'The tokens are read again.',
    ]);
    book.close();
  });

  it('does not start without the database', async () => {
    const book = new TokenBook(async () => {
      throw new Error('away');
    }, silent);
    await expect(book.start()).rejects.toThrow('away');
  });
});
