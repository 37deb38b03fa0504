// The table of tokens. A slot is one line of the processor's cache, so that a look costs one access to memory: hash (0: free),
// length | kind << 16, class, where the bytes behind the 48th are kept, and the first 48 bytes.

import { equal, keep } from './bytes.as';
import {
  aheadHash,
  aheadLength,
  aheadStart,
  keyMask,
  KEYS,
  keySize,
  list,
  LISTS,
  longestToken,
  OUT,
  POOL,
  poolAt,
  poolEnd,
  probes,
  slotMask,
  SLOTS,
  slotSize,
  tokens,
} from './state.as';
import { FIRST_LIST, HOST_KIND, IS_ORDINARY, LOOK, ORDINARY, UNKNOWN } from './steps.as';

const inSlot: u32 = 48;

export let hashed: u64 = 0;

export function hash(s: usize, n: u32, kind: u32): void {
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

/** Class of a token; 0 where nobody has judged it; that of a line to look at where it is too long to be kept. */
export function lookup(s: usize, n: u32, kind: u32): u32 {
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

/** Forgets all tokens. */
export function clear(): void {
  memory.fill(SLOTS, 0, ((slotMask as usize) + 1) * slotSize);
  memory.fill(KEYS, 0, keySize * keyMask + keySize);
  poolAt = POOL;
  tokens = 0;
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

/** Takes account of a token of `n` bytes: ordinary so far, or the line's answer. */
export function judge(s: usize, n: u32, kind: u32): u32 {
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
