import type { ByteWriter } from './bytes.js';
import type { Traffic } from './traffic.js';

/** One kind of log. */
export interface Layout {
  /** The format that the product must see in it. */
  format: string;
  /** Lines around all others, each with its newline; every one of them is a record to skip. */
  header: string;
  footer: string;
  /** Which bytes it logs. */
  logs: { bytesOut: boolean; bytesIn: boolean };
  /** Whether its readers reject a line whose time is spoiled; otherwise no line is. */
  spoils: boolean;
  /** Whether a CONNECT shows no query. */
  tunnelsHide: boolean;
  /** JSON lines: strings are escaped. */
  json?: boolean;
  write: LineWriter;
}

/**
 * Writes one line without its newline. Returns a place in the buffer: a line that is cut off before it, and behind its first
 * byte, must be rejected.
 */
export type LineWriter = (out: ByteWriter, traffic: Traffic) => number;

/** Text that changes once a second at most. */
export function perSecond(format: (second: number) => string): (second: number) => Buffer {
  let [last, text] = [-1, Buffer.alloc(0)];
  return (second) => {
    if (second !== last) [last, text] = [second, Buffer.from(format(second), 'latin1')];
    return text;
  };
}
