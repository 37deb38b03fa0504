// Where things are in memory, and what is known of the line at hand.

export const longestToken: u32 = 1024;
/** A token that finds no place within so many slots is never kept, so that made-up collisions cost only their own lines. */
export const probes: u32 = 16;

export let PROGRAMS: usize = 0;
export let SLOTS: usize = 0;
export let slotMask: u32 = 0;
export let POOL: usize = 0;
export let poolEnd: usize = 0;
export let LISTS: usize = 0;
export let ENDS: usize = 0;
export let MASKS: usize = 0;
/** What `scan` says beside its answer: start and end of the line, start of the next, token and its length and kind, lines passed over. */
export let OUT: usize = 0;
/** A table's fields: where each begins, and for each line how many have begun by its end, and where it ends. */
export let FIELDS: usize = 0;
export let LINES: usize = 0;
/** For each line of a table: its host's hash, where it begins (0: none), and its length. */
export let HOSTS: usize = 0;
/** Lines of which only the hosts are not judged yet; which key comes behind which. */
export let WAITING: usize = 0;
export let KEYS: usize = 0;

/** Bytes of a slot of the table of tokens. */
export const slotSize: usize = 64;
/** Bytes of a place for a key, and how many there are beside the first. */
export const keySize: usize = 64;
export const keyMask: usize = 63;

export let poolAt: usize = 0;
export let tokens: u32 = 0;
/** Where the token ends that a step has just read. */
export let after: usize = 0;
/** Paths of interest on the line's host (an address within LISTS), and where its path begins; 0 for none. */
export let list: usize = 0;
export let path: usize = 0;
/** The line has several paths. */
export let severalPaths: bool = false;

/** Lines whose hosts are not judged yet. */
export let waiting: u32 = 0;
/** Where hosts of the line at hand are put. */
export let hostsAt: usize = 0;
/** A line that waits: start, stop, start of the next, path, whether there are several, end of the hosts; then hash, start and length of each. */
export const waitingSize: usize = 128;
export const hostsBegin: usize = 32;

/** Of the line at hand, what `lookAhead` found. */
export let aheadHash: u64 = 0;
export let aheadStart: usize = 0;
export let aheadLength: u32 = 0;

/** What was fetched ahead: without it the compiler would leave the fetching out. */
export let fetched: u32 = 0;

export function setup(
  programs: usize,
  slots: usize,
  slotCount: u32,
  pool: usize,
  poolSize: usize,
  lists: usize,
  ends: usize,
  masks: usize,
  out: usize,
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
