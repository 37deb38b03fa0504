import type { ReportDocument } from '../../blocks/block.js';

/**
 * A format of the periodic report: one file of this folder each, whose name is its id. Every text of a document may hold log data, so a
 * writer escapes each for its place and reads no file, clock or network for it: the same document gives the same bytes.
 */
export interface Writer {
  /** What people call the format. */
  title: string;
  /** Media type (RFC 6838) of what is written. */
  mediaType: string;
  /** Ending of the file's name, without the dot. */
  extension: string;
  /** It is for programs: tables with all their rows, and not only those that people are shown. */
  whole?: true;
  write(document: ReportDocument): Promise<Uint8Array>;
}

/** Text as a file holds it. */
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
