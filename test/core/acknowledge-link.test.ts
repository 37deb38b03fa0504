import { createHmac, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acknowledgeKeyOf,
  acknowledgeToken,
  linkLifetime,
  readAcknowledgeToken,
} from '../../src/core/acknowledge-link.js';

const secret = Buffer.alloc(32, 7);
const key = acknowledgeKeyOf(secret);
const alert = { alert: 'a_0123456789abcdef0123', times: 41 };
const group = { rule: 'new-vendor', thread: 'alerts/new-vendor/0123456789abcdef01234567' };
const noon = Date.UTC(2026, 9, 5, 12);
const [single = '', ofGroup = ''] = [alert, group].map((target) => acknowledgeToken(key, target, noon + linkLifetime));

describe('the token of a link that acknowledges an alert', () => {
  it('is what its description says, by other hands', () => {
    // RFC 5869 with an empty salt, and HMAC-SHA-256 over what stands before it.
    const derived = Buffer.from(hkdfSync('sha256', secret, '', 'halflight acknowledge link v1', 32));
    const said = `a.0123456789abcdef0123.15.${((noon + linkLifetime) / 1000).toString(36)}`;
    expect(single).toBe(`${said}.${createHmac('sha256', derived).update(said).digest('base64url')}`);
    expect(ofGroup.slice(0, ofGroup.lastIndexOf('.'))).toBe(
      `g.new-vendor.0123456789abcdef01234567.${((noon + linkLifetime) / 1000).toString(36)}`,
    );
    expect(Buffer.from(key).equals(secret)).toBe(false);
  });

  it('names its alert, or those that were told together, until its end, and no longer', () => {
    expect(readAcknowledgeToken(key, single, noon)).toEqual(alert);
    expect(readAcknowledgeToken(key, ofGroup, noon)).toEqual(group);
    expect(readAcknowledgeToken(key, single, noon + linkLifetime - 1)).toEqual(alert);
    expect(readAcknowledgeToken(key, single, noon + linkLifetime)).toBeUndefined();
    expect(readAcknowledgeToken(acknowledgeKeyOf(Buffer.alloc(32, 8)), single, noon)).toBeUndefined();
  });

  it('is made for nothing but alerts', () => {
    for (const id of ['', 'a_', 'a_0123', `${alert.alert}0`, 'a_0123456789ABCDEF0123', '../x', `${alert.alert}\n`])
      expect(acknowledgeToken(key, { ...alert, alert: id }, noon)).toBeUndefined();
    for (const times of [0, -1, 1.5, Number.NaN, 36 ** 6])
      expect(acknowledgeToken(key, { ...alert, times }, noon)).toBeUndefined();
    for (const thread of ['alert/a_0123456789abcdef0123', 'alerts/denied/0123456789abcdef01234567', `${group.thread}0`])
      expect(acknowledgeToken(key, { ...group, thread }, noon)).toBeUndefined();
  });

  it('holds in no other spelling: any change of any character is refused', () => {
    const anyChar = fc.constantFrom(...'0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.=+/ %\n\0é');
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.nat(200),
        anyChar,
        fc.constantFrom('change', 'insert', 'cut'),
        (one, at, char, how) => {
          const token = one ? single : ofGroup;
          const place = at % token.length;
          const rest = token.slice(how === 'insert' ? place : place + 1);
          const changed = `${token.slice(0, place)}${how === 'cut' ? '' : char}${rest}`;
          fc.pre(changed !== token);
          expect(readAcknowledgeToken(key, changed, noon)).toBeUndefined();
        },
      ),
      { seed: 3, numRuns: 3000 },
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(readAcknowledgeToken(key, text, noon)).toBeUndefined();
      }),
      { seed: 4, numRuns: 500 },
    );
  });
});
