import { parse } from 'csv-parse/sync';
import { sniffDelimiter } from './csv.js';
import { type Problem, shortValue } from './problem.js';

export interface TableRow {
  /** 1-based line on which the row begins. */
  line: number;
  fields: readonly string[];
}

export interface Table {
  /** Column names as written; empty when the text holds no row. */
  header: readonly string[];
  headerLine: number;
  /** Rows with at least one filled field. */
  rows: readonly TableRow[];
  problems: readonly Problem[];
}

/**
 * Reads a CSV file that people wrote: a byte order mark, `,` `;` tab or `|` between fields (taken from the first line), any line ends,
 * quoted fields over several lines. A quote that never closes costs the rest of the file and is reported where it opens.
 */
export function readTable(text: string, file: string): Table {
  const problems: Problem[] = [];
  const all: TableRow[] = [];
  const body = text.replace(/^\ufeff/, '');
  const first = /^\s*([^\r\n]*)/.exec(body)?.[1] ?? '';
  // The parser's own line count takes a CRLF inside quotes for two lines, so lines are counted here, by its byte offsets.
  const source = Buffer.from(body);
  let [offset, line] = [0, 1];
  const advance = (end: number): number => {
    const piece = source.subarray(offset, end).toString();
    const begins = line + breaks(/^\s*/.exec(piece)?.[0] ?? '');
    offset = end;
    line += breaks(piece);
    return begins;
  };
  parse(body, {
    delimiter: sniffDelimiter(first),
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    info: true,
    on_record: (item: unknown) => {
      const { info, record } = item as { info: { bytes: number }; record: string[] };
      const begins = advance(info.bytes);
      if (record.some((field) => field.trim() !== '')) all.push({ line: begins, fields: record });
      return null;
    },
    on_skip: () => {
      const value = shortValue(
        source
          .subarray(offset, offset + 400)
          .toString()
          .trim(),
      );
      const message = 'a quote opens in this row and never closes, so nothing after it could be read; close it with "';
      problems.push({ severity: 'error', file, line: advance(source.length), field: '', value, message });
      return undefined;
    },
  });
  const [header, ...rows] = all;
  return { header: header?.fields.map((name) => name.trim()) ?? [], headerLine: header?.line ?? 1, rows, problems };
}

const breaks = (text: string): number => text.match(/\r\n|\n|\r/g)?.length ?? 0;
