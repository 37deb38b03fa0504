/** Longest record that is read; the rest of a longer one is passed over and the record is given as too long. */
export const maxRecordBytes = 1 << 20;

/**
 * Takes `bytes[start, end)` as one record (no line end). `line` is the physical line on which it begins. `tooLong`: only the
 * first bytes are given. The bytes are valid during the call only.
 */
export type OnRecord = (bytes: Buffer, start: number, end: number, line: number, tooLong: boolean) => void;

/** Cuts a stream of bytes into records; the result does not depend on how the stream is cut into chunks. */
export interface Framer {
  push(chunk: Buffer): void;
  end(): void;
  /** Physical lines so far; a last one without newline counts at `end`. */
  readonly lines: number;
}
