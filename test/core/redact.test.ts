import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskPeople, redact } from '../../src/core/redact.js';

describe('a record fit to be shown', () => {
  it.each<[string, string]>([
    ['GET https://x.example/a?token=abc&b=c 200', 'GET https://x.example/a?[cut] 200'],
    ['url="x.example?q=salary" user', 'url="x.example?[cut]" user'],
    ['authorization: Bearer abcdefghijkl', 'authorization: [secret] [secret]'],
    ['key sk-proj-abcdefghijklmnop1234 end', 'key [secret] end'],
    ['password=hunter2 user=ann', 'password=[secret] user=ann'],
    ['https://ann:pw123@host.example/', 'https://[secret]@host.example/'],
    ['what? nothing', 'what? nothing'],
    ['{"keystrokes":"my \\"plan\\" for x","url":"a"}', '{"keystrokes":"[cut]","url":"a"}'],
    ['{"details": "{\\"prompt\\":\\"typed\\"}","id":1}', '{"details": "[cut]","id":1}'],
    [
      '{"message":"{\\"keystrokes\\":\\"typed\\",\\"id\\":1}"}',
      '{"message":"{\\"keystrokes\\":\\"[cut]\\",\\"id\\":1}"}',
    ],
    ['{"keystrokes":"cut off in the mid', '{"keystrokes":"[cut]'],
  ])('%s', (text, expected) => expect(redact(text, 500)).toBe(expected));
  it('is cut to the length asked for', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 3000 }), fc.integer({ min: 1, max: 300 }), (text, length) => {
        expect(redact(text, length).length).toBeLessThanOrEqual(length);
      }),
      { seed: 3, numRuns: 500 },
    );
  });
  it.each(['?', 'a?', '/', 'x=', '//a:', '.a?b'])('of a megabyte of %j takes no time to speak of', (piece) => {
    expect(redact(piece.repeat(500_000), 200).length).toBeLessThanOrEqual(200);
  });
});

describe('a rejected record without names', () => {
  it.each<[string, string]>([
    ['torn ann.lee@acme.example 10.1.2.3 x', 'torn [user] [address] x'],
    ['torn JDoe lt-0042 page', 'torn [user] [user] page'],
    ['ACME\\jdoe acme%5cjdoe ann%40acme.example', '[user] [user] [user]'],
    ['from 2001:db8:0:1::5 at 10:11:12', 'from [address] at 10:11:12'],
  ])('%s', (text, expected) => expect(maskPeople(text, new Set(['jdoe', 'lt-0042']))).toBe(expected));
});
