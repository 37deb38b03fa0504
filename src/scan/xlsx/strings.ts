import { InputError } from '../decompress.js';
import { readXml } from './xml.js';

/** UTF-8 bytes of all shared texts, and how many there may be: what a workbook holds in memory while its sheets are read. */
const limits = { bytes: 64 << 20, count: 4 << 20 };
/** Characters that a cell may hold. */
export const maxCell = 32_767;

/** The texts that cells refer to by number, in one block of bytes: a million of them as objects would take three times as much. */
export class SharedStrings {
  #bytes = Buffer.alloc(4096);
  #ends = new Uint32Array(1024);
  #count = 0;
  #used = 0;

  add(text: string): void {
    const size = Buffer.byteLength(text);
    if (this.#used + size > limits.bytes || this.#count >= limits.count)
      throw new InputError('holds more than 64 MiB of different texts: save its sheets as CSV and give those instead');
    if (this.#used + size > this.#bytes.length) {
      const more = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#used + size));
      this.#bytes.copy(more, 0, 0, this.#used);
      this.#bytes = more;
    }
    if (this.#count === this.#ends.length) {
      const more = new Uint32Array(this.#ends.length * 2);
      more.set(this.#ends);
      this.#ends = more;
    }
    this.#bytes.write(text, this.#used);
    this.#used += size;
    this.#ends[this.#count++] = this.#used;
  }

  /** Undefined: there is none with this number. */
  get(index: number): string | undefined {
    const end = this.#ends[index];
    if (end === undefined || index >= this.#count) return undefined;
    return this.#bytes.toString('utf8', index === 0 ? 0 : this.#ends[index - 1], end);
  }
}

/** Text of `<si>` and `<is>`: its runs one after the other, without the phonetic ones. */
export class RichText {
  #text = '';
  #inText = false;
  #phonetic = 0;

  open(name: string): void {
    if (name === 't') this.#inText = true;
    else if (name === 'rPh') this.#phonetic++;
  }
  close(name: string): void {
    if (name === 't') this.#inText = false;
    else if (name === 'rPh') this.#phonetic--;
  }
  add(text: string): void {
    if (this.#inText && this.#phonetic === 0 && this.#text.length < maxCell)
      this.#text += text.slice(0, maxCell - this.#text.length);
  }
  take(): string {
    const text = this.#text;
    [this.#text, this.#inText, this.#phonetic] = ['', false, 0];
    return text;
  }
}

/** @throws InputError where there are too many, or the part is damaged */
export async function readSharedStrings(chunks: AsyncIterable<Buffer>): Promise<SharedStrings> {
  const strings = new SharedStrings();
  const rich = new RichText();
  await readXml(chunks, {
    open: (name) => rich.open(name),
    text: (text) => rich.add(text),
    close(name) {
      rich.close(name);
      if (name === 'si') strings.add(rich.take());
    },
  });
  return strings;
}
