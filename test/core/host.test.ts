import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalHost, canonicalIp, isIp } from '../../src/core/host.js';

const seed = 20261122;

describe('canonicalHost', () => {
  it.each([
    ['ChatGPT.com', 'chatgpt.com'],
    [' chatgpt.com.. ', 'chatgpt.com'],
    ['BÜCHER.example', 'xn--bcher-kva.example'],
    ['xn--BCHER-kva.example', 'xn--bcher-kva.example'],
    ['b%C3%BCcher.example', 'xn--bcher-kva.example'],
    ['%41cme.example', 'acme.example'],
    ['例え。テスト。', 'xn--r8jz45g.xn--zckzah'],
    ['_dmarc.acme.example', '_dmarc.acme.example'],
    ['localhost', 'localhost'],
    ['010.1.2.003', '10.1.2.3'],
    ['[2001:DB8::1]', '2001:db8::1'],
    ['2001:db8:0:0:0:0:0:1', '2001:db8::1'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('%j is %s', (raw, host) => expect(canonicalHost(raw)).toBe(host));

  it.each([
    '',
    ' ',
    '-',
    '.',
    '..',
    'a..b',
    'a b',
    'a/b',
    'http://a',
    'a:b',
    '256.1.1.1',
    'a@b',
    '"a"',
    '<a>',
    'a\u0000b',
    '%zz',
    '%20',
    '[::1',
    ':',
    '::1::',
    `${'a.'.repeat(130)}b`,
  ])('%j is no host', (raw) => expect(canonicalHost(raw)).toBeUndefined());

  it('is idempotent, and its result is lower-case ASCII', () => {
    const host = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.domain(),
      fc.webAuthority({ withIPv4: true, withIPv6: true, withUserInfo: true, withPort: true }),
      fc.stringMatching(/^[a-zA-Z0-9._%:[\]\u00e4\u3002-]{0,30}$/),
    );
    fc.assert(
      fc.property(host, (raw) => {
        const once = canonicalHost(raw);
        if (once === undefined) return;
        expect(canonicalHost(once)).toBe(once);
        expect(canonicalHost(`${once.includes(':') ? `[${once.toUpperCase()}]` : `${once.toUpperCase()}.`}`)).toBe(
          once,
        );
        expect(once).toMatch(/^[a-z0-9_.:-]+$/);
      }),
      { seed, numRuns: 3000 },
    );
  });
});

describe('canonicalIp', () => {
  it.each([
    ['1.2.3.4:80', '1.2.3.4'],
    ['[::1]:80', '::1'],
    ['[fe80::1%25eth0]', 'fe80::1'],
    ['::FFFF:0102:0304', '1.2.3.4'],
    ['::1.2.3.4', '::102:304'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['::', '::'],
    ['1::', '1::'],
  ])('%s is %s', (raw, ip) => expect(canonicalIp(raw)).toBe(ip));

  it.each([
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.4::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    ':::',
    '1::2::3',
    '12345::',
    'g::',
    'x',
    '',
    '-',
  ])('%j is no address', (raw) => {
    expect(canonicalIp(raw)).toBeUndefined();
    expect(isIp(raw)).toBe(false);
  });

  it('writes IPv6 as the URL parser does, and accepts what it accepts', () => {
    const group = fc.oneof(fc.constantFrom('0', '0', '0', '', '0000', 'ffff'), fc.stringMatching(/^[0-9a-fA-F]{1,4}$/));
    const address = fc.oneof(
      fc.ipV6(),
      fc.array(group, { minLength: 2, maxLength: 9 }).map((groups) => groups.join(':')),
      fc.tuple(fc.array(group, { maxLength: 7 }), fc.ipV4()).map(([groups, v4]) => [...groups, v4].join(':')),
    );
    let compared = 0;
    fc.assert(
      fc.property(address, (raw) => {
        if (!raw.includes(':')) return;
        let expected: string | undefined;
        try {
          expected = new URL(`http://[${raw}]/`).hostname.slice(1, -1);
        } catch {
          expected = undefined;
        }
        if (/^::ffff:[0-9a-f]{1,4}:[0-9a-f]{1,4}$/.test(expected ?? '')) {
          expect(canonicalIp(raw)).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
          return;
        }
        if (expected !== undefined) compared++;
        expect(canonicalIp(raw)).toBe(expected);
      }),
      { seed, numRuns: 5000 },
    );
    expect(compared).toBeGreaterThan(1000);
  });
});
