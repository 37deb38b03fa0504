// Lines one by one.

import { lineEnd } from './bytes.as';
import { line } from './run.as';
import {
  aheadHash,
  aheadLength,
  aheadStart,
  fetched,
  hostsAt,
  hostsBegin,
  list,
  OUT,
  path,
  severalPaths,
  slotMask,
  SLOTS,
  slotSize,
  WAITING,
  waiting,
  waitingSize,
} from './state.as';
import { HOST_KIND, LOOK, ORDINARY } from './steps.as';
import { listed } from './targets.as';
import { judge } from './tokens.as';

/** Of the lines that wait the next, and where it begins. */
let nextWaiting: u32 = 0;
let waitingFrom: usize = 0;
const maxWaiting: u32 = 32;

/** The hosts of many lines are judged together, after all else, so that the processor can fetch what is known of them at the same time. */
export function scanLines(from: usize, limit: usize, fresh: bool): u32 {
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
