import { parse } from 'csv-parse/sync';
import yauzl from 'yauzl';

/** Files of a zip archive by name. */
export function unzip(bytes: Uint8Array): Promise<Map<string, Buffer>> {
  return new Promise((resolve, reject) => {
    const files = new Map<string, Buffer>();
    yauzl.fromBuffer(Buffer.from(bytes), { lazyEntries: true, strictFileNames: true }, (failed, zip) => {
      if (failed !== null) return reject(failed);
      zip.on('entry', (entry: yauzl.Entry) => {
        zip.openReadStream(entry, (broken, stream) => {
          if (broken !== null) return reject(broken);
          const parts: Buffer[] = [];
          stream.on('data', (part: Buffer) => parts.push(part));
          stream.on('error', reject);
          stream.on('end', () => {
            files.set(entry.fileName, Buffer.concat(parts));
            zip.readEntry();
          });
        });
      });
      zip.on('error', reject);
      zip.on('end', () => resolve(files));
      zip.readEntry();
    });
  });
}

/** Rows of a file; throws where rows have not as many cells as the header. */
export const rowsOf = (bytes: Uint8Array | undefined): string[][] =>
  parse(Buffer.from(bytes ?? []), { record_delimiter: '\r\n' });

// What a terminal or a reader of the raw file would obey or not see; written apart from the product, by properties of Unicode.
const obeyed = /^[\p{Cc}\p{Bidi_C}\p{Zl}\p{Zp}\u200b-\u200d\u2060-\u2064\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]$/u;

/** A text as it stands in a file: line ends and tabs stay, half a character has no encoding. */
export const shownInCsv = (text: string): string =>
  Array.from(text, (char) => {
    if (char === '\n' || char === '\t') return char;
    if (/^\p{Cs}$/u.test(char)) return '\ufffd';
    return obeyed.test(char) ? `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}` : char;
  }).join('');
