import type { Readable } from 'node:stream';
import type { Entry } from 'yauzl';
import { InputError } from '../decompress.js';
import { type Archive, openArchive } from '../zip.js';
import { type NumberStyle, numberStyle } from './cells.js';
import { readSharedStrings, SharedStrings } from './strings.js';
import { readXml } from './xml.js';

/** A sheet as the workbook lists it. */
export interface SheetPart {
  name: string;
  /** Hidden by its author: read like any other, and named so. */
  hidden: boolean;
  /** Its part in the archive. */
  entry: Entry;
}

/** A workbook opened: what all its sheets share. */
export interface Workbook {
  archive: Archive;
  sheets: readonly SheetPart[];
  styles: readonly NumberStyle[];
  /** Days count from 1904, as in old workbooks of a Mac. */
  from1904: boolean;
  /** Read when first asked for, and kept. */
  strings(): Promise<SharedStrings>;
}

const maxSheets = 1000;
const maxStyles = 65_536;
/** Bytes that a part may unpack to before its ratio is looked at, and the ratio of parts made to hurt. */
const bomb = { freeBytes: 256 << 20, ratio: 200 };

const opened = new WeakMap<Archive, Promise<Workbook>>();

/** Whether an archive holds a workbook. */
export const isWorkbook = (entries: readonly Entry[]): boolean => entries.some(named('xl/workbook.xml'));

/** A workbook on disk. It is kept as long as its archive. @throws InputError */
export async function openWorkbook(path: string): Promise<Workbook> {
  const archive = await openArchive(path);
  let workbook = opened.get(archive);
  if (workbook === undefined) {
    workbook = read(archive);
    opened.set(archive, workbook);
  }
  return workbook;
}

const named =
  (name: string) =>
  ({ fileName }: Entry): boolean =>
    fileName.toLowerCase() === name;

async function read(archive: Archive): Promise<Workbook> {
  const find = (name: string): Entry | undefined => archive.entries.find(named(name.toLowerCase()));
  const listed: { name: string; hidden: boolean; id: string | undefined }[] = [];
  let from1904 = false;
  await readPart(archive, find('xl/workbook.xml'), (name, attribute) => {
    if (name === 'workbookPr') from1904 = /^(1|true)$/.test(attribute('date1904') ?? '');
    if (name === 'sheet' && listed.length < maxSheets)
      listed.push({
        name: (attribute('name') ?? '').slice(0, 100),
        hidden: /hidden/i.test(attribute('state') ?? ''),
        id: attribute('*:id'),
      });
  });
  const targets = new Map<string, { type: string; target: string }>();
  await readPart(archive, find('xl/_rels/workbook.xml.rels'), (name, attribute) => {
    if (name !== 'Relationship' || targets.size > 2 * maxSheets) return;
    const target = attribute('Target') ?? '';
    const type = (attribute('Type') ?? '').replace(/^.*\//, '');
    targets.set(attribute('Id') ?? '', { type, target: target.startsWith('/') ? target.slice(1) : `xl/${target}` });
  });
  const partOf = (type: string, usual: string): Entry | undefined =>
    find([...targets.values()].find((item) => item.type === type)?.target ?? usual) ?? find(usual);
  const sheets = listed.flatMap(({ name, hidden, id }) => {
    const target = targets.get(id ?? '');
    const entry = target?.type === 'worksheet' ? find(target.target) : undefined;
    return entry === undefined ? [] : [{ name, hidden, entry }];
  });
  const texts = partOf('sharedStrings', 'xl/sharedStrings.xml');
  let strings: Promise<SharedStrings> | undefined;
  return {
    archive,
    sheets,
    from1904,
    styles: await readStyles(archive, partOf('styles', 'xl/styles.xml')),
    strings: () => (strings ??= texts === undefined ? noStrings() : readSharedStrings(partBytes(archive, texts))),
  };
}

const noStrings = async (): Promise<SharedStrings> => new SharedStrings();

async function readPart(
  archive: Archive,
  entry: Entry | undefined,
  open: (name: string, attribute: (name: string) => string | undefined) => void,
): Promise<void> {
  if (entry !== undefined) await readXml(partBytes(archive, entry), { open });
}

/** Number formats of the cell styles, by the number of the style. */
async function readStyles(archive: Archive, entry: Entry | undefined): Promise<NumberStyle[]> {
  const codes = new Map<number, string>();
  const ids: number[] = [];
  let inCells = false;
  if (entry !== undefined)
    await readXml(partBytes(archive, entry), {
      open(name, attribute) {
        if (name === 'numFmt' && codes.size < maxStyles)
          codes.set(Number(attribute('numFmtId')), attribute('formatCode') ?? '');
        else if (name === 'cellXfs') inCells = true;
        else if (name === 'xf' && inCells && ids.length < maxStyles) ids.push(Number(attribute('numFmtId') ?? 0));
      },
      close(name) {
        if (name === 'cellXfs') inCells = false;
      },
    });
  return ids.map((id) => numberStyle(id, codes.get(id)));
}

/** Unpacked bytes of a part. @throws InputError where it is encrypted, damaged or a bomb */
export async function* partBytes({ zip }: Archive, entry: Entry): AsyncGenerator<Buffer, void> {
  if (entry.isEncrypted()) throw new InputError('is encrypted: open it with its password and save it without');
  const stream: Readable = await zip.openReadStreamPromise(entry);
  let bytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > bomb.freeBytes && bytes > entry.compressedSize * bomb.ratio)
        throw new InputError(
          `unpacks to more than ${bomb.ratio} times its size and was not read further: check where it comes from`,
        );
      yield chunk;
    }
  } finally {
    stream.destroy();
  }
}
