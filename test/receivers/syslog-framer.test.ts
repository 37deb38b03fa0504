import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SyslogFramer } from '../../src/receivers/common/syslog-framer.js';

/** What comes out of a stream that arrives in these pieces. */
function framed(pieces: readonly Buffer[]): { messages: string[]; tooLong: number[]; pending: number } {
  const messages: string[] = [];
  const tooLong: number[] = [];
  const framer = new SyslogFramer({
    message: (bytes) => messages.push(bytes.toString('latin1')),
    tooLong: (bytes) => tooLong.push(bytes),
  });
  for (const piece of pieces) {
    // The caller's buffer is used again, as a socket's may be.
    const copy = Buffer.from(piece);
    framer.push(copy);
    copy.fill(0x2a);
  }
  return { messages, tooLong, pending: framer.pending };
}

const whole = (text: string): ReturnType<typeof framed> => framed([Buffer.from(text, 'latin1')]);

describe('a syslog stream', () => {
  it.each([
    ['counted frames', '7 <34>one16 <34>two\n three x3 <4>', ['<34>one', '<34>two  three x', '<4>'], 0],
    ['lines', '<34>one\r\n<34>two\n\n<34>three\n', ['<34>one', '<34>two', '<34>three'], 0],
    ['counted frames that end with a newline too', '4 aaaa\n4 bbbb\n', ['aaaa', 'bbbb'], 0],
    ['a sender that stops counting', '4 aaaa<13>bbb\n2 cc', ['aaaa', '<13>bbb', 'cc'], 0],
    ['lines that begin with digits behind one that does not', 'a\n12 b\n3 c\n', ['a', '12 b', '3 c'], 0],
    ['lines that begin with a date', '2024-05-01T00:00:00Z a\n17 b\n', ['2024-05-01T00:00:00Z a', '17 b'], 0],
    ['a count of more than seven digits, which is none', '12345678 a\n5 b\n', ['12345678 a', '5 b'], 0],
    ['a count of zero, which is none', '0 a\n', ['0 a'], 0],
    ['a half counted frame', '4 aaaa10 bbb', ['aaaa'], 3],
    ['a count and nothing behind', '4 aaaa10 ', ['aaaa'], 1],
    ['half a count', '4 aaaa10', ['aaaa'], 2],
    ['a line without its end', 'aaaa\nbb', ['aaaa'], 2],
    ['nothing', '', [], 0],
  ])('of %s is cut into its messages', (_name, text, messages, pending) => {
    expect(whole(text)).toEqual({ messages, tooLong: [], pending });
  });

  it('A12 passes over a message longer than 1 MiB and goes on with the next, counted or not', () => {
    const long = 'x'.repeat((1 << 20) + 1);
    expect(whole(`${long}\nafter\n`)).toEqual({ messages: ['after'], tooLong: [long.length], pending: 0 });
    expect(whole(`${long.length} ${long}5 after`)).toEqual({ messages: ['after'], tooLong: [long.length], pending: 0 });
    const just = 'x'.repeat(1 << 20);
    expect(whole(`${just}\n`).messages).toEqual([just]);
  });

  it('gives the same messages however it is cut', () => {
    const frame = fc.oneof(
      fc
        .string({ unit: fc.constantFrom('a', '\n', '\r', ' ', '7', '<', '\0'), maxLength: 12 })
        .map((text) => `${text.length} ${text}`),
      fc
        .string({ unit: fc.constantFrom('a', ' ', '1', '9', '<', '>', '\r'), maxLength: 12 })
        .map((text) => `${text}\n`),
      fc.string({ unit: fc.constantFrom('1', '0', '9', ' ', '\n', 'z'), maxLength: 10 }),
    );
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 12 }), (frames, cuts) => {
        const bytes = Buffer.from(frames.join(''), 'latin1');
        const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
          (a, b) => a - b,
        );
        const pieces = places.slice(1).map((end, i) => bytes.subarray(places[i], end));
        const expected = framed([bytes]);
        expect(framed(pieces)).toEqual(expected);
        expect(framed([...bytes].map((byte) => Buffer.of(byte)))).toEqual(expected);
        expect(expected.messages.filter((message) => message.includes('\n') || message === '')).toEqual([]);
      }),
      { seed: 20241125, numRuns: 3000 },
    );
  });
});
