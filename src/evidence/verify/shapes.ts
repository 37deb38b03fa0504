import { isChainHash } from '../../core/audit-chain.js';
import type { CountName } from '../format.js';
import { BundleError, type ProblemCode } from './problem.js';

// What a line of each file has to hold. Fields that no check needs are not looked at: later versions may put more of them in. Written by
// hand, as each line of a large bundle comes through here: a schema of zod takes five times as long.

/** For each field what it has to be. */
type Shape<T> = { readonly [K in keyof T]-?: (value: unknown) => boolean };

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): boolean => value === null || isText(value);
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);
export const isCount = (value: unknown): value is number => isWhole(value) && value >= 0;
const isFromOne = (value: unknown): boolean => isWhole(value) && value >= 1;
const isHash = (value: unknown): boolean => isText(value) && isChainHash(value);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isSpend = (value: unknown): boolean => isObject(value) && Object.values(value).every(isWhole);
const hasShape = <T>(shape: Shape<T>, value: unknown): boolean => isObject(value) && wrongField(shape, value) === '';

export interface Counts extends Record<CountName, number> {
  spend: Record<string, number>;
}
const counts: Shape<Counts> = {
  events: isCount,
  attempts: isCount,
  bytes_out: isCount,
  bytes_in: isCount,
  spend: isSpend,
};
/** What is beside the parts may be less than nothing where they were counted anew. */
const rest: Shape<Counts> = { ...counts, events: isWhole, attempts: isWhole, bytes_out: isWhole, bytes_in: isWhole };

export interface ChunkRow {
  chunk: string;
  source: string;
  sha256: string;
  bytes: number;
  lines: number;
  records: number;
  records_with_events: number;
  skipped: number;
  rejected: number;
}
export const chunkShape: Shape<ChunkRow> = {
  chunk: isText,
  source: isText,
  sha256: isHash,
  bytes: isCount,
  lines: isCount,
  records: isCount,
  records_with_events: isCount,
  skipped: isCount,
  rejected: isCount,
};

export interface PartRow extends Counts {
  chunk: string;
  lines: number[];
}
const partShape: Shape<PartRow> = {
  ...counts,
  chunk: isText,
  lines: (value) => Array.isArray(value) && value.every(isWhole),
};

export interface NumberRow extends Counts {
  row: number;
  day: string;
  service: string;
  account_kind: string;
  strength: string;
  source: string;
  parts: PartRow[];
  rest: Counts | null;
}
export const numberShape: Shape<NumberRow> = {
  ...counts,
  row: isCount,
  day: isText,
  service: isText,
  account_kind: isText,
  strength: isText,
  source: isText,
  parts: (value) => Array.isArray(value) && value.every((part) => hasShape(partShape, part)),
  rest: (value) => value === null || hasShape(rest, value),
};

export interface HitRow {
  id: string;
  service: string;
  chunk: string;
  chunk_sha256: string;
  line: number;
  record_sha256: string;
  sample: string;
  signature: string;
  reason: string;
}
export const hitShape: Shape<HitRow> = {
  id: isText,
  service: isText,
  chunk: isText,
  chunk_sha256: isText,
  line: isFromOne,
  record_sha256: isHash,
  sample: isText,
  signature: isText,
  reason: isText,
};

export interface FindingRow {
  id: string;
  service: string;
  account_kind: string;
  verdict: string;
  history: unknown[];
}
export const findingShape: Shape<FindingRow> = {
  id: isText,
  service: isText,
  account_kind: isText,
  verdict: isText,
  history: Array.isArray,
};

export interface AuditRow {
  seq: number;
  at: number;
  who: string;
  action: string;
  subject: string | null;
  details: string | null;
  previous: string;
  hash: string;
  withheld: boolean;
  proof: string[];
}
export const auditShape: Shape<AuditRow> = {
  seq: isFromOne,
  at: isWhole,
  who: isText,
  action: isText,
  subject: isTextOrNull,
  details: isTextOrNull,
  previous: isHash,
  hash: isHash,
  withheld: (value) => typeof value === 'boolean',
  proof: (value) => Array.isArray(value) && value.every(isText),
};

/** The line as what it has to be. @throws BundleError that names the field which is not */
export function shaped<T>(shape: Shape<T>, row: Record<string, unknown>, at: string, code: ProblemCode): T {
  const wrong = wrongField(shape, row);
  if (wrong !== '') throw new BundleError(code, `${at}: ${wrong} is not what it has to be`);
  return row as T;
}

function wrongField<T>(shape: Shape<T>, row: Record<string, unknown>): string {
  for (const name in shape) if (!shape[name](row[name])) return name;
  return '';
}
