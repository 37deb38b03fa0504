// Where things are in a kernel's memory, in bytes. 20 MB for each thread, of which only what is used counts that scans.
//
// Below 1024 is what the compiler needs. PROGRAMS holds a count, the addresses of the programs, the programs and their texts.
const KiB = 1024;

export const OUT = KiB;
export const MASKS = OUT + 64;
export const ENDS = MASKS + 64;
export const endsSize = 16 * KiB;
export const PROGRAMS = ENDS + endsSize;
export const programsSize = 64 * KiB;
/** Lists of 256 bytes: a count and 15 pairs of 8 bytes and their mask. */
export const LISTS = PROGRAMS + programsSize;
export const listSize = 256;
export const maxLists = 250;
export const SLOTS = (LISTS + maxLists * listSize + 63) & ~63;
export const slotCount = 1 << 18;
export const POOL = SLOTS + slotCount * 64;
export const poolSize = 2 << 20;
/** Bytes that have come and not gone, whole lines as a rule. */
export const INPUT = POOL + poolSize;
export const inputSize = 384 * KiB;
/** Steps read whole vectors, so a little behind the last byte. */
const slack = 4 * KiB;
/** Places of the fields of a table, and its lines; a block may begin more of them than the kernel asks room for. */
export const FIELDS = INPUT + inputSize + slack;
export const LINES = FIELDS + 65_536 * 4 + 1024;
const maxLines = 16_384 + 64;
/** For each line what is known of its host before the line is looked at. */
export const HOSTS = LINES + maxLines * 8;
/** 32 lines that wait, and 64 places for keys. */
export const WAITING = (HOSTS + maxLines * 16 + 127) & ~127;
export const KEYS = WAITING + 32 * 128;

export const pages = Math.ceil((KEYS + 64 * 64) / 65_536);
