// This folder is AssemblyScript, not TypeScript: compiled by scripts/kernel.js to WebAssembly with SIMD (see
// docs/decisions/0012-scan-kernel.md). Here a file may set the variables of another: state.as.ts holds what several use.
//
// The kernel passes over lines that are surely one event without a hit. It knows no vendor: a program of steps (../program.ts, from
// the `Layout` of a reader) says what a line must look like, and the table of tokens says of each host, user agent or word that
// JavaScript has judged before whether it is ordinary. Whatever does not fit is handed out and read in full.
//
// All memory is laid out by ../memory.ts; addresses come in through `setup`. Bytes behind the last line end are readable.

import { scanLines } from './lines.as';
import { PROGRAMS } from './state.as';
import { NO_TABLE } from './steps.as';
import { scanTable } from './table.as';

export { lineEnd } from './bytes.as';
export { setup } from './state.as';
export { clear, keepToken } from './tokens.as';

/**
 * Goes through the lines that begin in `[p, limit)`; the last of them ends before `end`, where a line end stands. Stops at the
 * first line that is not ordinary (1), at a token that nobody has judged (2), or behind the last line (0). `fresh`: the bytes or the
 * program are others than at the last call.
 */
export function scan(from: usize, limit: usize, end: usize, fresh: bool): u32 {
  return load<u32>(PROGRAMS, 4) === NO_TABLE ? scanLines(from, limit, fresh) : scanTable(from, limit, end, fresh);
}
