import { createHash } from 'node:crypto';
import type { Content } from './content.js';
import { Header } from './header.js';
import { Printer, type Prints } from './prints.js';

const NEWLINE = 10;

/** What a reading of a stream shows. */
export interface Survey {
  /** The stream begins with what `from` says. */
  verified: boolean;
  /** Of all that is whole. */
  prints: Prints;
  /** Header lines of all that is whole, for what follows. */
  header: string | undefined;
  /** It ends in the middle of a line. */
  torn: boolean;
  /** Where the last line that is whole ends; 0 for none. */
  lineEnd: number;
  /** Prints at the marks, as far as they are in what is whole. */
  marked: ReadonlyMap<number, string>;
  /** SHA-256 (hex) of all that is whole, where reading began at 0. */
  sha256: string;
  /** Where the file cannot be read further, in stored bytes, and why. */
  damage: { stored: number; why: string } | undefined;
}

/** Reads a stream from what is known on, as far as `to`, in flat memory. */
export async function survey(
  content: Content,
  from: Prints,
  { marks = [], header, to }: { marks?: Iterable<number>; header?: string | undefined; to?: number | undefined } = {},
): Promise<Survey> {
  const printer = new Printer(from, [from.offset, ...marks]);
  const lines = new Header(header);
  const hash = createHash('sha256');
  const marked = new Map<number, string>();
  const nothing = { verified: false, torn: false, lineEnd: 0, sha256: '', damage: undefined };
  const result: Survey = { ...nothing, prints: from, header, marked };
  let newline = 0;
  let whole = false;
  for await (const piece of content.pieces(from.base, to)) {
    if ('bytes' in piece) {
      const fresh = Math.max(0, from.offset - printer.position);
      if (from.base === 0 && content.packed) hash.update(piece.bytes);
      const end = piece.bytes.lastIndexOf(NEWLINE);
      // In UTF-16 a zero belongs to it.
      if (end >= 0) newline = printer.position + end + (piece.bytes[end + 1] === 0 ? 2 : 1);
      printer.push(piece.bytes);
      if (fresh < piece.bytes.length) lines.push(piece.bytes.subarray(fresh));
      whole = false;
    } else if ('whole' in piece) {
      result.prints = printer.state();
      result.header = lines.text();
      result.lineEnd = newline;
      result.sha256 = hash.copy().digest('hex');
      whole = true;
    } else result.damage = { stored: piece.stored, why: piece.damage };
  }
  // A packed stream that is read up to a place in the middle ends without a mark.
  if (!whole && to !== undefined && result.damage === undefined && printer.position === to) {
    result.prints = printer.state();
    result.header = lines.text();
    result.lineEnd = newline;
  }
  result.marked = new Map([...printer.marked].filter(([offset]) => offset <= result.prints.offset));
  result.torn = result.lineEnd !== result.prints.offset;
  result.verified = from.offset === 0 || result.marked.get(from.offset) === from.print;
  if (!result.verified) result.prints = from;
  return result;
}

/** What is known of the beginning of a stream. */
export interface Known {
  prints: Prints;
  header?: string | undefined;
}

/** The same at the last line end of what was read from `from` on. */
export async function atLineEnd(content: Content, from: Known, seen: Survey): Promise<Known> {
  if (!seen.torn) return { prints: seen.prints, header: seen.header };
  if (seen.lineEnd <= from.prints.offset) return { prints: from.prints, header: from.header };
  const { prints, header } = await survey(content, from.prints, { header: from.header, to: seen.lineEnd });
  return { prints, header };
}

/** Other logs may well have a line that begins with so many of the same bytes. */
const fragmentBytes = 64;

/** Where the line begins of which what was read ends with a few bytes; `undefined` where it does not end so. */
export async function beforeFragment(content: Content, from: Known, seen: Survey): Promise<Known | undefined> {
  if (!seen.torn || seen.prints.offset - Math.max(seen.lineEnd, from.prints.offset) > fragmentBytes) return undefined;
  return await atLineEnd(content, from, seen);
}
