import { describe, expect, it } from 'vitest';
import { readCef, writeCef } from '../../src/alerts/common/cef.js';
import { keyOf, messageOf, stageOf } from '../../src/alerts/common/message.js';
import { plainLine } from '../../src/alerts/common/plain.js';
import { aNotice } from '../contracts/channel.js';
import { hostileTexts, patience, strings } from './helpers/hostile-texts.js';

describe('the parts of a notice', () => {
  it.each([
    ['Otter: new, unregistered', 'Otter: new, unregistered'],
    ['  two \r\n lines\u2028more\t', 'two lines more'],
    ['turned \u202etxt.exe', 'turned \ufffdtxt.exe'],
    ['half \ud800 a character', 'half \ufffd a character'],
    ['\u{1f600} e\u0301 \u6f22', '\u{1f600} e\u0301 \u6f22'],
    ['a'.repeat(60), `${'a'.repeat(49)}…`],
    [`${'a'.repeat(48)}\u{1f600}\u{1f600}`, `${'a'.repeat(48)}…`],
  ])('%j is read as %j', (text, read) => {
    expect(plainLine(text, 50)).toBe(read);
  });

  it(
    'whatever stands in logs is one bounded line without anything unseen, and twice the same as once',
    () => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
      const never = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b\ufeff\p{Surrogate}]/u;
      for (const texts of hostileTexts(strings)) {
        for (const text of texts) {
          const line = plainLine(text, 200);
          if (never.test(line) || line.length > 200 || plainLine(line, 200) !== line || line !== line.trim())
            expect.fail(JSON.stringify([text, line]));
        }
      }
    },
    patience,
  );

  it('who is told in numbers only, whatever the details hold', () => {
    const who = (details: Record<string, unknown>): string => messageOf({ ...aNotice, details }, {}).who;
    expect(who({ people: 1, events: 2, attempts: 3 })).toBe('1 person, 2 events, 3 blocked attempts');
    expect(who({ people: 0, events: 9 })).toBe('9 events');
    expect(who({ people: 'eve@acme.example', events: Number.NaN, attempts: -1, user: 'eve' })).toBe('');
  });

  it('a link leads to the finding where the service has an address, and is missing where not', () => {
    const link = (details: Record<string, unknown>, publicUrl?: string): string | undefined =>
      messageOf({ ...aNotice, details }, { publicUrl }).link;
    expect(link({ finding: 'a/b' })).toBe(undefined);
    expect(link({ finding: 'a/b' }, 'https://h.example/base/')).toBe('https://h.example/base/v1/findings/a%2Fb');
    expect(link({ finding: 'x|><\'")(?#' }, 'https://h.example')).toMatch(
      /^https:\/\/h\.example\/v1\/findings\/[\w.%-]+$/,
    );
    expect(link({}, 'https://h.example')).toBe('https://h.example');
  });

  it('a finding has the same key in all its news, and another one than others', () => {
    expect(keyOf({ ...aNotice, kind: 'finding.resolved', id: 'other' })).toBe(keyOf(aNotice));
    expect(keyOf({ ...aNotice, subject: 'finding-18' })).not.toBe(keyOf(aNotice));
  });

  it('news begin, go on, calm down and end', () => {
    const stage = (kind: string, state?: string) => stageOf({ ...aNotice, kind, details: { state } });
    expect(
      [
        'finding.opened',
        'finding.reopened',
        'source.silent',
        'source.paused',
        'blocklist.waiting',
        'blocklist.kept',
        'test',
      ].map((kind) => stage(kind)),
    ).toEqual(new Array(7).fill('begins'));
    expect(
      ['finding.resolved', 'source.back', 'blocklist.published', 'blocklist.rolled-back', 'blocklist.back'].map(
        (kind) => stage(kind),
      ),
    ).toEqual(new Array(5).fill('ends'));
    expect([stage('finding.changed', 'open'), stage('finding.changed', 'watched')]).toEqual(['goes-on', 'calmed']);
  });

  it('a CEF event reads back as it was, whatever its fields hold', () => {
    for (const [title, text] of hostileTexts(2000)) {
      const [name, msg] = [plainLine(title, 200), `${plainLine(text, 200)}x`];
      const event = {
        header: ['0', 'a', name, '1', 'b', name, '3'],
        extension: [
          ['msg', msg],
          ['cs1', name],
        ] as [string, string][],
      };
      expect(readCef(writeCef(event))).toEqual(event);
    }
    expect(readCef('CEF:0|a|b|c')).toBe(undefined);
    expect(readCef('no CEF')).toBe(undefined);
  });
});
