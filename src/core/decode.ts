const windows1252 = new TextDecoder('windows-1252');

/** Text of a record: UTF-8, or Windows-1252 where the bytes are not UTF-8 (spreadsheet exports); a byte order mark is dropped. */
export function decodeText(bytes: Buffer, start = 0, end = bytes.length): string {
  const text = bytes.toString('utf8', start, end);
  const decoded = text.includes('\uFFFD') ? windows1252.decode(bytes.subarray(start, end)) : text;
  return decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded;
}
