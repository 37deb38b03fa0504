import type { Content } from './content.js';

const NEWLINE = 10;
const QUOTE = 34;
const blockBytes = 1 << 18;

/** How the lines of a stream are told apart. */
export type Layout =
  | 'lines'
  /** A quoted field may hold newlines: it is not cut there. */
  | 'csv'
  /** One JSON document over many lines: it is given out whole. */
  | 'document'
  | 'utf-16le'
  | 'utf-16be';

/**
 * The end of the next piece: behind the last line that is whole within `limit` bytes; a longer line stays whole. `undefined`:
 * no line is whole yet. `known`: no line ends before this.
 */
export async function findCut(
  content: Content,
  layout: Layout,
  from: number,
  size: number,
  limit: number,
  known: number,
): Promise<number | undefined> {
  const end = Math.min(size, from + limit);
  const cut =
    layout === 'csv'
      ? await lastClosed(content, from, end)
      : await lastNewline(content, layout, Math.max(from, Math.min(known, end)), end);
  if (cut !== undefined || end === size) return cut;
  // A line longer than a piece.
  let at = Math.max(end, known);
  for await (const bytes of content.bytes(at, size)) {
    const newline = newlineIn(bytes, at, layout);
    if (newline >= 0) return at + newline;
    at += bytes.length;
  }
  return undefined;
}

/** Behind the last newline in `[from, to)`, looked for from the end. */
async function lastNewline(content: Content, layout: Layout, from: number, to: number): Promise<number | undefined> {
  for (let end = to; end > from; ) {
    // Even borders, so that no UTF-16 character is torn.
    const start = Math.max(from, Math.floor((end - 1) / blockBytes) * blockBytes);
    const parts: Buffer[] = [];
    for await (const bytes of content.bytes(start, end)) parts.push(bytes);
    const newline = newlineIn(Buffer.concat(parts), start, layout, true);
    if (newline >= 0) return start + newline;
    end = start;
  }
  return undefined;
}

/** Place behind the first or last newline in bytes that begin at `at` of the stream; -1 for none. */
function newlineIn(bytes: Buffer, at: number, layout: Layout, last = false): number {
  if (layout !== 'utf-16le' && layout !== 'utf-16be') {
    const newline = last ? bytes.lastIndexOf(NEWLINE) : bytes.indexOf(NEWLINE);
    return newline < 0 ? -1 : newline + 1;
  }
  const character = Buffer.from(layout === 'utf-16le' ? [NEWLINE, 0] : [0, NEWLINE]);
  for (let i = last ? bytes.lastIndexOf(character) : bytes.indexOf(character); i >= 0; ) {
    if ((at + i) % 2 === 0) return i + 2;
    if (last && i === 0) return -1;
    i = last ? bytes.lastIndexOf(character, i - 1) : bytes.indexOf(character, i + 1);
  }
  return -1;
}

/** A quote that stays open over more than this was never meant to open; as core/framing does. */
const maxOpen = { lines: 200, bytes: 1 << 20 };

/** Behind the last newline in `[from, to)` outside of a quoted field. */
async function lastClosed(content: Content, from: number, to: number): Promise<number | undefined> {
  let cut: number | undefined;
  let at = from;
  /** Where the open quote is; -1: closed. */
  let open = -1;
  let openLines = 0;
  let before = NEWLINE;
  let maybeClosed = false;
  for await (const bytes of content.bytes(from, to)) {
    let i = 0;
    while (i < bytes.length) {
      // A quote at the very end of a buffer closes unless the next begins with its double.
      if (maybeClosed) {
        maybeClosed = false;
        if (bytes[i] === QUOTE) {
          i++;
          continue;
        }
        open = -1;
      }
      const quote = bytes.indexOf(QUOTE, i);
      const end = quote < 0 ? bytes.length : quote;
      const segment = bytes.subarray(i, end);
      if (open < 0) {
        const newline = segment.lastIndexOf(NEWLINE);
        if (newline >= 0) cut = at + i + newline + 1;
      } else {
        for (let n = segment.indexOf(NEWLINE); n >= 0; n = segment.indexOf(NEWLINE, n + 1)) {
          openLines++;
          if (openLines > maxOpen.lines || at + i + n - open > maxOpen.bytes) {
            open = -1;
            cut = at + i + n + 1;
            break;
          }
        }
        if (open < 0) {
          i = (cut ?? from) - at;
          before = NEWLINE;
          continue;
        }
      }
      for (let s = segment.length - 1; s >= 0; s--) {
        if (segment[s] !== 32) {
          before = segment[s] ?? before;
          break;
        }
      }
      if (quote < 0) break;
      if (open >= 0) maybeClosed = true;
      else if (before === NEWLINE || before === 44 || before === 59 || before === 9 || before === 124) {
        open = at + quote;
        openLines = 0;
      }
      before = QUOTE;
      i = quote + 1;
    }
    at += bytes.length;
  }
  return cut;
}
