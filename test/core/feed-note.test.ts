import fc from 'fast-check';
import { expect, it } from 'vitest';
import { feedNoteText, readFeedNote } from '../../src/core/feed-note.js';

const note = fc.record({
  format: fc.stringMatching(/^[a-z0-9-]{1,64}$/),
  version: fc.integer({ min: 1, max: 999_999_999 }),
  day: fc
    .date({ min: new Date('1970-01-01'), max: new Date('2999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
  entries: fc.nat(),
  bytes: fc.nat(),
  sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
});

it('a note over a list is written as its page says', () => {
  const sha256 = 'ab'.repeat(32);
  expect(feedNoteText({ format: 'squid', version: 7, day: '2026-11-26', entries: 2, bytes: 90, sha256 })).toBe(
    `halflight-blocklist/v1\nformat squid\nversion 7\nday 2026-11-26\nentries 2\nbytes 90\nsha256 ${sha256}\n`,
  );
});

it('it reads back what it wrote, whatever it is over', () => {
  fc.assert(
    fc.property(note, (one) => {
      expect(readFeedNote(feedNoteText(one))).toEqual(one);
    }),
    { numRuns: 500, seed: 1 },
  );
});

it('another text is none: no line more, less, changed or in another order, and nothing throws', () => {
  fc.assert(
    fc.property(note, fc.nat(), fc.string({ minLength: 1, maxLength: 3 }), (one, at, put) => {
      const text = feedNoteText(one);
      const lines = text.split('\n');
      const line = at % (lines.length - 1);
      for (const other of [
        lines.toSpliced(line, 1).join('\n'),
        lines.toSpliced(line, 0, `x ${put}`).join('\n'),
        `${text}\n`,
        text.slice(0, -1),
        text.replace('\n', '\r\n'),
      ])
        expect(readFeedNote(other)).toBeUndefined();
      const cut = at % text.length;
      const read = readFeedNote(text.slice(0, cut) + put + text.slice(cut));
      // What still reads, reads as something else: two texts of one meaning would let a signature be passed on.
      if (read !== undefined) expect(read).not.toEqual(one);
    }),
    { numRuns: 500, seed: 2 },
  );
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      expect(readFeedNote(text)).toBeUndefined();
    }),
    { numRuns: 500, seed: 3 },
  );
});
