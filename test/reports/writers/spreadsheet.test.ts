import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvRow } from '../../../src/core/csv-write.js';
import type { Usage } from '../../../src/core/usage.js';
import { usageToCsv } from '../../../src/reports/csv.js';
import type { Labels } from '../../../src/reports/people.js';
import { csvFiles } from '../../../src/reports/writers/csv.js';
import { needs } from '../../helpers/needs.js';
import { october } from './document.js';
import { corpus, dense } from './hostile.js';
import { rowsOf } from './read-csv.js';
import { mapTexts } from './texts.js';

interface SheetCell {
  type: string;
  formula: string;
  text: string;
}

/** Cells of a sheet in flat ODF (OASIS ODF 1.3 part 3): rows of cells with their types, repeats written out. */
function cellsOf(fods: string): SheetCell[][] {
  const rows: SheetCell[][] = [];
  const body = fods.slice(fods.indexOf('<office:spreadsheet>'), fods.indexOf('</office:spreadsheet>'));
  // The parser is one of HTML, which does not know `<a/>` of elements that are not its own.
  const opened = body.replace(/<([\w:-]+)((?:\s+[\w:-]+="[^"]*")*)\s*\/>/g, '<$1$2></$1>');
  const walk = (node: DefaultTreeAdapterTypes.Node): void => {
    if ('tagName' in node) {
      if (node.tagName === 'table:table-row') rows.push([]);
      if (node.tagName === 'table:table-cell') {
        const get = (name: string): string => node.attrs.find((one) => one.name === name)?.value ?? '';
        const cell = { type: get('office:value-type'), formula: get('table:formula'), text: textOf(node) };
        const times = cell.type === '' ? 1 : Number(get('table:number-columns-repeated') || 1);
        for (let i = 0; i < times; i++) rows.at(-1)?.push(cell);
        if (cell.type === '')
          for (let i = 1; i < Math.min(30, Number(get('table:number-columns-repeated') || 1)); i++)
            rows.at(-1)?.push(cell);
        return;
      }
    }
    if ('childNodes' in node) for (const child of node.childNodes) walk(child);
  };
  walk(parseFragment(opened));
  return rows;
}

/** Text of a cell: paragraphs are its lines, `text:s` are blanks, `text:tab` is a tab. */
function textOf(cell: DefaultTreeAdapterTypes.Node): string {
  const paragraphs: string[] = [];
  const walk = (node: DefaultTreeAdapterTypes.Node): string => {
    if ('value' in node) return node.value;
    if (!('childNodes' in node)) return '';
    const name = 'tagName' in node ? node.tagName : '';
    if (name === 'text:s' && 'attrs' in node)
      return ' '.repeat(Number(node.attrs.find((one) => one.name === 'text:c')?.value ?? 1));
    if (name === 'text:tab') return '\t';
    if (name === 'text:line-break') return '\n';
    return node.childNodes.map(walk).join('');
  };
  if ('childNodes' in cell)
    for (const child of cell.childNodes)
      if ('tagName' in child && child.tagName === 'text:p') paragraphs.push(walk(child));
  return paragraphs.join('\n');
}

const usage = (text: string): Usage => ({
  day: '2026-10-01',
  service: text,
  actor: { kind: 'person', id: text, group: text },
  source: text,
  accountKind: 'unknown',
  strength: 'contact',
  provenance: 'observed',
  confidence: 'high',
  events: 1,
  attempts: 0,
  bytesOut: 12,
  bytesIn: 0,
  spend: new Map(),
  first: undefined,
  last: undefined,
});

const labels: Labels = { names: true, actor: ({ id }) => id, group: ({ group }) => group };

/** Every CSV writer of the product with the corpus in each of its text columns. */
function files(): Map<string, string> {
  const all = new Map<string, string>();
  all.set('row.csv', csvRow(['a', 'b', 'n']) + corpus.map((text) => csvRow([text, `x ${text}`, 42])).join(''));
  all.set(
    'usage.csv',
    usageToCsv(corpus.map(usage), labels, (service) => service),
  );
  for (const [turn, shift] of [0, 20, 40].entries()) {
    let next = shift;
    for (const { name, bytes } of csvFiles(mapTexts(october, () => corpus[next++ % corpus.length] ?? '')))
      all.set(`periodic-${turn}-${name}`, Buffer.from(bytes).toString());
  }
  return all;
}

describe('A8 CSV in LibreOffice', () => {
  const folder = mkdtempSync(join(tmpdir(), 'halflight-calc-'));
  const written = files();
  beforeAll(() => {
    const [from, to] = [join(folder, 'csv'), join(folder, 'fods')];
    mkdirSync(from);
    for (const [name, text] of written) writeFileSync(join(from, name), text);
    // A formula of a file that nobody made safe, so that it is known that formulas would be seen.
    writeFileSync(join(from, 'control.csv'), 'a,b\r\n=1+1,=B1&"x"\r\n');
    // Comma, double quotes, UTF-8, from line 1; quoted fields are not text by force, and formulas are evaluated, as a careless user has it.
    const { status, stderr } = spawnSync(
      needs('soffice', 'libreoffice-calc-nogui'),
      [
        `-env:UserInstallation=file://${join(folder, 'profile')}`,
        '--headless',
        '--norestore',
        '--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,-1,true',
        '--convert-to',
        'fods',
        '--outdir',
        to,
        ...[...written.keys(), 'control.csv'].map((name) => join(from, name)),
      ],
      { encoding: 'utf8', env: { ...process.env, HOME: folder } },
    );
    if (status !== 0) throw new Error(`soffice: ${stderr}`);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const sheet = (name: string): SheetCell[][] =>
    cellsOf(readFileSync(join(folder, 'fods', name.replace(/\.csv$/, '.fods')), 'utf8'));

  it('runs what is not made safe: the test sees formulas', () => {
    expect(sheet('control.csv')[1]?.map(({ formula }) => formula)).toEqual(['of:=1+1', 'of:=[.B1]&"x"']);
  });

  // Values are compared without blanks: the program leaves tabs out of cells.
  it.each([...written.keys()])('%s has no formula, and the values that the file has', (name) => {
    const read = sheet(name);
    const rows = rowsOf(Buffer.from(written.get(name) ?? ''));
    expect(rows.length).toBeGreaterThan(0);
    for (const [r, row] of rows.entries())
      for (const [c, value] of row.entries()) {
        const cell = read[r]?.[c] ?? { type: '', formula: '', text: '' };
        expect(cell.formula, value).toBe('');
        const number = /^-?\d+(\.\d+)?$/.test(value);
        const time = /^\d{4}-\d\d-\d\d/.test(value);
        if (value === '') expect(cell.type).toBe('');
        else if (number || time) expect(['float', 'string', 'date'], value).toContain(cell.type);
        else expect({ type: cell.type, text: dense(cell.text) }).toEqual({ type: 'string', text: dense(value) });
      }
  });
});
