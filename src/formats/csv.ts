import { Columns, sniffDelimiter, splitCsv } from '../core/csv.js';
import { eventKinds } from '../core/event.js';
import { type Format, type FormatContext, type Reader, reject, skip } from '../core/format.js';
import type { Mapping } from '../core/mapping.js';
import { type Unwrapped, unwrapSyslog } from '../core/syslog.js';
import { mappedExpenses } from './common/expense-mapping.js';
import { compileMapping, type MappedReader, ownKeysMapping, type Source } from './common/mapped.js';

interface Layout {
  delimiter: string;
  columns: Columns | undefined;
  read: MappedReader;
}

/** Fields of a record by column name or, from 1, by number; a name wins where a header has one. */
const sourceOf =
  (fields: readonly string[], columns: Columns | undefined): Source =>
  (name) => {
    // An empty cell is there, and holds nothing.
    if (columns?.has(name) === true) return columns.get(fields, name) ?? '';
    return /^\d{1,4}$/.test(name) ? fields[Number(name) - 1] : undefined;
  };

/** Where a field of a mapping stands, for people. */
const placeIn =
  (columns: Columns | undefined) =>
  (name: string): string => {
    const number = columns?.number(name);
    if (number !== undefined) return `column ${number} "${name}"`;
    return /^\d{1,4}$/.test(name) ? `column ${name}` : `column "${name}"`;
  };

/** A record outside its syslog header; a quoted or comma-separated line has none. */
const recordOf = (text: string): Pick<Unwrapped, 'message' | 'time'> =>
  /^(?:<|[A-Z][a-z]{2} )/.test(text) ? unwrapSyslog(text) : { message: text };

/** A header whose columns are the keys of `parse`. */
function ownHeader(text: string): { mapping: Mapping; fields: string[]; delimiter: string } | undefined {
  const delimiter = sniffDelimiter(text.slice(0, 4000));
  const fields = splitCsv(text.slice(0, 4000), delimiter) ?? [];
  const mapping = ownKeysMapping({ type: 'csv', delimiter, header: true }, fields);
  return mapping && { mapping, fields, delimiter };
}

function mappedReader(mapping: Mapping, context: FormatContext): Reader {
  if (mapping.expenses !== undefined) return mappedExpenses(mapping.framing, mapping.expenses, context);
  if (mapping.framing.type !== 'csv') return { read: () => reject('the mapping is for another framing than csv') };
  const { delimiter, header } = mapping.framing;
  const read = compileMapping(mapping, context);
  const wanted = Object.values(mapping.fields).filter((name) => !/^\d+$/.test(name));
  // Names that no line of the sample holds are misspelt: every record says so, instead of passing for a preamble.
  const named = context.sample.lines.some((line) => {
    const names = new Columns(splitCsv(recordOf(line).message, delimiter) ?? []);
    return wanted.some((name) => names.has(name));
  });
  let columns: Columns | undefined;
  return {
    read(text) {
      const record = recordOf(text);
      const fields = splitCsv(record.message, delimiter);
      if (fields === undefined) return reject('a quoted field is not closed');
      if (header && wanted.length > 0 && !named) return reject('no line has the columns that the mapping names');
      if (fields.every((field) => field.trim() === '')) return skip('empty row');
      if (header) {
        const names = new Columns(fields);
        const found = wanted.filter((name) => names.has(name)).length;
        // With named columns text before the header is passed over; the header may come again.
        if (columns === undefined ? found > 0 || wanted.length === 0 : found > 1 && found === wanted.length) {
          columns = names;
          return skip('header line');
        }
        if (columns === undefined) return skip('text before the header line');
      }
      return read(sourceOf(fields, columns), timeOf(record, context), placeIn(columns));
    },
  };
}

const timeOf = (record: Pick<Unwrapped, 'time'>, context: FormatContext) =>
  record.time && (() => record.time?.(context.zone, context.modified));

/**
 * Any CSV: with a mapping file, or without one where its header line has the keys of `halflight parse` (time, user, host,
 * url...; without regard to case, blanks and hyphens).
 */
export const format: Format = {
  title: 'CSV (with a mapping, or with the columns of `parse`)',
  kinds: eventKinds,
  framing: 'csv',
  detect({ lines }) {
    const [first = ''] = lines;
    return ownHeader(first) === undefined
      ? undefined
      : { confidence: 0.55, why: 'a header line with the keys that parse prints' };
  },
  open(context) {
    if (context.mapping !== undefined) return mappedReader(context.mapping, context);
    let layout: Layout | undefined;
    return {
      read(text) {
        const record = recordOf(text);
        // Values are rarely the keys themselves; a second header looks like the first.
        const header =
          layout === undefined || /^"?[a-z_ ]+"?[,;\t|]/i.test(record.message) ? ownHeader(record.message) : undefined;
        if (header !== undefined) {
          layout = {
            delimiter: header.delimiter,
            columns: new Columns(header.fields),
            read: compileMapping(header.mapping, context),
          };
          return skip('header line');
        }
        if (layout === undefined) return reject('no header line with known keys: a mapping is needed');
        const fields = splitCsv(record.message, layout.delimiter);
        if (fields === undefined) return reject('a quoted field is not closed');
        if (fields.every((field) => field.trim() === '')) return skip('empty row');
        return layout.read(sourceOf(fields, layout.columns), timeOf(record, context), placeIn(layout.columns));
      },
    };
  },
};
