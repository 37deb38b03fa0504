import { zipOf } from './zip.js';

// Workbooks written by hand, after ECMA-376: what programs of different makers write, and what none does.

/** A cell: a text (shared), a number, or markup of its own. */
export type Cell = string | number | { xml: string } | undefined;

export interface SheetDraft {
  name: string;
  /** A row that is undefined is left out. */
  rows: readonly (readonly Cell[] | undefined)[];
  state?: 'hidden' | 'veryHidden';
  merges?: readonly string[];
}

export interface WorkbookDraft {
  sheets: readonly SheetDraft[];
  from1904?: boolean;
  /** Code of the number format of style 2; style 1 is the built-in short date. */
  format?: string;
  /** Prefix of all elements, as some writers have. */
  prefix?: string;
  /** Without references on rows and cells, as some writers do. */
  bare?: boolean;
  /** Other parts, or these instead of the usual ones. */
  parts?: Readonly<Record<string, string>>;
}

export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

/** `A`, `B`, ... `AA`. */
export const columnName = (index: number): string =>
  (index < 26 ? '' : columnName(Math.floor(index / 26) - 1)) + String.fromCharCode(65 + (index % 26));

/** A date as the serial number of a cell in the built-in date style, in the system of 1900. */
export const dated = (serial: number, style = 1): Cell => ({ xml: `s="${style}"><v>${serial}</v>` });
/** A formula with the value that was last calculated. */
export const formula = (text: string, value: string | number, type = 'n'): Cell => ({
  xml: `t="${type}"><f>${escaped(text)}</f><v>${value}</v>`,
});
export const inline = (text: string): Cell => ({ xml: `t="inlineStr"><is><t>${escaped(text)}</t></is>` });

export function workbookOf({ sheets, from1904, format, prefix = '', bare, parts }: WorkbookDraft): Buffer {
  const shared = new Map<string, number>();
  const share = (text: string): number => {
    const index = shared.get(text) ?? shared.size;
    shared.set(text, index);
    return index;
  };
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const p = prefix === '' ? '' : `${prefix}:`;
  const space = prefix === '' ? `xmlns="${main}"` : `xmlns:${prefix}="${main}"`;
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
  const mark = (xml: string): string => (p === '' ? xml : xml.replace(/<(\/?)(?=[a-z])/gi, `<$1${p}`));
  const cell = (value: Cell, row: number, column: number): string => {
    if (value === undefined) return '';
    const at = bare === true ? '' : ` r="${columnName(column)}${row}"`;
    if (typeof value === 'number') return `<c${at}><v>${value}</v></c>`;
    if (typeof value === 'string') return `<c${at} t="s"><v>${share(value)}</v></c>`;
    return `<c${at} ${value.xml}</c>`;
  };
  const files: Record<string, string> = {};
  for (const [index, { rows, merges = [] }] of sheets.entries()) {
    const data = rows
      .map((cells, at) =>
        cells === undefined
          ? ''
          : `<row${bare === true ? '' : ` r="${at + 1}"`}>${cells.map((value, column) => cell(value, at + 1, column)).join('')}</row>`,
      )
      .join('');
    const merged =
      merges.length === 0
        ? ''
        : `<mergeCells>${merges.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells>`;
    files[`xl/worksheets/sheet${index + 1}.xml`] =
      `${head}${mark(`<worksheet><sheetData>${data}</sheetData>${merged}</worksheet>`).replace('worksheet>', `worksheet ${space}>`)}`;
  }
  const list = sheets
    .map(
      ({ name, state }, index) =>
        `<sheet name="${escaped(name)}" sheetId="${index + 1}"${state === undefined ? '' : ` state="${state}"`} r:id="rId${index + 1}"/>`,
    )
    .join('');
  const relations = [
    ...sheets.map((_, index) => ['worksheet', `worksheets/sheet${index + 1}.xml`] as const),
    ['styles', 'styles.xml'] as const,
    ['sharedStrings', '/xl/sharedStrings.xml'] as const,
  ]
    .map(([type, target], index) => `<Relationship Id="rId${index + 1}" Type="${office}/${type}" Target="${target}"/>`)
    .join('');
  return zipOf({
    '[Content_Types].xml': `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
    'xl/workbook.xml': `${head}${mark(`<workbook><workbookPr${from1904 === true ? ' date1904="1"' : ''}/><sheets>${list}</sheets></workbook>`).replace('workbook>', `workbook ${space} xmlns:r="${office}">`)}`,
    'xl/_rels/workbook.xml.rels': `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${relations}</Relationships>`,
    'xl/styles.xml': `${head}<styleSheet xmlns="${main}">${format === undefined ? '' : `<numFmts count="1"><numFmt numFmtId="164" formatCode="${escaped(format)}"/></numFmts>`}<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>`,
    'xl/sharedStrings.xml': `${head}<sst xmlns="${main}">${[...shared.keys()].map((text) => `<si><t xml:space="preserve">${escaped(text)}</t></si>`).join('')}</sst>`,
    ...files,
    ...parts,
  });
}
