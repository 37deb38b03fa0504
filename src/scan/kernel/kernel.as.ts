// AssemblyScript, not TypeScript: compiled by scripts/kernel.js to WebAssembly with SIMD (see docs/decisions/0012-scan-kernel.md).
//
// The kernel passes over lines that are surely one event without a hit. It knows no vendor: a program of steps (program.ts, from
// the `Layout` of a reader) says what a line must look like, and the table of tokens says of each host, user agent or word that
// JavaScript has judged before whether it is ordinary. Whatever does not fit is handed out and read in full.
//
// All memory is laid out by memory.ts; addresses come in through `setup`. Bytes behind the last line end are readable.

// Steps; the numbers are those of program.ts. A step is four 32-bit words: what, a, b, c; in the first word's second byte is
// the byte that must follow (0: none), with bit 16 set where it may come several times.
const NUMBER = 1;
const LITERAL = 2;
const SKIP = 5;
const RANGES = 6;
const TOKEN = 7;
const HOST = 8;
const URL = 9;
const PATH = 10;
const END = 11;
const WORDS = 12;
const CAPITALS = 13;
const LAST = 16;
const JSON = 17;
const ANY = 18;
const PAIRS = 19;
const SOME = 20;
const CLOCK = 21;
const CTIME = 22;

// Answers.
const ORDINARY: u32 = 0;
const LOOK: u32 = 1;
const UNKNOWN: u32 = 2;
/** The line does not fit the program: the next one is tried. */
const UNFIT: u32 = 3;

/** Class of a token; from FIRST_LIST on it is a host of which only paths that begin as its list says are of interest. */
const IS_ORDINARY: u32 = 1;
const FIRST_LIST: u32 = 3;

const HOST_KIND: u32 = 1;
const _AGENT_KIND: u32 = 2;
const longestToken: u32 = 1024;
/** A token that finds no place within so many slots is never kept, so that made-up collisions cost only their own lines. */
const probes: u32 = 16;

let PROGRAMS: usize = 0;
let SLOTS: usize = 0;
let slotMask: u32 = 0;
let POOL: usize = 0;
let poolEnd: usize = 0;
let LISTS: usize = 0;
let ENDS: usize = 0;
let MASKS: usize = 0;
/** What `scan` says beside its answer: start and end of the line, start of the next, token and its length and kind, lines passed over. */
let OUT: usize = 0;
/** A table's fields: where each begins, and for each line how many have begun by its end, and where it ends. */
let FIELDS: usize = 0;
let LINES: usize = 0;
/** For each line of a table: its host's hash, where it begins (0: none), and its length. */
let HOSTS: usize = 0;
/** Lines of which only the hosts are not judged yet; which key comes behind which. */
let WAITING: usize = 0;
let KEYS: usize = 0;

let poolAt: usize = 0;
let tokens: u32 = 0;
/** Where the token ends that a step has just read. */
let after: usize = 0;
/** Paths of interest on the line's host (an address within LISTS), and where its path begins; 0 for none. */
let list: usize = 0;
let path: usize = 0;
/** The line has several paths. */
let severalPaths: bool = false;

export function setup(programs: usize, slots: usize, slotCount: u32, pool: usize, poolSize: usize, lists: usize, ends: usize, masks: usize, out: usize,
  fields: usize,
  lines: usize,
  hosts: usize,
  waiting: usize,
  keys: usize,
): void {
  PROGRAMS = programs;
  SLOTS = slots;
  slotMask = slotCount - 1;
  POOL = pool;
  poolEnd = pool + poolSize;
  LISTS = lists;
  ENDS = ends;
  MASKS = masks;
  OUT = out;
  FIELDS = fields;
  LINES = lines;
  HOSTS = hosts;
  WAITING = waiting;
  KEYS = keys;
  for (let i: usize = 0; i < 16; i++) {
    store<u8>(masks + i, 0xff);
    store<u8>(masks + 16 + i, 0);
  }
  // Memory is zero at first, and pages that nobody writes to cost nothing.
  poolAt = pool;
}

