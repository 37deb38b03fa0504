// Programs of steps over single lines.

import { capitals, digits, find2, keep, within } from './bytes.as';
import { object } from './json.as';
import { pairs } from './pairs.as';
import {
  after,
  aheadStart,
  hostsAt,
  hostsBegin,
  list,
  path,
  PROGRAMS,
  severalPaths,
  WAITING,
  waiting,
  waitingSize,
} from './state.as';
import {
  ANY,
  CAPITALS,
  END,
  HOST,
  JSON,
  LITERAL,
  LOOK,
  NUMBER,
  ORDINARY,
  PAIRS,
  PATH,
  RANGES,
  SKIP,
  TOKEN,
  UNFIT,
  URL,
  WORDS,
} from './steps.as';
import { host, listed, pathTo, url } from './targets.as';
import { judge } from './tokens.as';

export function line(p: usize, e: usize): u32 {
  let at = PROGRAMS + 16;
  for (let n = load<u32>(PROGRAMS); n > 0; n--) {
    const answer = run(load<u32>(at) as usize, p, e);
    if (answer !== UNFIT) return answer;
    at += 4;
  }
  return LOOK;
}

/** Runs one program over the line `[c, e)`. */
function run(start: usize, begin: usize, e: usize): u32 {
  let c = begin;
  hostsAt = WAITING + (waiting as usize) * waitingSize + hostsBegin;
  aheadStart = 0;
  list = 0;
  path = 0;
  severalPaths = false;
  for (let ip = start; ; ip += 16) {
    const a = load<u32>(ip, 4);
    const b = load<u32>(ip, 8);
    const word = load<u32>(ip);
    switch (word & 0xff) {
      case LITERAL: {
        // `a` bytes, at most 16, at address `b`.
        if (v128.any_true(v128.and(v128.xor(v128.load(c), v128.load(b as usize)), keep(a)))) return UNFIT;
        c += a as usize;
        break;
      }
      case NUMBER: {
        // Blanks, a hyphen where `c` has bit 1, and `a` to `b` digits; or a hyphen alone where `c` has bit 0.
        const flags = load<u32>(ip, 12);
        while (load<u8>(c) === 32) c++;
        if (load<u8>(c) === 45) {
          c++;
          if ((flags & 1) !== 0) break;
          if ((flags & 2) === 0) return UNFIT;
        }
        const n = digits(c);
        if (n < a || n > b) return UNFIT;
        c += n as usize;
        break;
      }
      case SKIP: {
        // Up to byte `a`; byte `b` must not come before. The line may end instead where `c` says so.
        c = find2(c, e, a as u8, b as u8);
        if (c >= e) {
          if (load<u32>(ip, 12) === 0) return UNFIT;
          c = e;
        } else if (load<u8>(c) !== (a as u8)) return UNFIT;
        break;
      }
      case RANGES: {
        // `a` bytes, at most 32, each within its range or equal to its alternative: three rows of 32 at `b`.
        if (!within(c, b as usize)) return UNFIT;
        if (a > 16 && !within(c + 16, (b + 16) as usize)) return UNFIT;
        c += a as usize;
        if (c > e) return UNFIT;
        break;
      }
      case TOKEN: {
        // Up to byte `a`, or the end of the line; judged as kind `b`. `c`: another byte that must not come before.
        const t = find2(c, e, a as u8, load<u8>(ip, 12));
        const stop = t < e ? t : e;
        if (t < e && load<u8>(t) !== (a as u8)) return UNFIT;
        const answer = judge(c, (stop - c) as u32, b);
        if (answer !== ORDINARY) return answer;
        c = stop;
        break;
      }
      case HOST: {
        const answer = host(c, e, a as u8);
        if (answer !== ORDINARY) return answer;
        c = after;
        break;
      }
      case URL: {
        const answer = url(c, e, a as u8, b as u8, load<u8>(ip, 12), load<u8>(ip, 13) !== 0);
        if (answer !== ORDINARY) return answer;
        c = after;
        break;
      }
      case PATH: {
        const answer = pathTo(c, e, a as u8, b as u8, load<u8>(ip, 12));
        if (answer !== ORDINARY) return answer;
        c = after;
        break;
      }
      case END: {
        if (c !== e) return UNFIT;
        return listed() ? LOOK : ORDINARY;
      }
      case ANY:
        return listed() ? LOOK : ORDINARY;
      case WORDS: {
        // At most `a` more words between blanks, and the end.
        let left = a;
        for (;;) {
          while (load<u8>(c) === 32) c++;
          if (c >= e) break;
          if (left === 0) return UNFIT;
          left--;
          c = find2(c, e, 32, 9);
          if (c < e && load<u8>(c) === 9) return UNFIT;
        }
        return listed() ? LOOK : ORDINARY;
      }
      case CAPITALS: {
        const n = capitals(c);
        if (n === 0) return UNFIT;
        c += n as usize;
        break;
      }
      case JSON: {
        // One object. `a`: keys that must be there, as bits; `b`: the class of keys that nobody named.
        return object(c, e, a);
      }
      case PAIRS: {
        return pairs(c, e, a);
      }
      default:
        return LOOK;
    }
    const then = (word >> 8) & 0xff;
    if (then !== 0) {
      if (load<u8>(c) !== (then as u8) || c >= e) return UNFIT;
      c++;
      if ((word & 0x10000) !== 0) while (load<u8>(c) === (then as u8)) c++;
    }
  }
  return LOOK;
}
