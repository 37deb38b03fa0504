import { draftKeys } from './event.js';

/** A mapping file as parsed (its schema is in formats/common/mapping-file.ts): how a custom CSV, JSON or text log becomes events. */
export interface Mapping {
  readonly framing:
    | { readonly type: 'csv'; readonly delimiter: string; readonly header: boolean }
    | { readonly type: 'json' }
    | { readonly type: 'key-value' }
    | { readonly type: 'regex'; readonly pattern: string };
  /**
   * Event key -> column name or 1-based number, JSON path (`a.b[0].c`), key, or group name or number. Also `kind`, `action`, and `date`:
   * a column that stands before `time` when date and time of day are two.
   */
  readonly fields: Readonly<Record<string, string>>;
  /** Event key -> the same value in every record. */
  readonly constants: Readonly<Record<string, string>>;
  /** `format`: one of `timeFormats` or a pattern such as `yyyy-MM-dd HH:mm:ss`. */
  readonly time?: { readonly format?: string | undefined; readonly zone?: string | undefined } | undefined;
  /** Values that mean missing, beside the empty one and `-`. */
  readonly missing: readonly string[];
  /** Values of the mapped `action` field (without regard to case) that mean blocked; others are allowed, `unknown` is unknown. */
  readonly blocked: readonly string[];
  /** The table holds expenses: what its columns are. Then `fields` is empty. */
  readonly expenses?: ExpenseMapping | undefined;
  /** Whether `amount` is in the currency itself (`12.50`, the usual one) or in its minor units (`1250`). */
  readonly amounts?: 'major' | 'minor' | undefined;
}

/** What a column of an expense export can hold. */
export const expenseRoles = [
  'date',
  'merchant',
  'description',
  'billedAmount',
  'billedCurrency',
  'amount',
  'currency',
  'originalAmount',
  'originalCurrency',
  'debit',
  'credit',
  'side',
  'email',
  'user',
  'firstName',
  'lastName',
  'employeeId',
  'costCentre',
  'department',
  'id',
  'status',
] as const;
export type ExpenseRole = (typeof expenseRoles)[number];

/** How a table of expenses is read: what the reader of expenses finds out by itself, said by a person. */
export interface ExpenseMapping {
  /** Role -> name of the column. */
  readonly columns: Readonly<Partial<Record<ExpenseRole, string>>>;
  readonly dates: 'day-first' | 'month-first';
  readonly decimal?: '.' | ',' | undefined;
  /** The sign with which purchases are written. */
  readonly purchases: 'positive' | 'negative';
  /** ISO 4217, where neither a column nor an amount names one. */
  readonly currency?: string | undefined;
}

/** The format id that reads a mapping of each framing. */
export const mappingFormats = {
  csv: 'csv',
  json: 'json-lines',
  'key-value': 'key-value',
  regex: 'text-pattern',
} as const satisfies Readonly<Record<Mapping['framing']['type'], string>>;

/** Names of time shapes that a mapping may state instead of a pattern. */
export const timeFormats = ['epoch', 'iso', 'clf', 'rfc3164', 'ctime', 'dmy', 'mdy'] as const;

/** What a mapping can fill: the keys that `parse` prints, without those that it finds out itself, and `date`. */
export const mappingKeys = ['date', ...draftKeys] as const;
export type MappingKey = (typeof mappingKeys)[number];

/** Values of `action` that mean blocked where a mapping does not say. */
export const blockedWords: readonly string[] = [
  'blocked',
  'block',
  'denied',
  'deny',
  'drop',
  'dropped',
  'reject',
  'rejected',
  'fail',
  'failed',
  'failure',
];

/** What became of one field of a record that a mapping reads, for `parse --explain`. Texts are the log's own: hostile. */
export interface FieldNote {
  readonly key: MappingKey;
  /** Where it was looked for: `column 3 "Address"`, `path actor.email`, `constant`. */
  readonly place: string;
  /** As it stands in the record; undefined where the record has no such field. */
  raw?: string | undefined;
  /** What took its place where nothing stands there. */
  instead?: 'constant' | 'syslog header';
  /** Why it gave no value: `absent`, `empty` (or a word that means missing), or in words what it should have been. */
  problem?: string;
}

/** Hears of every record that a mapping read, before its outcome is told. */
export interface MappingTrace {
  record(notes: readonly FieldNote[], outcome: 'event' | 'skip' | 'reject'): void;
}