/** Forgets all tokens. */
export function clear(): void {
  memory.fill(SLOTS, 0, ((slotMask as usize) + 1) * slotSize);
  memory.fill(KEYS, 0, keySize * keyMask + keySize);
  poolAt = POOL;
  tokens = 0;
}

/**
 * Goes through the lines that begin in `[p, limit)`; the last of them ends before `end`, where a line end stands. Stops at the
 * first line that is not ordinary (1), at a token that nobody has judged (2), or behind the last line (0). `fresh`: the bytes or the
 * program are others than at the last call.
 */
export function scan(from: usize, limit: usize, end: usize, fresh: bool): u32 {
  return load<u32>(PROGRAMS, 4) === NO_TABLE ? scanLines(from, limit, fresh) : scanTable(from, limit, end, fresh);
}

/** Lines that wait: how many, the next, and where it begins. */
let waiting: u32 = 0;
let nextWaiting: u32 = 0;
let waitingFrom: usize = 0;
/** Where hosts of the line at hand are put. */
let hostsAt: usize = 0;
/** A line that waits: start, stop, start of the next, path, whether there are several, end of the hosts; then hash, start and length of each. */
const waitingSize: usize = 128;
const hostsBegin: usize = 32;
const maxWaiting: u32 = 32;

/** The hosts of many lines are judged together, after all else, so that the processor can fetch what is known of them at the same time. */
function scanLines(from: usize, limit: usize, fresh: bool): u32 {
  if (fresh || from !== waitingFrom) waiting = nextWaiting = 0;
  let p = from;
  let passed: u32 = 0;
  let answer: u32 = 0;
  while (true) {
    while (nextWaiting < waiting) {
      const entry = WAITING + (nextWaiting as usize) * waitingSize;
      answer = settle(entry);
      if (answer !== ORDINARY) {
        store<u32>(OUT, load<u32>(entry));
        store<u32>(OUT, load<u32>(entry, 4), 4);
        if (answer === LOOK) {
          nextWaiting++;
          p = load<u32>(entry, 8) as usize;
        }
        break;
      }
      nextWaiting++;
      p = load<u32>(entry, 8) as usize;
      passed++;
    }
    if (answer !== ORDINARY || p >= limit) break;
    waiting = nextWaiting = 0;
    let q = p;
    while (q < limit && waiting < maxWaiting) {
      const newline = lineEnd(q);
      const stop = newline > q && load<u8>(newline - 1) === 13 ? newline - 1 : newline;
      const entry = WAITING + (waiting as usize) * waitingSize;
      hostsAt = entry + hostsBegin;
      answer = line(q, stop);
      if (answer !== ORDINARY) {
        // Those before it come first.
        if (waiting !== 0) {
          answer = ORDINARY;
          break;
        }
        store<u32>(OUT, q as u32);
        store<u32>(OUT, stop as u32, 4);
        if (answer === LOOK) p = newline + 1;
        break;
      }
      store<u32>(entry, q as u32);
      store<u32>(entry, stop as u32, 4);
      q = newline + 1;
      store<u32>(entry, q as u32, 8);
      store<u32>(entry, path as u32, 12);
      store<u32>(entry, severalPaths ? 1 : 0, 16);
      store<u32>(entry, hostsAt as u32, 20);
      waiting++;
    }
    hostsAt = 0;
    if (answer !== ORDINARY) break;
    fetch();
  }
  waitingFrom = p;
  store<u32>(OUT, p as u32, 8);
  store<u32>(OUT, passed, 24);
  return answer;
}

/** Has the processor fetch the slots of all hosts that wait. */
function fetch(): void {
  let sum: u32 = 0;
  for (let i: u32 = 0; i < waiting; i++) {
    const entry = WAITING + (i as usize) * waitingSize;
    const end = load<u32>(entry, 20) as usize;
    for (let at = entry + hostsBegin; at < end; at += 16) sum ^= load<u32>(SLOTS + ((load<u32>(at, 4) & slotMask) as usize) * slotSize);
  }
  fetched = sum;
}

