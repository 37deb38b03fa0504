// Where the fields of a table begin.

import { FIELDS, LINES } from './state.as';

/** Bytes that are looked through for fields at a time; they and what is found stay in the processor's nearest memory. */
const region: usize = 16384;
const maxFields: u32 = 65536 - 64;
const maxLines: u32 = 16384;

/** Set in a line's end where its quotes or tabs are not in order, or it has too many fields. */
export const BAD: u32 = 0x80000000;

/** What stands between fields. */
export class Blanks {}
export class QuotedBlanks {}
export class Tabs {}
export class Commas {}

/** Finds the fields of the lines from `p` on, up to `end`, into FIELDS and LINES, and says how many lines they are. */
export function find<T>(p: usize, end: usize): u32 {
  const squeeze = idof<T>() === idof<Blanks>() || idof<T>() === idof<QuotedBlanks>();
  const quoted = idof<T>() === idof<QuotedBlanks>() || idof<T>() === idof<Commas>();
  const separator = i8x16.splat(squeeze ? 32 : idof<T>() === idof<Commas>() ? 44 : 9);
  const newline = i8x16.splat(10);
  let fields: u32 = 0;
  let lines: u32 = 0;
  // Of the byte before the block: it separates fields; it is a quote that closes; a quoted field is open.
  let before: u64 = 1;
  let closed: u64 = 0;
  let open: u64 = 0;
  let bad: u32 = 0;
  let q = p;
  const stop = min(end, p + region);
  while (q < end && (q < stop || lines === 0) && fields < maxFields && lines < maxLines) {
    const a = v128.load(q);
    const b = v128.load(q, 16);
    const c = v128.load(q, 32);
    const d = v128.load(q, 48);
    let ends = bits(a, b, c, d, newline);
    let between = bits(a, b, c, d, separator);
    if (q + 64 > end) ends &= ((1 as u64) << ((end - q) as u64)) - 1;
    let wrong: u64 = 0;
    if (squeeze) wrong = bits(a, b, c, d, i8x16.splat(9));
    if (quoted) {
      const quotes = bits(a, b, c, d, i8x16.splat(34));
      // Bytes behind an odd number of quotes of their line: within a quoted field, the opening quote included.
      let inside: u64 = 0;
      if ((quotes | open) !== 0) {
        let left = ends;
        let from: u64 = ~(0 as u64);
        let state = open;
        for (;;) {
          const line = left !== 0 ? from & ((left & (0 - left)) - 1) : from;
          inside |= (parity(quotes & line) ^ state) & line;
          if (left === 0) break;
          const at = left & (0 - left);
          // A line that ends within quotes.
          const last = line === 0 ? state & 1 : (inside >> (ctz<u64>(at) - 1)) & 1;
          if (last !== 0) wrong |= at;
          state = 0;
          from = ~(at | (at - 1));
          left &= left - 1;
        }
        between &= ~inside;
        const edges = between | ends;
        const opening = quotes & inside;
        const closing = quotes & ~inside;
        // A quote opens where a field begins and closes where it ends; two quotes within a field stand for one.
        wrong |= opening & ~((edges << 1) | before | (closing << 1) | closed);
        const follows = (edges | opening | carriageReturn(a, b, c, d)) >> 1;
        wrong |= closing & ~follows & 0x7fffffffffffffff;
        if ((closing >> 63) !== 0) {
          const next = load<u8>(q + 64);
          if (next !== 34 && next !== 10 && next !== 13 && next !== (squeeze ? 32 : 44)) wrong |= (1 as u64) << 63;
        }
        closed = closing >> 63;
        const lastEnd = ends !== 0 ? 63 - clz<u64>(ends) : 0;
        open = lastEnd === 63 ? 0 : (0 - (inside >> 63)) as u64;
      } else closed = 0;
    }
    let starts: u64;
    if (squeeze) {
      const gaps = between | ends;
      starts = ((gaps << 1) | before) & ~gaps;
      before = gaps >> 63;
    } else {
      const gaps = between | ends;
      starts = (gaps << 1) | before;
      before = gaps >> 63;
    }
    // A time in brackets is one field though it holds a blank.
    if (idof<T>() === idof<QuotedBlanks>()) wrong |= starts & bits(a, b, c, d, i8x16.splat(91));
    // Eight at a time, whether there are as many or not.
    let to = FIELDS + ((fields as usize) << 2);
    const base = q as u32;
    const count = popcnt<u64>(starts) as u32;
    let rest = starts;
    let done: u32 = 0;
    do {
      store<u32>(to, base + (ctz<u64>(rest) as u32));
      rest &= rest - 1;
      store<u32>(to, base + (ctz<u64>(rest) as u32), 4);
      rest &= rest - 1;
      store<u32>(to, base + (ctz<u64>(rest) as u32), 8);
      rest &= rest - 1;
      store<u32>(to, base + (ctz<u64>(rest) as u32), 12);
      rest &= rest - 1;
      store<u32>(to, base + (ctz<u64>(rest) as u32), 16);
      rest &= rest - 1;
      store<u32>(to, base + (ctz<u64>(rest) as u32), 20);
      rest &= rest - 1;
      store<u32>(to, base + (ctz<u64>(rest) as u32), 24);
      rest &= rest - 1;
      store<u32>(to, base + (ctz<u64>(rest) as u32), 28);
      rest &= rest - 1;
      to += 32;
      done += 8;
    } while (done < count);
    // All lines of a block with something wrong in it are left to the reader.
    if (wrong !== 0) bad = BAD;
    const linesBefore = lines;
    while (ends !== 0) {
      const at = ctz<u64>(ends);
      const upTo = ((2 as u64) << at) - 1;
      const entry = LINES + ((lines as usize) << 3);
      store<u32>(entry, fields + (popcnt<u64>(at === 63 ? starts : starts & upTo) as u32));
      store<u32>(entry, (base + (at as u32)) | bad, 4);
      lines++;
      ends &= ends - 1;
    }
    // What is wrong may be in the line that goes on in the next block.
    if (wrong === 0 && lines !== linesBefore) bad = 0;
    fields += count;
    q += 64;
  }
  return lines;
}

function bits(a: v128, b: v128, c: v128, d: v128, what: v128): u64 {
  return (
    (i8x16.bitmask(i8x16.eq(a, what)) as u64) |
    ((i8x16.bitmask(i8x16.eq(b, what)) as u64) << 16) |
    ((i8x16.bitmask(i8x16.eq(c, what)) as u64) << 32) |
    ((i8x16.bitmask(i8x16.eq(d, what)) as u64) << 48)
  );
}

function carriageReturn(a: v128, b: v128, c: v128, d: v128): u64 {
  return bits(a, b, c, d, i8x16.splat(13));
}

/** Each bit: whether an odd number of bits up to it are set. */
function parity(x: u64): u64 {
  let y = x ^ (x << 1);
  y ^= y << 2;
  y ^= y << 4;
  y ^= y << 8;
  y ^= y << 16;
  return y ^ (y << 32);
}
