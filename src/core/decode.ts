import { isUtf8 } from 'node:buffer';

const windows1252 = new TextDecoder('windows-1252');

/**
 * Text of a record: UTF-8, or Windows-1252 where the bytes are not UTF-8 (spreadsheet exports); a byte order mark is dropped.
 * A record that is UTF-8 but for a few bytes, as where a collector cut it within a character, stays UTF-8.
 */
export function decodeText(bytes: Buffer, start = 0, end = bytes.length): string {
  let text = bytes.toString('utf8', start, end);
  if (text.includes('\uFFFD') && !/[^\p{ASCII}\uFFFD]/u.test(text)) {
    const part = bytes.subarray(start, end);
    if (!isUtf8(part)) text = windows1252.decode(part);
  }
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
