import { Columns, sniffDelimiter, splitCsv } from '../../core/csv.js';
import type { EventDraft, EventKind } from '../../core/event.js';
import {
  type Format,
  type FormatContext,
  isReject,
  isSkip,
  type Outcome,
  reject,
  type Sample,
  skip,
} from '../../core/format.js';
import type { JsonObject } from '../../core/json.js';
import type { LineLayout } from '../../core/layout.js';
import { type Unwrapped, unwrapSyslog } from '../../core/syslog.js';
import { known } from '../../core/text.js';
import { caselessAt, caselessText } from './caseless.js';
import { FlatRecord } from './flat-record.js';
import { detectRecords, isUnknownRecord, readJson } from './json-records.js';

/** One record, whatever it came as: an object, nested or with dotted keys, or a row of a CSV export with the same names as columns. */
export interface Fields {
  /** The object itself; a row has none. */
  readonly object?: JsonObject;
  /** The row with its columns' names; an object has none. */
  readonly row?: FlatRecord;
  /** The first of the paths that holds text or a number. */
  text(...paths: readonly string[]): string | undefined;
  /** What stands at a path, as it is; of a row the text. */
  value(path: string): unknown;
  /** `true`, `1`, `yes` and their opposites, also as text. */
  flag(...paths: readonly string[]): boolean | undefined;
}

const flagOf = (value: unknown): boolean | undefined => {
  const text = String(value).toLowerCase();
  if (text === 'true' || text === '1' || text === 'yes') return true;
  return text === 'false' || text === '0' || text === 'no' ? false : undefined;
};

const firstFlag = (fields: Pick<Fields, 'value'>, paths: readonly string[]): boolean | undefined =>
  paths.map((path) => flagOf(fields.value(path))).find((flag) => flag !== undefined);

/** A record as an object; keys are found without regard to case, `event.dns.request` as one key or as a path. */
export function objectFields(record: JsonObject): Fields {
  const fields: Fields = {
    object: record,
    text(...paths) {
      for (const path of paths) {
        const flat = path.includes('.') && Object.hasOwn(record, path) ? record[path] : undefined;
        const text = typeof flat === 'string' || typeof flat === 'number' ? known(String(flat)) : undefined;
        const found = text ?? caselessText(record, path);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    value: (path) => (Object.hasOwn(record, path) ? record[path] : caselessAt(record, path)),
    flag: (...paths) => firstFlag(fields, paths),
  };
  return fields;
}

function rowFields(columns: Columns, row: readonly string[]): Fields {
  const text = (...paths: readonly string[]): string | undefined => {
    for (const path of paths) {
      const found = known(columns.get(row, path));
      if (found !== undefined && found.toLowerCase() !== 'null') return found;
    }
    return undefined;
  };
  const fields: Fields = {
    get row() {
      return new FlatRecord(columns.entries(row));
    },
    text,
    value: (path) => text(path),
    flag: (...paths) => firstFlag(fields, paths),
  };
  return fields;
}

/** The record as fields side by side, whatever it came as. */
export const flatFields = ({ object, row }: Fields): FlatRecord =>
  object === undefined ? (row ?? new FlatRecord([])) : FlatRecord.of(object);

/** What a format of JSON records, maybe also exported as CSV, says of itself. */
export interface RecordFormat {
  title: string;
  kinds: readonly EventKind[];
  /** What its records are, for people: `JumpCloud events`. */
  what: string;
  /** Whether an object is one of its records, and not something that wraps them. Tight enough for detection. */
  mine(record: JsonObject): boolean;
  /** The same, where the format is stated and `mine` finds nothing: records may have few of the fields that tell them. */
  readable?(record: JsonObject): boolean;
  /** Whether a header line is one of its CSV export. */
  header?(columns: Columns): boolean;
  read(fields: Fields, context: FormatContext): Outcome;
  /** The speed path of its JSON lines. */
  layout?: LineLayout;
}

interface Header {
  columns: Columns;
  delimiter: string;
}

/** A line as column names, or undefined where it is surely none. Data lines nearly always hold a digit early on, names do not. */
function columnsOf(text: string): Header | undefined {
  if (/^[^A-Za-z"@#]|^"?\d/.test(text) || text.length > 20_000) return undefined;
  const delimiter = sniffDelimiter(text);
  const names = splitCsv(text, delimiter) ?? [];
  return names.length < 2 ? undefined : { columns: new Columns(names), delimiter };
}

function headerOf({ header }: RecordFormat, text: string): Header | undefined {
  const found = header === undefined ? undefined : columnsOf(text);
  return found !== undefined && header?.(found.columns) === true ? found : undefined;
}

const headers = new WeakMap<Sample, readonly Header[]>();

/** The first lines as column names; remembered, since detection asks every format about the same lines. */
function firstHeaders(sample: Sample): readonly Header[] {
  let found = headers.get(sample);
  if (found === undefined) {
    found = sample.lines.slice(0, 3).flatMap((line) => columnsOf(line) ?? []);
    headers.set(sample, found);
  }
  return found;
}

/** An event without a time takes that of the syslog header around it. */
function stamped(outcome: Outcome, stamp: (() => number | undefined) | undefined): Outcome {
  if (stamp === undefined || isSkip(outcome) || isReject(outcome)) return outcome;
  const drafts = (Array.isArray(outcome) ? outcome : [outcome]) as readonly EventDraft[];
  return drafts.map((draft) => (draft.time === undefined ? { ...draft, time: stamp() } : draft));
}

/** A format whose records are JSON objects, one a line, in arrays, pages and the envelopes of forwarders, or rows of CSV. */
export function recordFormat(spec: RecordFormat): Format {
  return {
    title: spec.title,
    kinds: spec.kinds,
    framing: 'json',
    detect(sample) {
      const records = detectRecords(sample, spec.mine, 0.97, `are ${spec.what}`);
      if (records !== undefined) return records;
      return firstHeaders(sample).some(({ columns }) => spec.header?.(columns) === true)
        ? { confidence: 0.95, why: `a header line with the columns of ${spec.what}` }
        : undefined;
    },
    open(context) {
      let table: Header | undefined;
      let names = '';
      const { layout } = spec;
      return {
        ...(layout !== undefined && { layout: () => layout }),
        state: () => names,
        read(text) {
          if (/^\s*[[{]/.test(text) || (table === undefined && /[{[]\s*"/.test(text) && spec.header === undefined))
            return readObjects(text);
          if (spec.header === undefined) return reject('not a JSON object');
          const found = headerOf(spec, text);
          if (found !== undefined) {
            [table, names] = [found, text];
            return skip('header line');
          }
          if (table === undefined)
            return unwrapSyslog(text).message.includes('{"')
              ? readObjects(text)
              : reject('not a JSON object, and no CSV header before it');
          const row = splitCsv(text, table.delimiter);
          if (row === undefined) return reject('a quoted field is not closed');
          if (row.length < 2) return reject('too few fields');
          return spec.read(rowFields(table.columns, row), context);
        },
      };

      function readObjects(text: string): Outcome {
        const readOne = (record: JsonObject, header: Unwrapped | undefined): Outcome => {
          const stamp = header?.time && (() => header.time?.(context.zone, context.modified));
          return stamped(spec.read(objectFields(record), context), stamp);
        };
        const outcome = readJson(text, spec.mine, readOne);
        return isUnknownRecord(outcome) && spec.readable !== undefined
          ? readJson(text, spec.readable, readOne)
          : outcome;
      }
    },
  };
}
