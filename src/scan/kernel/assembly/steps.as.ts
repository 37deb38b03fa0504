// The numbers that ../program.ts and the kernel share, and the answers of the kernel's functions.

// A step is four 32-bit words: what, a, b, c; in the first word's second byte is
// the byte that must follow (0: none), with bit 16 set where it may come several times.
export const NUMBER = 1;
export const LITERAL = 2;
export const SKIP = 5;
export const RANGES = 6;
export const TOKEN = 7;
export const HOST = 8;
export const URL = 9;
export const PATH = 10;
export const END = 11;
export const WORDS = 12;
export const CAPITALS = 13;
export const LAST = 16;
export const JSON = 17;
export const ANY = 18;
export const PAIRS = 19;
export const SOME = 20;
export const CLOCK = 21;
export const CTIME = 22;

// Answers.
export const ORDINARY: u32 = 0;
export const LOOK: u32 = 1;
export const UNKNOWN: u32 = 2;
/** The line does not fit the program: the next one is tried. */
export const UNFIT: u32 = 3;

/** Class of a token; from FIRST_LIST on it is a host of which only paths that begin as its list says are of interest. */
export const IS_ORDINARY: u32 = 1;
export const FIRST_LIST: u32 = 3;

export const HOST_KIND: u32 = 1;
const _AGENT_KIND: u32 = 2;

/** Keys are tokens of a kind of their own; their class says what their value is. */
export const KEY_KIND: u32 = 3;
export const K_ANY: u32 = 1;
export const K_LOOK: u32 = 2;
export const K_HOST: u32 = 4;
export const K_URL: u32 = 5;
export const K_PATH: u32 = 6;
export const K_TOKEN: u32 = 7;
export const K_TIME: u32 = 8;
export const K_INTO: u32 = 10;
export const K_DOTTED: u32 = 11;
export const K_SCALAR: u32 = 12;
const _K_TEXT: u32 = 9;

/** How the fields of a table are told apart. */
export const NO_TABLE: u32 = 0;
export const BY_BLANKS: u32 = 1;
export const BY_BLANKS_QUOTED: u32 = 2;
export const BY_TABS: u32 = 3;
const BY_COMMAS: u32 = 4;
