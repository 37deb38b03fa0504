import { describe, expect, it } from 'vitest';
import { decodeText } from '../../src/core/decode.js';

describe('decodeText', () => {
  it.each([
    ['UTF-8', Buffer.from('Zo\u00eb \u20ac'), 'Zo\u00eb \u20ac'],
    ['a byte order mark', Buffer.from('\ufeffa'), 'a'],
    ['Windows-1252', Buffer.from([0x93, 0x5a, 0x6f, 0xeb, 0x94, 0x80]), '\u201cZo\u00eb\u201d\u20ac'],
    ['a replacement character that was logged', Buffer.from('a\ufffdb'), 'a\ufffdb'],
    ['the same beside others', Buffer.from('\u00e9\ufffd'), '\u00e9\ufffd'],
    [
      'a cut within the last character',
      Buffer.from('Zo\u00eb, Ren\u00e9e, 5 \u20ac \u20ac').subarray(0, -1),
      'Zo\u00eb, Ren\u00e9e, 5 \u20ac \ufffd',
    ],
    ['Windows-1252 that is UTF-8 in part', Buffer.from([0x84, 0xdf, 0x93]), '\u201e\u00df\u201c'],
  ])('%s', (_what, bytes, text) => {
    expect(decodeText(bytes)).toBe(text);
    expect(decodeText(Buffer.concat([Buffer.from('x'), bytes, Buffer.from('y')]), 1, 1 + bytes.length)).toBe(text);
  });
});