/** Judges the hosts of a line that waits. */
function settle(entry: usize): u32 {
  list = 0;
  path = load<u32>(entry, 12) as usize;
  severalPaths = load<u32>(entry, 16) !== 0;
  const end = load<u32>(entry, 20) as usize;
  for (let at = entry + hostsBegin; at < end; at += 16) {
    aheadHash = load<u64>(at);
    aheadStart = load<u32>(at, 8) as usize;
    aheadLength = load<u32>(at, 12);
    const answer = judge(aheadStart, aheadLength, HOST_KIND);
    if (answer !== ORDINARY) return answer;
  }
  return listed() ? LOOK : ORDINARY;
}

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

function line(p: usize, e: usize): u32 {
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

// Tables: first the fields of many lines are found in blocks of 64 bytes, which needs no decisions; then the fields that matter are
// looked at. A check is eight 32-bit words: what, field, a, b, c, and the byte that must follow.

const NO_TABLE: u32 = 0;
const BY_BLANKS: u32 = 1;
const BY_BLANKS_QUOTED: u32 = 2;
const BY_TABS: u32 = 3;
const BY_COMMAS: u32 = 4;

/** Bytes that are looked through for fields at a time; they and what is found stay in the processor's nearest memory. */
const region: usize = 16384;
const maxFields: u32 = 65536 - 64;
const maxLines: u32 = 16384;

/** The lines found: how many, the one that comes next, where it begins, and the first of its fields. */
let found: u32 = 0;
let nextLine: u32 = 0;
let lineStart: usize = 0;
let firstField: u32 = 0;

function scanTable(from: usize, limit: usize, end: usize, fresh: bool): u32 {
  if (fresh || from !== lineStart) {
    found = nextLine = 0;
    lineStart = from;
  }
  let passed: u32 = 0;
  let answer: u32 = ORDINARY;
  const how = load<u32>(PROGRAMS, 4);
  while (lineStart < limit) {
    if (nextLine === found) {
      firstField = 0;
      nextLine = 0;
      if (how === BY_BLANKS) find<Blanks>(lineStart, end);
      else if (how === BY_BLANKS_QUOTED) find<QuotedBlanks>(lineStart, end);
      else if (how === BY_TABS) find<Tabs>(lineStart, end);
      else find<Commas>(lineStart, end);
      if (found === 0) {
        // A line with too many fields.
        const e = lineEnd(lineStart);
        store<u32>(LINES, 0);
        store<u32>(LINES, (e as u32) | BAD, 4);
        found = 1;
      }
      lookAhead();
    }
    const entry = LINES + ((nextLine as usize) << 3);
    const stop = load<u32>(entry, 4);
    const newline = (stop & ~BAD) as usize;
    const fields = load<u32>(entry);
    const e = newline > lineStart && load<u8>(newline - 1) === 13 ? newline - 1 : newline;
    const ahead = HOSTS + ((nextLine as usize) << 4);
    aheadHash = load<u64>(ahead);
    aheadStart = load<u32>(ahead, 8) as usize;
    aheadLength = load<u32>(ahead, 12);
    answer = (stop & BAD) !== 0 ? LOOK : row(FIELDS + ((firstField as usize) << 2), fields - firstField, e);
    if (answer === UNKNOWN) {
      store<u32>(OUT, lineStart as u32);
      store<u32>(OUT, e as u32, 4);
      break;
    }
    firstField = fields;
    nextLine++;
    const begin = lineStart;
    lineStart = newline + 1;
    if (answer !== ORDINARY) {
      answer = LOOK;
      store<u32>(OUT, begin as u32);
      store<u32>(OUT, e as u32, 4);
      break;
    }
    passed++;
  }
  store<u32>(OUT, lineStart as u32, 8);
  store<u32>(OUT, passed, 24);
  return answer;
}

/** Of the line at hand, what `lookAhead` found. */
let aheadHash: u64 = 0;
let aheadStart: usize = 0;
let aheadLength: u32 = 0;

/**
 * Finds the hosts of all lines and has the processor fetch their slots of the table of tokens, many at a time: one after the
 * other, waiting for the memory would take longer than all the rest. It decides nothing.
 */
function lookAhead(): void {
  const check = hostCheck(load<u32>(PROGRAMS, 16) as usize);
  const field = load<u32>(check, 4);
  const isUrl = load<u32>(check) === URL;
  const quotes = load<u8>(PROGRAMS, 9) !== 0;
  let first: u32 = 0;
  let entry = LINES;
  let ahead = HOSTS;
  for (let i: u32 = 0; i < found; i++) {
    const next = load<u32>(entry);
    store<u64>(ahead, 0);
    store<u32>(ahead, 0, 8);
    if (check !== 0 && next - first > field) {
      let s = load<u32>(FIELDS + (((first + field) as usize) << 2)) as usize;
      if (quotes && load<u8>(s) === 34) s++;
      if (isUrl) s = behindScheme(s);
      const n = hostLength(s);
      if (n - 1 < longestToken) {
        hash(s, n, HOST_KIND);
        store<u64>(ahead, hashed);
        store<u32>(ahead, s as u32, 8);
        store<u32>(ahead, n, 12);
      }
    }
    first = next;
    entry += 8;
    ahead += 16;
  }
  let sum: u32 = 0;
  const end = ahead;
  for (ahead = HOSTS; ahead < end; ahead += 16) sum ^= load<u32>(SLOTS + ((load<u32>(ahead, 4) & slotMask) as usize) * slotSize);
  fetched = sum;
}
/** Without it the compiler would leave the fetching out. */
let fetched: u32 = 0;

/** The first check of a row that has a host; 0 where there is none. */
function hostCheck(row: usize): usize {
  let ip = row + 16;
  for (let checks = load<u32>(row, 8); checks > 0; checks--) {
    const what = load<u32>(ip);
    if (what === HOST || what === URL) return ip;
    ip += 32;
  }
  return 0;
}

/** Set in a line's end where its quotes or tabs are not in order, or it has too many fields. */
const BAD: u32 = 0x80000000;

class Blanks {}
class QuotedBlanks {}
class Tabs {}
class Commas {}

/** Finds the fields of the lines from `p` on, up to `end`, into FIELDS and LINES. */
function find<T>(p: usize, end: usize): void {
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
  found = lines;
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

/** One line of a table: `n` fields, of which the first begins at the address that stands at `fields`. */
function row(fields: usize, n: u32, e: usize): u32 {
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

/** The first `n` lanes. */
function keep(n: u32): v128 {
  return v128.load(MASKS + 16 - (n as usize));
}

function digits(p: usize): u32 {
  const v = i8x16.sub(v128.load(p), i8x16.splat(48));
  return ctz<u32>(~(i8x16.bitmask(i8x16.lt_u(v, i8x16.splat(10))) as u32));
}

/** A to Z and _, 16 at most. */
function capitals(p: usize): u32 {
  const v = v128.load(p);
  const letters = i8x16.lt_u(i8x16.sub(v, i8x16.splat(65)), i8x16.splat(26));
  return ctz<u32>(~(i8x16.bitmask(v128.or(letters, i8x16.eq(v, i8x16.splat(95)))) as u32));
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

function within(p: usize, ranges: usize): bool {
  const v = v128.load(p);
  const inside = v128.and(i8x16.ge_u(v, v128.load(ranges)), i8x16.le_u(v, v128.load(ranges, 32)));
  return i8x16.all_true(v128.or(inside, i8x16.eq(v, v128.load(ranges, 64))));
}

/** Place of the first `a` or `b` from `p` on; `e` or beyond where there is none. */
function find2(p: usize, e: usize, a: u8, b: u8): usize {
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

/** Takes account of a token of `n` bytes: ordinary so far, or the line's answer. */
function judge(s: usize, n: u32, kind: u32): u32 {
  const found = lookup(s, n, kind);
  if (found === 0) {
    store<u32>(OUT, s as u32, 12);
    store<u32>(OUT, n, 16);
    store<u32>(OUT, kind, 20);
    return UNKNOWN;
  }
  if (found === IS_ORDINARY) return ORDINARY;
  if (found < FIRST_LIST) return LOOK;
  const paths = LISTS + ((found - FIRST_LIST) as usize) * 256;
  if (list !== 0 && list !== paths) return LOOK;
  list = paths;
  return ORDINARY;
}

/** How many bytes from `p` on may be a host's. */
function hostLength(p: usize): u32 {
  let q = p;
  let m = hostBytes(q);
  while (m === 0xffff) {
    q += 16;
    m = hostBytes(q);
  }
  return (q - p) as u32 + ctz<u32>(~m);
}

/** Behind `http://` or `https://`, if that is how the URL begins. */
function behindScheme(p: usize): usize {
  const w = load<u64>(p);
  if (w === 0x2f2f3a7370747468) return p + 8;
  return (w & 0x00ffffffffffffff) === 0x002f2f3a70747468 ? p + 7 : p;
}

/** A host and maybe a port, up to `stop` or the end of the line. */
function host(p: usize, e: usize, stop: u8): u32 {
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
function url(p: usize, e: usize, stop: u8, bad1: u8, bad2: u8, dotted: bool): u32 {
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
function pathTo(p: usize, e: usize, stop: u8, bad1: u8, bad2: u8): u32 {
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
function listed(): bool {
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

// The table of tokens. A slot is one line of the processor's cache, so that a look costs one access to memory: hash (0: free),
// length | kind << 16, class, where the bytes behind the 48th are kept, and the first 48 bytes.

const slotSize: usize = 64;
const inSlot: u32 = 48;

let hashed: u64 = 0;

function hash(s: usize, n: u32, kind: u32): void {
  let a: u64 = ((n as u64) << 8) ^ ((kind as u64) * 0x9e3779b97f4a7c15);
  let b: u64 = a;
  let i: u32 = 0;
  for (; i + 16 <= n; i += 16) {
    a = (a ^ load<u64>(s + (i as usize))) * 0xff51afd7ed558ccd;
    b = (b ^ load<u64>(s + (i as usize), 8)) * 0xc4ceb9fe1a85ec53;
    a ^= a >> 32;
    b ^= b >> 29;
  }
  if (i < n) {
    const v = v128.and(v128.load(s + (i as usize)), keep(n - i));
    a = (a ^ i64x2.extract_lane(v, 0)) * 0xff51afd7ed558ccd;
    b = (b ^ i64x2.extract_lane(v, 1)) * 0xc4ceb9fe1a85ec53;
    a ^= a >> 32;
    b ^= b >> 29;
  }
  a = (a ^ rotl<u64>(b, 32)) * 0x9fb21c651e98df25;
  hashed = a ^ (a >> 29);
}

function equal(a: usize, b: usize, n: u32): bool {
  let i: u32 = 0;
  for (; i + 16 <= n; i += 16)
    if (v128.any_true(v128.xor(v128.load(a + (i as usize)), v128.load(b + (i as usize))))) return false;
  return i === n || !v128.any_true(v128.and(v128.xor(v128.load(a + (i as usize)), v128.load(b + (i as usize))), keep(n - i)));
}

/** Class of a token; 0 where nobody has judged it; that of a line to look at where it is too long to be kept. */
function lookup(s: usize, n: u32, kind: u32): u32 {
  if (n > longestToken) return 2;
  if (kind === HOST_KIND && s === aheadStart && n === aheadLength) hashed = aheadHash;
  else hash(s, n, kind);
  const tag = (hashed as u32) | 1;
  let i = ((hashed >> 32) as u32) & slotMask;
  for (let probe: u32 = 0; probe < probes; probe++) {
    const slot = SLOTS + (i as usize) * slotSize;
    const found = load<u32>(slot);
    if (found === 0) return 0;
    if (found === tag && load<u32>(slot, 4) === (n | (kind << 16))) {
      if (n <= inSlot) {
        if (equal(s, slot + 16, n)) return load<u32>(slot, 8);
      } else if (
        equal(s, slot + 16, inSlot) &&
        equal(s + (inSlot as usize), (load<u32>(slot, 12) as usize) << 4, n - inSlot)
      )
        return load<u32>(slot, 8);
    }
    i = (i + 1) & slotMask;
  }
  return 0;
}

/** Keeps what was judged of a token. False: it has no place. */
export function keepToken(s: usize, n: u32, kind: u32, what: u32): bool {
  const rest = n > inSlot ? ((n - inSlot + 15) & ~15) : 0;
  if (poolAt + (rest as usize) > poolEnd || tokens > (slotMask >> 1) + (slotMask >> 3)) clear();
  hash(s, n, kind);
  let i = ((hashed >> 32) as u32) & slotMask;
  for (let probe: u32 = 0; probe < probes; probe++) {
    const slot = SLOTS + (i as usize) * slotSize;
    if (load<u32>(slot) === 0) {
      store<u32>(slot, (hashed as u32) | 1);
      store<u32>(slot, n | (kind << 16), 4);
      store<u32>(slot, what, 8);
      store<u32>(slot, (poolAt >> 4) as u32, 12);
      memory.copy(slot + 16, s, min(n, inSlot) as usize);
      if (rest !== 0) memory.copy(poolAt, s + (inSlot as usize), (n - inSlot) as usize);
      poolAt += rest as usize;
      tokens++;
      return true;
    }
    i = (i + 1) & slotMask;
  }
  return false;
}

// JSON. Keys are tokens of a kind of their own; their class says what their value is.

const KEY_KIND: u32 = 3;
const K_ANY: u32 = 1;
const K_LOOK: u32 = 2;
const K_HOST: u32 = 4;
const K_URL: u32 = 5;
const K_PATH: u32 = 6;
const K_TOKEN: u32 = 7;
const K_TIME: u32 = 8;
const K_INTO: u32 = 10;
const K_DOTTED: u32 = 11;
const K_SCALAR: u32 = 12;
const _K_TEXT: u32 = 9;

@inline function blank(p: usize): usize {
  let c = p;
  while (load<u8>(c) === 32 || load<u8>(c) === 9) c++;
  return c;
}

/**
 * One object on the line. A key's class holds what its value is (bits 0 to 7), the kind of tokens (8 to 15) and the bit that it
 * sets (16 to 31).
 */
function object(p: usize, e: usize, required: u32): u32 {
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

const keySize: usize = 64;
const keyMask: usize = 63;

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

/** Behind a number as JSON writes it; 0 where there is none. */
function number(p: usize): usize {
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
function string(p: usize, e: usize): usize {
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
function value(p: usize, e: usize): usize {
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

/** `key=value key="value" ...`: keys as those of JSON. */
function pairs(p: usize, e: usize, required: u32): u32 {
  let c = p;
  let seen: u32 = 0;
  for (;;) {
    const k = c;
    c = find2(k, e, 61, 32);
    if (c >= e || load<u8>(c) !== 61 || c === k) return UNFIT;
    const key = lookup(k, (c - k) as u32, KEY_KIND);
    if (key === 0) {
      store<u32>(OUT, k as u32, 12);
      store<u32>(OUT, (c - k) as u32, 16);
      store<u32>(OUT, KEY_KIND, 20);
      return UNKNOWN;
    }
    c++;
    const quoted = load<u8>(c) === 34;
    if (quoted) c++;
    const stop: u8 = quoted ? 34 : 32;
    const what = key & 0xff;
    seen |= key >> 16;
    if (what === K_LOOK) return LOOK;
    const t = find2(c, e, stop, quoted ? 92 : 34);
    if (t < e ? load<u8>(t) !== stop : quoted) return UNFIT;
    if (what === K_TOKEN) {
      const answer = judge(c, (t - c) as u32, (key >> 8) & 0xff);
      if (answer !== ORDINARY) return answer;
    } else if (what === K_HOST || what === K_URL || what === K_PATH) {
      const answer =
        t === c ? ORDINARY : what === K_HOST ? host(c, e, stop) : what === K_URL ? url(c, e, stop, stop, stop, false) : pathTo(c, e, stop, stop, stop);
      if (answer !== ORDINARY) return answer;
      if (t !== c && after !== t) return LOOK;
    }
    c = quoted ? t + 1 : t;
    if (c >= e) break;
    if (load<u8>(c) !== 32) return UNFIT;
    c++;
    // A blank behind the last pair.
    if (c === e) break;
  }
  if ((seen & required) !== required) return UNFIT;
  return listed() ? LOOK : ORDINARY;
}
