/** What is signed over a version of a block list: whoever has the bytes and the key of the installation can check both. */
export interface FeedNote {
  /** Id of the format. */
  format: string;
  version: number;
  /** Decisions of this day, `YYYY-MM-DD`. */
  day: string;
  entries: number;
  /** Length of the file. */
  bytes: number;
  /** Hex SHA-256 of the file. */
  sha256: string;
}

const heading = 'halflight-blocklist/v1';

/** The text of the note, which is signed as C2SP says (`signed-note.ts`). */
export const feedNoteText = ({ format, version, day, entries, bytes, sha256 }: FeedNote): string =>
  `${heading}\nformat ${format}\nversion ${version}\nday ${day}\nentries ${entries}\nbytes ${bytes}\nsha256 ${sha256}\n`;

const pattern =
  /^halflight-blocklist\/v1\nformat ([a-z0-9-]{1,64})\nversion ([1-9]\d{0,9})\nday (\d{4}-\d{2}-\d{2})\nentries (0|[1-9]\d{0,9})\nbytes (0|[1-9]\d{0,11})\nsha256 ([0-9a-f]{64})\n$/;

/** Reads what `feedNoteText` writes; undefined: it is none. Never throws. */
export function readFeedNote(text: string): FeedNote | undefined {
  const [, format, version, day, entries, bytes, sha256] = pattern.exec(text) ?? [];
  if (format === undefined || day === undefined || sha256 === undefined) return undefined;
  return { format, version: Number(version), day, entries: Number(entries), bytes: Number(bytes), sha256 };
}
