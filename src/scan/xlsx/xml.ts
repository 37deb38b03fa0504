import { type SaxesAttributePlain, SaxesParser, type SaxesTagPlain } from 'saxes';
import { InputError } from '../decompress.js';

/** What a part of a workbook is heard as. Names come without their prefix. */
export interface XmlHandler {
  open?(name: string, attribute: (name: string) => string | undefined): void;
  close?(name: string): void;
  text?(text: string): void;
}

/** Bytes of markup or text between two tags; a cell holds 32,767 characters at most. */
const longest = 1 << 20;
const deepest = 64;
/** Characters that the parser is given at once, so that what it holds is looked at often. */
const step = 65_536;

/**
 * Reads XML piece by piece in flat memory. No document type is taken, and no entity but the five of XML, so nothing grows by being
 * read or names another file. `done` is asked between pieces.
 * @throws InputError where it is no XML
 */
export async function readXml(
  chunks: AsyncIterable<Buffer>,
  handler: XmlHandler,
  done: () => boolean = () => false,
): Promise<void> {
  const reader = new XmlReader(handler);
  for await (const chunk of chunks) {
    reader.push(chunk);
    if (done()) return;
  }
  reader.end();
}

/** The same for who has the pieces in hand. */
export class XmlReader {
  readonly #parser = new SaxesParser({ xmlns: false, position: false });
  #decoder: InstanceType<typeof TextDecoder> | undefined;
  #silent = 0;
  #depth = 0;

  constructor({ open, close, text }: XmlHandler) {
    const parser = this.#parser;
    parser.on('error', () => {
      throw new InputError('holds a damaged part: what came before is counted; open the workbook and save it again');
    });
    parser.on('doctype', () => {
      throw new InputError('holds a document type, which no spreadsheet writes: check where it comes from');
    });
    parser.on('opentag', ({ name, attributes }: SaxesTagPlain) => {
      this.#silent = 0;
      if (++this.#depth > deepest)
        throw new InputError('is nested deeper than any spreadsheet writes: check where it comes from');
      open?.(localName(name), (wanted) => attributeOf(attributes, wanted));
    });
    parser.on('closetag', ({ name }: SaxesTagPlain) => {
      this.#silent = 0;
      this.#depth--;
      close?.(localName(name));
    });
    if (text !== undefined) parser.on('text', text);
  }

  push(chunk: Buffer): void {
    this.#decoder ??= new TextDecoder(chunk[0] === 0xff && chunk[1] === 0xfe ? 'utf-16le' : 'utf-8');
    const text = this.#decoder.decode(chunk, { stream: true });
    for (let at = 0; at < text.length; at += step) {
      const piece = text.slice(at, at + step);
      this.#silent += piece.length;
      this.#parser.write(piece);
      if (this.#silent > longest)
        throw new InputError('holds a value of more than 1 MiB, which no cell has: check where it comes from');
    }
  }

  end(): void {
    this.#parser.close();
  }
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** By its name as written; `*:id`: under whatever prefix. */
function attributeOf(attributes: Record<string, SaxesAttributePlain | string>, wanted: string): string | undefined {
  if (!wanted.startsWith('*:')) return plain(attributes[wanted]);
  const name = Object.keys(attributes).find((key) => localName(key) === wanted.slice(2));
  return name === undefined ? undefined : plain(attributes[name]);
}

const plain = (value: SaxesAttributePlain | string | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;
