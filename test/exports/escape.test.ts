import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { parseColumns } from '../../src/exports/catalog/common/columns.js';
import {
  commentText,
  csvField,
  kqlText,
  sigmaText,
  splField,
  splText,
  sqlBacktickName,
  sqlEscapedText,
  suricataContent,
  suricataEntry,
  suricataMessage,
  yamlText,
  zeekField,
} from '../../src/exports/catalog/common/escape.js';

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'\'"`\\\n\r\t;|*?,:#{}[]$-\0\u2028a'), maxLength: 20 }),
);
const holds = (check: (text: string) => void): void =>
  fc.assert(
    fc.property(hostile, (text) => {
      check(text);
    }),
    { seed: 20261126, numRuns: 500 },
  );
const without = (text: string, characters: RegExp): string => text.replace(characters, '');
const plain = (text: string): string => text.replaceAll('\0', '');

/** Reads a literal by the rules of its language: one opening sign, escapes by backslash, one closing sign, nothing behind it. */
function readBackslashed(literal: string, quote: string): string {
  expect(literal[0]).toBe(quote);
  let text = '';
  for (let at = 1; at < literal.length - 1; at++) {
    const character = literal[at] ?? '';
    expect(character).not.toBe(quote);
    if (character !== '\\') text += character;
    else {
      const next = literal[++at] ?? '';
      expect(at).toBeLessThan(literal.length - 1);
      if (next === 'u') {
        text += String.fromCharCode(Number.parseInt(literal.slice(at + 1, at + 5), 16));
        at += 4;
      } else text += { n: '\n', r: '\r', t: '\t' }[next] ?? next;
    }
  }
  expect(literal.at(-1)).toBe(quote);
  return text;
}

describe('a text in another language is read there as it was', () => {
  it('SQL with backslashes', () =>
    holds((text) => expect(readBackslashed(sqlEscapedText(text), "'")).toBe(plain(text))));
  it('names in backticks', () =>
    holds((text) => expect(readBackslashed(sqlBacktickName(text), '`')).toBe(plain(text))));
  it('KQL, on one line', () =>
    holds((text) => {
      expect(readBackslashed(kqlText(text), '"')).toBe(plain(text));
      expect(kqlText(text)).not.toMatch(/[\n\r\u2028\u2029]/);
    }));
  it('SPL, without line ends', () =>
    holds((text) => {
      const literal = splText(text);
      // A search knows no letters behind a backslash: what stands there is itself.
      expect(literal.slice(1, -1).replace(/\\(.)/gs, '$1')).toBe(without(text, /[\0\r\n]/g));
      expect(literal.slice(1, -1).replace(/\\./gs, '')).not.toMatch(/["\\]/);
      expect(splField(text).slice(1, -1)).toBe(without(text, /[\0'\r\n]/g));
    }));
  it('YAML', () => holds((text) => expect(parseYaml(yamlText(text))).toBe(plain(text))));
  it('Sigma, where nothing becomes a wildcard', () =>
    holds((text) => expect((parseYaml(sigmaText(text)) as string).replace(/\\([\\*?])/g, '$1')).toBe(plain(text))));
  it('CSV', () => holds((text) => expect(csvField(text).slice(1, -1).replaceAll('""', '"')).toBe(plain(text))));
  it('Zeek, as one field of one line', () =>
    holds((text) => {
      expect(zeekField(text)).not.toMatch(/[\t\n\r\0]/);
      expect(zeekField(text)).not.toBe('');
    }));
  it('Suricata, as a line of Base64 and as bytes', () =>
    holds((text) => {
      expect(Buffer.from(suricataEntry(text), 'base64').toString()).toBe(Buffer.from(text).toString());
      const inner = suricataContent(text).slice(1, -1);
      const bytes = inner.replace(/\|([0-9a-f]{2})\|/g, (_all, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
      expect(bytes).toBe(Buffer.from(text).toString('latin1'));
      expect(inner).not.toMatch(/[";\\]/);
      expect(suricataMessage(text).slice(1, -1)).not.toMatch(/[";\\\n\r]/);
    }));
  it('a comment stays on its line', () => holds((text) => expect(commentText(text)).not.toMatch(/[\n\r\u2028\u2029]/)));
});

describe('columns', () => {
  it('are named over the default ones, and left out where the name is empty', () => {
    expect(parseColumns('time=ts,user=a\\,b\\\\c, device=', { device: 'device', url: 'url' })).toEqual({
      time: 'ts',
      user: 'a,b\\c',
      url: 'url',
    });
  });
  it.each([
    ['usr=x', '"usr" is no column key; did you mean user?'],
    ['user', '"user" has no column: write user=COLUMN'],
    ['host=,url=,user_agent=', 'nothing is left that signatures could match'],
  ])('%s is explained', (text, message) => {
    expect(parseColumns(text, { host: 'h', url: 'u' })).toContain(message);
  });
});
