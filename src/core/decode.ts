import { isUtf8 } from 'node:buffer';

/** What Windows-1252 has at 0x80 to 0x9F. TextDecoder of Node 20 reads it as Latin-1, which has control characters there. */
const windows1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/**
 * Text of a record: UTF-8, or Windows-1252 where the bytes are not UTF-8 (spreadsheet exports); a byte order mark is dropped.
 * A record of many characters in which a collector cut one in two stays UTF-8.
 */
export function decodeText(bytes: Buffer, start = 0, end = bytes.length): string {
  let text = bytes.toString('utf8', start, end);
  if (text.includes('\uFFFD') && mostlyBroken(text)) {
    const part = bytes.subarray(start, end);
    if (!isUtf8(part))
      text = part.toString('latin1').replace(/[\x80-\x9f]/g, (c) => windows1252[c.charCodeAt(0) - 0x80] ?? c);
  }
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Windows-1252 makes whole UTF-8 characters by accident only: a capital or `ß` before a quotation mark. */
function mostlyBroken(text: string): boolean {
  const broken = text.match(/\uFFFD/g)?.length ?? 0;
  const other = text.match(/[^\p{ASCII}\uFFFD]/gu)?.length ?? 0;
  return other <= 2 * broken;
}
