import { InputError } from '../decompress.js';
import { cellText, columnOf, csvLine, styledText } from './cells.js';
import { filledDown, Merges } from './merges.js';
import { maxCell, RichText, type SharedStrings } from './strings.js';
import { partBytes, type SheetPart, type Workbook } from './workbook.js';
import { XmlReader } from './xml.js';

/** Rows of a sheet, as the program has them, and columns that are read. */
const maxRows = 1_048_576;
const maxColumns = 1024;
/** Bytes of a line of the table that is given out; more is cut by who reads records. */
const maxRow = 1 << 20;
const pieceBytes = 65_536;

/**
 * A sheet as CSV, a line for each row, so that the number of the line is that of the row. Dates are written as ISO text, numbers with a
 * point, formulas as the value that was last calculated. In cells that are merged over rows a text stands in each of them.
 * @throws InputError behind what could be read
 */
export async function* sheetCsv(workbook: Workbook, sheet: SheetPart): AsyncGenerator<Buffer, void> {
  const merges = new Merges();
  for await (const chunk of partBytes(workbook.archive, sheet.entry)) merges.push(chunk);
  const rows = new SheetRows(workbook, await workbook.strings(), merges.byColumn());
  let failure: unknown;
  try {
    for await (const chunk of partBytes(workbook.archive, sheet.entry)) {
      rows.push(chunk);
      if (rows.ready > pieceBytes) yield rows.take();
    }
    rows.end();
  } catch (error) {
    failure = error;
  }
  if (rows.ready > 0) yield rows.take();
  if (failure !== undefined) throw failure;
  if (rows.uncalculated > 0)
    throw new InputError(
      `has ${rows.uncalculated} formulas without a value: open the workbook in its program, save it, and give it again`,
    );
}

/** Whether a sheet holds something like a table: a row with three filled cells. Notes and covers do not. */
export async function holdsTable({ archive }: Workbook, { entry }: SheetPart): Promise<boolean> {
  let found = false;
  let filled = 0;
  const reader = new XmlReader({
    open(name) {
      if (name === 'row') filled = 0;
      else if (name === 'v' || name === 'is') found ||= ++filled >= 3;
    },
  });
  for await (const chunk of partBytes(archive, entry)) {
    reader.push(chunk);
    if (found) return true;
  }
  reader.end();
  return false;
}

/** Turns the markup of a sheet into lines. */
class SheetRows {
  /** Formulas whose value was never calculated. */
  uncalculated = 0;
  readonly #workbook: Workbook;
  readonly #strings: SharedStrings;
  readonly #merged: ReadonlyMap<number, readonly { from: number; to: number }[]>;
  readonly #held = new Map<number, string>();
  readonly #reader: XmlReader;
  readonly #rich = new RichText();
  #lines: string[] = [];
  #ready = 0;
  #row = 0;
  #cells: (string | undefined)[] = [];
  #texts = new Set<number>();
  #size = 0;
  #column = -1;
  #type = 'n';
  #style = 0;
  #value: string | undefined;
  #inValue = false;
  #formula = false;

  constructor(
    workbook: Workbook,
    strings: SharedStrings,
    merged: ReadonlyMap<number, readonly { from: number; to: number }[]>,
  ) {
    this.#workbook = workbook;
    this.#strings = strings;
    this.#merged = merged;
    this.#reader = new XmlReader({
      open: (name, attribute) => this.#open(name, attribute),
      close: (name) => this.#close(name),
      text: (text) => {
        if (this.#inValue) this.#value = `${this.#value ?? ''}${text}`.slice(0, maxCell);
        else this.#rich.add(text);
      },
    });
  }

  /** Characters that wait to be taken. */
  get ready(): number {
    return this.#ready;
  }

  take(): Buffer {
    const bytes = Buffer.from(this.#lines.join(''));
    [this.#lines, this.#ready] = [[], 0];
    return bytes;
  }

  push(chunk: Buffer): void {
    this.#reader.push(chunk);
  }

  end(): void {
    this.#reader.end();
  }

  #open(name: string, attribute: (name: string) => string | undefined): void {
    if (name === 'row') this.#beginRow(Number(attribute('r') ?? this.#row + 1));
    else if (name === 'c') {
      this.#column = columnOf(attribute('r')) ?? this.#column + 1;
      this.#type = attribute('t') ?? 'n';
      this.#style = Number(attribute('s') ?? 0);
      [this.#value, this.#formula] = [undefined, false];
      this.#rich.take();
    } else if (name === 'v') [this.#inValue, this.#value] = [true, ''];
    else if (name === 'f') this.#formula = true;
    else this.#rich.open(name);
  }

  #close(name: string): void {
    if (name === 'v') this.#inValue = false;
    else if (name === 'c') this.#endCell();
    else if (name === 'row') this.#endRow();
    else this.#rich.close(name);
  }

  #beginRow(stated: number): void {
    const row = Number.isInteger(stated) && stated > this.#row ? stated : this.#row + 1;
    if (row > maxRows)
      throw new InputError(
        `has more rows than the ${maxRows.toLocaleString('en-US')} of a sheet: what came before is counted; save it as CSV`,
      );
    // Rows that are not there are empty lines.
    if (row > this.#row + 1) this.#give('\n'.repeat(row - this.#row - 1));
    this.#row = row;
    [this.#cells, this.#size, this.#column] = [[], 0, -1];
    this.#texts.clear();
  }

  #endCell(): void {
    const column = this.#column;
    const inline = this.#rich.take();
    const raw = this.#type === 'inlineStr' ? inline : this.#value;
    if (raw === undefined || raw === '') {
      // A formula may well give the empty text.
      if (this.#formula && this.#value === undefined) this.uncalculated++;
      return;
    }
    if (column < 0 || column >= maxColumns || this.#size > maxRow) return;
    const text = this.#textOf(raw);
    if (text === undefined || text === '') return;
    this.#size += text.length;
    this.#cells[column] = text;
    if (this.#type !== 'n') this.#texts.add(column);
    else if (this.#workbook.styles[this.#style]?.kind === 'date') this.#texts.add(column);
  }

  #textOf(raw: string): string | undefined {
    if (this.#type === 's') return cellText(this.#strings.get(Number(raw)) ?? '');
    if (this.#type === 'n')
      return cellText(styledText(raw, this.#workbook.styles[this.#style], this.#workbook.from1904));
    if (this.#type === 'b') return raw === '1' ? 'TRUE' : 'FALSE';
    return cellText(raw);
  }

  #endRow(): void {
    if (this.#merged.size > 0) filledDown(this.#row, this.#cells, this.#texts, this.#merged, this.#held);
    this.#give(`${csvLine(Array.from(this.#cells))}\n`);
    [this.#cells, this.#size] = [[], 0];
  }

  #give(text: string): void {
    this.#lines.push(text);
    this.#ready += text.length;
  }
}
