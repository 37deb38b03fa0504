// JSON values of which only the end matters.

import { blank, digits } from './bytes.as';

/** Behind a number as JSON writes it; 0 where there is none. */
export function number(p: usize): usize {
  let c = p;
  if (load<u8>(c) === 45) c++;
  let n = digits(c);
  if (n === 0 || n > 15 || (n > 1 && load<u8>(c) === 48)) return 0;
  c += n as usize;
  if (load<u8>(c) === 46) {
    n = digits(c + 1);
    if (n === 0 || n > 15) return 0;
    c += 1 + (n as usize);
  }
  const byte = load<u8>(c);
  // An exponent and more digits are left to the reader.
  return byte === 44 || byte === 125 || byte === 93 || byte === 32 ? c : 0;
}

/** Behind the string whose first byte is at `p`; 0 where it does not end or holds what JSON forbids. */
export function string(p: usize, e: usize): usize {
  const quote = i8x16.splat(34);
  const escape = i8x16.splat(92);
  const control = i8x16.splat(32);
  let q = p;
  while (q < e) {
    const v = v128.load(q);
    const m = i8x16.bitmask(v128.or(v128.or(i8x16.eq(v, quote), i8x16.eq(v, escape)), i8x16.lt_u(v, control))) as u32;
    if (m === 0) {
      q += 16;
      continue;
    }
    q += ctz<u32>(m) as usize;
    const byte = load<u8>(q);
    if (q >= e) return 0;
    if (byte === 34) return q + 1;
    if (byte !== 92) return 0;
    const escaped = load<u8>(q, 1);
    if (escaped === 34 || escaped === 92 || escaped === 47 || escaped === 110 || escaped === 116 || escaped === 114 || escaped === 98 || escaped === 102) q += 2;
    else return 0;
  }
  return 0;
}

/** Behind any value; 0 where it is none, or nested deeper than 30. */
export function value(p: usize, e: usize): usize {
  let c = p;
  // One bit for each level, 1 for an object.
  let levels: u32 = 1;
  for (;;) {
    const byte = load<u8>(c);
    if (byte === 34) {
      c = string(c + 1, e);
      if (c === 0) return 0;
    } else if (byte === 123 || byte === 91) {
      if (levels >= 0x40000000) return 0;
      c = blank(c + 1);
      const first = load<u8>(c);
      if (first === byte + 2) c++;
      else {
        levels = (levels << 1) | (byte === 123 ? 1 : 0);
        if (byte === 123) {
          c = keyed(c, e);
          if (c === 0) return 0;
        }
        continue;
      }
    } else if (byte === 116 || byte === 110) {
      const word = load<u32>(c);
      if (word !== 0x65757274 && word !== 0x6c6c756e) return 0;
      c += 4;
    } else if (byte === 102) {
      if (load<u32>(c, 1) !== 0x65736c61) return 0;
      c += 5;
    } else {
      c = number(c);
      if (c === 0) return 0;
    }
    for (;;) {
      if (levels === 1) return c;
      c = blank(c);
      const next = load<u8>(c);
      if (next === 44) {
        c = blank(c + 1);
        if ((levels & 1) !== 0) {
          c = keyed(c, e);
          if (c === 0) return 0;
        }
        break;
      }
      if (next !== ((levels & 1) !== 0 ? 125 : 93)) return 0;
      levels >>= 1;
      c++;
    }
  }
  return 0;
}

/** Behind a key and its colon; 0 where there is none. */
function keyed(p: usize, e: usize): usize {
  if (load<u8>(p) !== 34) return 0;
  let c = string(p + 1, e);
  if (c === 0) return 0;
  c = blank(c);
  return load<u8>(c) === 58 ? blank(c + 1) : 0;
}
