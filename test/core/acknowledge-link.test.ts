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
const alert = 'a_0123456789abcdef0123';
const noon = Date.UTC(2026, 9, 5, 12);
const token = acknowledgeToken(key, alert, noon + linkLifetime) ?? '';

describe('the token of a link that acknowledges an alert', () => {
  it('is what its description says, by other hands', () => {
    // RFC 5869 with an empty salt, and HMAC-SHA-256 over `alert.seconds`.
    const derived = Buffer.from(hkdfSync('sha256', secret, '', 'halflight acknowledge link v1', 32));
    const said = `0123456789abcdef0123.${((noon + linkLifetime) / 1000).toString(36)}`;
    expect(token).toBe(`${said}.${createHmac('sha256', derived).update(said).digest('base64url')}`);
    expect(Buffer.from(key).equals(secret)).toBe(false);
  });

  it('names its alert until its end, and no longer', () => {
    expect(readAcknowledgeToken(key, token, noon)).toBe(alert);
    expect(readAcknowledgeToken(key, token, noon + linkLifetime - 1)).toBe(alert);
    expect(readAcknowledgeToken(key, token, noon + linkLifetime)).toBeUndefined();
    expect(readAcknowledgeToken(acknowledgeKeyOf(Buffer.alloc(32, 8)), token, noon)).toBeUndefined();
  });

  it('is made for nothing but an alert', () => {
    for (const id of ['', 'a_', 'a_0123', `${alert}0`, 'a_0123456789ABCDEF0123', '../x', `${alert}\n`])
      expect(acknowledgeToken(key, id, noon)).toBeUndefined();
  });

  it('holds in no other spelling: any change of any character is refused', () => {
    const anyChar = fc.constantFrom(...'0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.=+/ %\n\0é');
    fc.assert(
      fc.property(fc.nat(token.length - 1), anyChar, fc.constantFrom('change', 'insert', 'cut'), (place, char, how) => {
        const rest = token.slice(how === 'insert' ? place : place + 1);
        const changed = `${token.slice(0, place)}${how === 'cut' ? '' : char}${rest}`;
        fc.pre(changed !== token);
        expect(readAcknowledgeToken(key, changed, noon)).toBeUndefined();
      }),
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
