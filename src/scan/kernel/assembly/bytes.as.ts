// Bytes, looked at sixteen or more at a time.

import { MASKS } from './state.as';

/** Where the line at `p` ends: the place of its line end. */
export function lineEnd(p: usize): usize {
  const newline = i8x16.splat(10);
  let q = p;
  let m = mask64(q, newline);
  while (m === 0) {
    q += 64;
    m = mask64(q, newline);
  }
  return q + (ctz<u64>(m) as usize);
}

function mask64(p: usize, what: v128): u64 {
  return (
    (i8x16.bitmask(i8x16.eq(v128.load(p), what)) as u64) |
    ((i8x16.bitmask(i8x16.eq(v128.load(p, 16), what)) as u64) << 16) |
    ((i8x16.bitmask(i8x16.eq(v128.load(p, 32), what)) as u64) << 32) |
    ((i8x16.bitmask(i8x16.eq(v128.load(p, 48), what)) as u64) << 48)
  );
}

/** The first `n` lanes. */
export function keep(n: u32): v128 {
  return v128.load(MASKS + 16 - (n as usize));
}

export function digits(p: usize): u32 {
  const v = i8x16.sub(v128.load(p), i8x16.splat(48));
  return ctz<u32>(~(i8x16.bitmask(i8x16.lt_u(v, i8x16.splat(10))) as u32));
}

/** A to Z and _, 16 at most. */
export function capitals(p: usize): u32 {
  const v = v128.load(p);
  const letters = i8x16.lt_u(i8x16.sub(v, i8x16.splat(65)), i8x16.splat(26));
  return ctz<u32>(~(i8x16.bitmask(v128.or(letters, i8x16.eq(v, i8x16.splat(95)))) as u32));
}

export function within(p: usize, ranges: usize): bool {
  const v = v128.load(p);
  const inside = v128.and(i8x16.ge_u(v, v128.load(ranges)), i8x16.le_u(v, v128.load(ranges, 32)));
  return i8x16.all_true(v128.or(inside, i8x16.eq(v, v128.load(ranges, 64))));
}

/** Place of the first `a` or `b` from `p` on; `e` or beyond where there is none. */
export function find2(p: usize, e: usize, a: u8, b: u8): usize {
  const va = i8x16.splat(a);
  const vb = i8x16.splat(b);
  let q = p;
  while (q < e) {
    const v = v128.load(q);
    const m = i8x16.bitmask(v128.or(i8x16.eq(v, va), i8x16.eq(v, vb))) as u32;
    if (m !== 0) return q + (ctz<u32>(m) as usize);
    q += 16;
  }
  return e;
}

export function equal(a: usize, b: usize, n: u32): bool {
  let i: u32 = 0;
  for (; i + 16 <= n; i += 16)
    if (v128.any_true(v128.xor(v128.load(a + (i as usize)), v128.load(b + (i as usize))))) return false;
  return i === n || !v128.any_true(v128.and(v128.xor(v128.load(a + (i as usize)), v128.load(b + (i as usize))), keep(n - i)));
}

@inline export function blank(p: usize): usize {
  let c = p;
  while (load<u8>(c) === 32 || load<u8>(c) === 9) c++;
  return c;
}
