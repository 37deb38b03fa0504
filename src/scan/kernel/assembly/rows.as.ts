// The checks of one line of a table.

import { capitals, digits, find2, within } from './bytes.as';
import { after, list, path, PROGRAMS, severalPaths } from './state.as';
import {
  CAPITALS,
  CLOCK,
  CTIME,
  HOST,
  LAST,
  LOOK,
  NUMBER,
  ORDINARY,
  PATH,
  RANGES,
  SOME,
  TOKEN,
  UNFIT,
  URL,
} from './steps.as';
import { host, listed, pathTo, url } from './targets.as';
import { judge } from './tokens.as';

/** One line of a table: `n` fields, of which the first begins at the address that stands at `fields`. */
export function row(fields: usize, n: u32, e: usize): u32 {
  let at = PROGRAMS + 16;
  const separator = load<u8>(PROGRAMS, 8);
  const quotes = load<u8>(PROGRAMS, 9) !== 0;
  for (let shapes = load<u32>(PROGRAMS); shapes > 0; shapes--) {
    const answer = rowOf(load<u32>(at) as usize, fields, n, e, separator, quotes);
    if (answer !== UNFIT) return answer;
    at += 4;
  }
  return LOOK;
}

function rowOf(start: usize, fields: usize, n: u32, e: usize, separator: u8, quotes: bool): u32 {
  if (n < load<u32>(start) || n > load<u32>(start, 4)) return UNFIT;
  list = 0;
  path = 0;
  severalPaths = false;
  let ip = start + 16;
  for (let checks = load<u32>(start, 8); checks > 0; checks--) {
    const a = load<u32>(ip, 8);
    const b = load<u32>(ip, 12);
    let c = load<u32>(fields + ((load<u32>(ip, 4) as usize) << 2)) as usize;
    let until = separator;
    if (quotes && load<u8>(c) === 34) {
      c++;
      until = 34;
    } else if (load<u8>(ip, 21) !== 0) return UNFIT;
    let answer: u32 = ORDINARY;
    switch (load<u32>(ip)) {
      case NUMBER: {
        const flags = load<u32>(ip, 16);
        if (load<u8>(c) === 45) {
          c++;
          if ((flags & 1) !== 0) break;
          if ((flags & 2) === 0) return UNFIT;
        }
        const count = digits(c);
        if (count < a || count > b) return UNFIT;
        c += count as usize;
        break;
      }
      case RANGES: {
        if (!within(c, b as usize)) return UNFIT;
        if (a > 16 && !within(c + 16, (b + 16) as usize)) return UNFIT;
        c += a as usize;
        break;
      }
      case TOKEN: {
        const t = min(find2(c, e, until, until), e);
        answer = judge(c, (t - c) as u32, b);
        c = t;
        break;
      }
      case HOST: {
        answer = host(c, e, until);
        c = after;
        break;
      }
      case URL: {
        answer = url(c, e, until, b as u8, 10, a !== 0);
        c = after;
        break;
      }
      case PATH: {
        answer = pathTo(c, e, until, b as u8, 10);
        c = after;
        break;
      }
      case CAPITALS: {
        const count = capitals(c);
        if (count === 0) return UNFIT;
        c += count as usize;
        break;
      }
      case SOME: {
        c = min(find2(c, e, until, until), e);
        break;
      }
      case CLOCK: {
        if (!within(c, a as usize) || (load<u8>(c) === 50 && load<u8>(c, 1) > 51)) return UNFIT;
        c += 8;
        break;
      }
      case CTIME: {
        if (!within(c, a as usize) || !within(c + 16, (a + 16) as usize)) return UNFIT;
        if (load<u8>(c, 11) === 50 && load<u8>(c, 12) > 51) return UNFIT;
        answer = judge(c, 11, b);
        c += 24;
        break;
      }
      case LAST: {
        if (load<u8>(e - 1) === (a as u8)) return UNFIT;
        ip += 32;
        continue;
      }
      default:
        return LOOK;
    }
    if (answer !== ORDINARY) return answer;
    const follower = load<u8>(ip, 20);
    if (follower !== 0) {
      if (load<u8>(c) !== follower) return UNFIT;
    } else if (until === 34) {
      if (load<u8>(c) !== 34 || (c + 1 !== e && load<u8>(c, 1) !== separator)) return UNFIT;
    } else if (c !== e && load<u8>(c) !== separator) return UNFIT;
    ip += 32;
  }
  return listed() ? LOOK : ORDINARY;
}
