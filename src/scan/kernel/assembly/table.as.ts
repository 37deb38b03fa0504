// Tables: first the fields of many lines are found in blocks of 64 bytes, which needs no decisions; then the fields that matter are
// looked at. A check is eight 32-bit words: what, field, a, b, c, and the byte that must follow.

import { lineEnd } from './bytes.as';
import { BAD, Blanks, Commas, find, QuotedBlanks, Tabs } from './fields.as';
import { row } from './rows.as';
import {
  aheadHash,
  aheadLength,
  aheadStart,
  fetched,
  FIELDS,
  HOSTS,
  LINES,
  longestToken,
  OUT,
  PROGRAMS,
  slotMask,
  SLOTS,
  slotSize,
} from './state.as';
import { BY_BLANKS, BY_BLANKS_QUOTED, BY_TABS, HOST, HOST_KIND, LOOK, ORDINARY, UNKNOWN, URL } from './steps.as';
import { behindScheme, hostLength } from './targets.as';
import { hash, hashed } from './tokens.as';

/** The lines found: how many, the one that comes next, where it begins, and the first of its fields. */
let found: u32 = 0;
let nextLine: u32 = 0;
let lineStart: usize = 0;
let firstField: u32 = 0;

export function scanTable(from: usize, limit: usize, end: usize, fresh: bool): u32 {
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
      if (how === BY_BLANKS) found = find<Blanks>(lineStart, end);
      else if (how === BY_BLANKS_QUOTED) found = find<QuotedBlanks>(lineStart, end);
      else if (how === BY_TABS) found = find<Tabs>(lineStart, end);
      else found = find<Commas>(lineStart, end);
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
