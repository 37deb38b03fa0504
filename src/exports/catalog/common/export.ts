import type { Plan } from './plan.js';

/** What a table of logs may tell of a request; the names are those of the keys of `halflight parse`. */
export const columnKeys = [
  'time',
  'user',
  'device',
  'src_ip',
  'host',
  'url',
  'path',
  'method',
  'user_agent',
  'action',
  'bytes_out',
  'bytes_in',
] as const;
export type ColumnKey = (typeof columnKeys)[number];

/** Key -> name of the column; what is not in it the table does not have. */
export type ColumnNames = Partial<Readonly<Record<ColumnKey, string>>>;

/** What the records of a table are: requests, which may be uploads, or look-ups of names, which prove a contact only. */
export const recordKinds = ['web', 'dns'] as const;
export type RecordKind = (typeof recordKinds)[number];

/** How a time column counts: a timestamp (without a zone it is UTC), or a number since 1970 UTC. */
export const timeTypes = ['timestamp', 'epoch', 'epoch-ms'] as const;
export type TimeType = (typeof timeTypes)[number];

/** What the user chose. Names may hold anything: they reach a query through the escaper of its language only. */
export interface CatalogExportOptions {
  /** Table of the logs; parts are separated by dots. */
  readonly table: string;
  readonly columns: ColumnNames;
  readonly kind: RecordKind;
  readonly timeType: TimeType;
  /** IANA zone that decides the day. */
  readonly timezone: string;
  /** What the names of the lookup tables begin with, which may be a schema or data set: `security.halflight_`. */
  readonly prefix: string;
  /** Values of `action`, lower case, that mean blocked. */
  readonly blocked: readonly string[];
}

export interface ExportFile {
  /** Path below the output folder, with `/`. */
  readonly name: string;
  readonly content: string;
}

/** How the catalog looks in one engine: a plug-in of src/exports/catalog; its file name is its id. Pure. */
export interface CatalogExport {
  /** Name for people: "DuckDB". */
  readonly title: string;
  /** One sentence: what comes out. */
  readonly summary: string;
  /** The table that is read where none is named. */
  readonly table: string;
  /** The columns of that table. */
  readonly columns: Readonly<Record<RecordKind, ColumnNames>>;
  /** False: it matches, but neither reads a table nor counts, so that table and columns mean nothing to it. */
  readonly rollUp: boolean;
  /** Comment sign of a language in which all files may stand behind each other; undefined: several files need a folder. */
  readonly comment?: string | undefined;
  write(plan: Plan, options: CatalogExportOptions): readonly ExportFile[];
}

/** Columns that carry the keys of `halflight parse` as their names. */
export const ownColumns: Readonly<Record<RecordKind, ColumnNames>> = {
  web: own(['time', 'user', 'src_ip', 'host', 'url', 'method', 'user_agent', 'action', 'bytes_out', 'bytes_in']),
  dns: own(['time', 'user', 'src_ip', 'host', 'action']),
};

function own(keys: readonly ColumnKey[]): ColumnNames {
  return Object.fromEntries(keys.map((key) => [key, key]));
}
