// One JSON object a line.

import { blank, digits, find2, keep } from './bytes.as';
import { after, keyMask, KEYS, keySize, OUT } from './state.as';
import {
  K_ANY,
  K_DOTTED,
  K_HOST,
  K_INTO,
  K_LOOK,
  K_PATH,
  K_SCALAR,
  K_TIME,
  K_TOKEN,
  K_URL,
  KEY_KIND,
  LOOK,
  ORDINARY,
  UNFIT,
  UNKNOWN,
} from './steps.as';
import { host, listed, pathTo, url } from './targets.as';
import { hashed, judge, lookup } from './tokens.as';
import { number, string, value } from './values.as';

/**
 * One object on the line. A key's class holds what its value is (bits 0 to 7), the kind of tokens (8 to 15) and the bit that it
 * sets (16 to 31).
 */
export function object(p: usize, e: usize, required: u32): u32 {
  let c = p;
  let seen: u32 = 0;
  let depth: u32 = 0;
  let deepest: u32 = 0;
  let expected = KEYS;
  if (load<u8>(c) !== 123) return UNFIT;
  c = blank(c + 1);
  while (true) {
    if (load<u8>(c) !== 34) return UNFIT;
    const k = c + 1;
    const length = load<u32>(expected, 32);
    let key: u32;
    if (length !== 0 && isExpected(k, expected, length)) {
      key = load<u32>(expected, 36);
      c = k + (length as usize) - 1;
      expected = load<u32>(expected, 40) as usize;
    } else {
      c = find2(k, e, 34, 92);
      if (c >= e || load<u8>(c) !== 34) return UNFIT;
      key = lookup(k, (c - k) as u32, KEY_KIND);
      if (key === 0) {
        store<u32>(OUT, k as u32, 12);
        store<u32>(OUT, (c - k) as u32, 16);
        store<u32>(OUT, KEY_KIND, 20);
        return UNKNOWN;
      }
      expected = expect(expected, k, (c - k) as u32 + 1, key);
    }
    c++;
    if (load<u8>(c) === 32) c = blank(c);
    if (load<u8>(c) !== 58) return UNFIT;
    c++;
    if (load<u8>(c) === 32) c = blank(c);
    const what = key & 0xff;
    if (depth === deepest) seen |= key >> 16;
    if (what === K_ANY) {
      c = value(c, e);
      if (c === 0) return UNFIT;
    } else if (what === K_LOOK) return LOOK;
    else if (what === K_INTO) {
      // The record itself: what stands around it does not count.
      if (load<u8>(c) !== 123 || depth === 1) return UNFIT;
      c = blank(c + 1);
      depth = deepest = 1;
      seen = 0;
      continue;
    } else if (what === K_TIME) {
      // Seconds since 1970, maybe with a fraction.
      const n = digits(c);
      if (n < 9 || n > 11) return UNFIT;
      c = number(c);
      if (c === 0) return UNFIT;
    } else if (what === K_SCALAR && load<u8>(c) !== 34) {
      const t = number(c);
      if (t === 0) return UNFIT;
      const answer = judge(c, (t - c) as u32, (key >> 8) & 0xff);
      if (answer !== ORDINARY) return answer;
      c = t;
    } else {
      if (load<u8>(c) !== 34) return UNFIT;
      c++;
      let answer: u32 = ORDINARY;
      if (what === K_HOST) answer = load<u8>(c) === 34 ? none(c) : host(c, e, 34);
      else {
        const t = string(c, e);
        if (t === 0) return UNFIT;
        after = t - 1;
        if (what === K_TOKEN || what === K_SCALAR) answer = judge(c, (after - c) as u32, (key >> 8) & 0xff);
        else if (what === K_URL && after !== c) answer = url(c, e, 34, 92, 92, false);
        else if (what === K_DOTTED) answer = url(c, e, 34, 92, 92, true);
        else if (what === K_PATH && after !== c) answer = pathTo(c, e, 34, 92, 92);
      }
      if (answer !== ORDINARY) return answer;
      c = after;
      if (c >= e || load<u8>(c) !== 34) return UNFIT;
      c++;
    }
    let more = false;
    while (!more) {
      if (load<u8>(c) === 32) c = blank(c);
      const next = load<u8>(c);
      c++;
      if (next === 44) more = true;
      else if (next !== 125) return UNFIT;
      else if (depth === 0) break;
      else depth--;
    }
    if (!more) break;
    if (load<u8>(c) === 32) c = blank(c);
  }
  while (load<u8>(c) === 32 && c < e) c++;
  if (c !== e || (seen & required) !== required) return UNFIT;
  return listed() ? LOOK : ORDINARY;
}

// Records of a log have their keys in the same order as a rule: for each key is kept which one came behind it last, at a place that
// its hash gives: 32 bytes of it, the quote behind it included; how many they are; its class; and where what came behind it is kept.

function isExpected(k: usize, expected: usize, length: u32): bool {
  const first = v128.xor(v128.load(k), v128.load(expected));
  if (length <= 16) return !v128.any_true(v128.and(first, keep(length)));
  return !v128.any_true(v128.or(first, v128.and(v128.xor(v128.load(k, 16), v128.load(expected, 16)), keep(length - 16))));
}

/** Keeps the key that came, the last one that was hashed, and says where what comes behind it is kept. */
function expect(at: usize, k: usize, length: u32, key: u32): usize {
  // The first place is that of the first key of a record.
  const next = KEYS + (1 + ((hashed >> 32) as usize) % keyMask) * keySize;
  if (length > 32) return next;
  v128.store(at, v128.load(k));
  v128.store(at, v128.load(k, 16), 16);
  store<u32>(at, length, 32);
  store<u32>(at, key, 36);
  store<u32>(at, next as u32, 40);
  return next;
}

function none(c: usize): u32 {
  after = c;
  return ORDINARY;
}
