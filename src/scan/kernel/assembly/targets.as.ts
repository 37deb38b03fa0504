// Hosts, URLs and paths.

import { digits, equal, find2 } from './bytes.as';
import {
  after,
  aheadLength,
  aheadStart,
  ENDS,
  hostsAt,
  hostsBegin,
  list,
  longestToken,
  path,
  severalPaths,
  WAITING,
  waitingSize,
} from './state.as';
import { HOST_KIND, LOOK, ORDINARY, UNFIT } from './steps.as';
import { hash, hashed, judge } from './tokens.as';

/** Takes account of a host now, or puts it where those of lines that wait are. */
function judgeHost(s: usize, n: u32): u32 {
  if (hostsAt === 0) return judge(s, n, HOST_KIND);
  const room = (hostsAt - WAITING) & (waitingSize - 1);
  if (room === 0 || n > longestToken) return LOOK;
  // Twice the same, as in the URL and beside it.
  if (room > hostsBegin && load<u32>(hostsAt - 16, 12) === n && equal(s, load<u32>(hostsAt - 16, 8) as usize, n)) return ORDINARY;
  hash(s, n, HOST_KIND);
  store<u64>(hostsAt, hashed);
  store<u32>(hostsAt, s as u32, 8);
  store<u32>(hostsAt, n, 12);
  hostsAt += 16;
  return ORDINARY;
}

/** Letters, digits, dot, hyphen and underscore. */
function hostBytes(p: usize): u32 {
  const v = v128.load(p);
  const letters = i8x16.lt_u(i8x16.sub(v128.or(v, i8x16.splat(32)), i8x16.splat(97)), i8x16.splat(26));
  // Hyphen, dot, slash and digits follow each other.
  const others = v128.andnot(
    i8x16.lt_u(i8x16.sub(v, i8x16.splat(45)), i8x16.splat(13)),
    i8x16.eq(v, i8x16.splat(47)),
  );
  return i8x16.bitmask(v128.or(v128.or(letters, others), i8x16.eq(v, i8x16.splat(95)))) as u32;
}

/** How many bytes from `p` on may be a host's. */
export function hostLength(p: usize): u32 {
  let q = p;
  let m = hostBytes(q);
  while (m === 0xffff) {
    q += 16;
    m = hostBytes(q);
  }
  return (q - p) as u32 + ctz<u32>(~m);
}

/** Behind `http://` or `https://`, if that is how the URL begins. */
export function behindScheme(p: usize): usize {
  const w = load<u64>(p);
  if (w === 0x2f2f3a7370747468) return p + 8;
  return (w & 0x00ffffffffffffff) === 0x002f2f3a70747468 ? p + 7 : p;
}

/** A host and maybe a port, up to `stop` or the end of the line. */
export function host(p: usize, e: usize, stop: u8): u32 {
  const n = p === aheadStart ? aheadLength : hostLength(p);
  let q = p + (n as usize);
  if (q < e && load<u8>(q) === 58) {
    const port = digits(q + 1);
    if (port === 0 || port > 5) return LOOK;
    q += 1 + (port as usize);
  }
  if (q < e && load<u8>(q) !== stop) return LOOK;
  after = q < e ? q : e;
  return judgeHost(p, n);
}

/** A URL, `host:port`, `host/path` or `/path`, up to `stop` or the end of the line, with none of the bytes `bad` in it. */
export function url(p: usize, e: usize, stop: u8, bad1: u8, bad2: u8, dotted: bool): u32 {
  let s = p;
  if (load<u8>(s) === 47) {
    if (dotted) return UNFIT;
    // `//host` is left to the reader.
    if (load<u8>(s, 1) === 47) return LOOK;
    return pathTo(s, e, stop, bad1, bad2);
  }
  // No scheme where dotted: `http:` is no host with a port.
  if (!dotted) s = behindScheme(s);
  const n = s === aheadStart ? aheadLength : hostLength(s);
  let q = s + (n as usize);
  if (n === 0) return LOOK;
  if (dotted) {
    const d = find2(s, q, 46, 46);
    if (d === s || d >= q || d - s > 63 || q - d < 2 || q - d > 191 || find2(s, q, 95, 95) < q) return UNFIT;
  }
  if (load<u8>(q) === 58) {
    const port = digits(q + 1);
    if (port === 0 || port > 5) return LOOK;
    q += 1 + (port as usize);
  }
  if (q >= e) after = e;
  else {
    const byte = load<u8>(q);
    if (byte === stop) after = q;
    else if (byte === 47 || byte === 63) {
      const answer = pathTo(q, e, stop, bad1, bad2);
      if (answer !== ORDINARY) return answer;
    } else return LOOK;
  }
  return judgeHost(s, n);
}

/** A path, and maybe a query, up to `stop` or the end of the line. Looks at how the path ends; `listed` looks at how it begins. */
export function pathTo(p: usize, e: usize, stop: u8, bad1: u8, bad2: u8): u32 {
  const vs = i8x16.splat(stop);
  const v1 = i8x16.splat(bad1);
  const v2 = i8x16.splat(bad2);
  const question = i8x16.splat(63);
  const hash = i8x16.splat(35);
  let q = p;
  let end: usize = 0;
  if (load<u8>(p) === 47) {
    severalPaths = path !== 0;
    path = p;
  }
  while (q < e) {
    const v = v128.load(q);
    let m = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(v, vs), v128.or(i8x16.eq(v, v1), i8x16.eq(v, v2))),
        v128.or(i8x16.eq(v, question), i8x16.eq(v, hash)),
      ),
    ) as u32;
    while (m !== 0) {
      const t = q + (ctz<u32>(m) as usize);
      if (t >= e) break;
      const byte = load<u8>(t);
      if (byte === stop) {
        after = t;
        return ends(end === 0 ? t : end);
      }
      if (byte === bad1 || byte === bad2) return UNFIT;
      if (end === 0) end = t;
      m &= m - 1;
    }
    q += 16;
  }
  after = e;
  return ends(end === 0 ? e : end);
}

/** Whether the path that ends at `t` ends as those of model APIs do. ENDS: a count, then pairs of bytes and mask. */
function ends(t: usize): u32 {
  const w = load<u64>(t - 8) | 0x2020202020202020;
  let at = ENDS + 16;
  for (let n = load<u32>(ENDS); n > 0; n--) {
    if ((w & load<u64>(at, 8)) === load<u64>(at)) return LOOK;
    at += 16;
  }
  return ORDINARY;
}

/** Whether the line's path begins as a path of interest on its host. A list is a count, then pairs of bytes and mask. */
export function listed(): bool {
  if (list === 0 || path === 0) return false;
  if (severalPaths) return true;
  const w = load<u64>(path) | 0x2020202020202020;
  let at = list + 16;
  for (let n = load<u32>(list); n > 0; n--) {
    if ((w & load<u64>(at, 8)) === load<u64>(at)) return true;
    at += 16;
  }
  return false;
}
