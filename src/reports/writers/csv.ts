import { csvRow } from '../../core/csv-write.js';
import type { Block, ReportDocument, TableBlock } from '../blocks/block.js';
import { moreRows } from './common/words.js';
import { utf8, type Writer } from './common/writer.js';
import { type Entry, zipOf } from './common/zip.js';

/**
 * A zip archive of CSV files (RFC 4180), always, so that whoever reads it need not ask how many tables there are: report.csv with all that
 * is no table, and one file for each table, under its id.
 */
export const writer: Writer = {
  title: 'CSV files (zip)',
  mediaType: 'application/zip',
  extension: 'zip',
  whole: true,
  write: async (document) => await zipOf(csvFiles(document)),
};

/** The files themselves, for a folder. UTF-8, CRLF; cells that a spreadsheet would run as formulas are text. */
export function csvFiles(document: ReportDocument): Entry[] {
  const tables = document.blocks.filter((block) => block.kind === 'table');
  return [
    { name: 'report.csv', bytes: utf8(reportCsv(document)) },
    ...tables.map((table) => ({ name: `${table.id}.csv`, bytes: utf8(tableCsv(table)) })),
  ];
}

const tableCsv = ({ columns, rows }: TableBlock): string =>
  csvRow(columns.map(({ key }) => key)) +
  rows.map((row) => csvRow(row.map(({ text, value }) => value ?? text))).join('');

const header = ['section', 'kind', 'name', 'label', 'value', 'before', 'unit', 'text'] as const;
type Row = Partial<Record<(typeof header)[number], string | number>>;

function reportCsv({ title, subtitle, answer, about, blocks }: ReportDocument): string {
  const rows: Row[] = [
    { kind: 'title', text: title },
    { kind: 'subtitle', text: subtitle },
    { kind: 'answer', text: answer },
  ];
  let section = '';
  for (const block of blocks) {
    if (block.kind === 'heading') section = block.text;
    rows.push(...rowsOf(block).map((row) => ({ section, ...row })));
  }
  rows.push(...about.map(({ label, value }) => ({ kind: 'about', label, value })));
  return csvRow(header) + rows.map((row) => csvRow(header.map((name) => row[name] ?? ''))).join('');
}

function rowsOf(block: Block): Row[] {
  switch (block.kind) {
    case 'heading':
      return [{ kind: 'heading', name: block.id, text: block.text }];
    case 'text':
      return [{ kind: 'text', name: block.tone, text: block.text }];
    case 'list':
      return block.items.map((text) => ({ kind: 'item', text }));
    case 'figures':
      return block.items.map(({ label, value, note }) => ({ kind: 'figure', label, value, text: note }));
    case 'bars':
      return block.bars.map(({ label, value, before, text }) => ({
        kind: 'bar',
        name: block.caption,
        label,
        value,
        before: before ?? '',
        unit: block.unit,
        text,
      }));
    case 'table':
      return [tableRow(block)];
  }
}

/** Where a table is, and what its file does not say: its titles, and what was left out. */
const tableRow = ({ id, caption, columns, rows, more, empty }: TableBlock): Row => ({
  kind: 'table',
  name: `${id}.csv`,
  label: caption,
  value: rows.length,
  unit: 'rows',
  text: [rows.length === 0 ? empty : `Columns: ${columns.map(({ title }) => title).join(' | ')}.`, moreRows({ more })]
    .filter((part) => part !== '')
    .join(' '),
});
