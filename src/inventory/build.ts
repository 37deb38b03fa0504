import type { z } from 'zod';
import { nearest, type Problem, shortValue } from '../core/problem.js';
import type { InventoryEntry } from '../core/register.js';
import { accepted, canonicalValue, columnNames, columnType, type FieldType, fieldName, fieldNames } from './fields.js';
import type { InventoryFile, ReadOptions } from './file.js';
import { asEntry, entrySchema } from './schema.js';
import { EntryCheck } from './warnings.js';

/** A value as a file holds it: a text, a list, or names with texts. */
export type RawValue = string | readonly string[] | ReadonlyMap<string, string>;

/** One entry as read, before it is checked. Parts of a field that has parts stand beside the others, as `exception_until`. */
export interface RawEntry {
  line: number;
  fields: readonly { written: string; value: RawValue; line: number }[];
  /** What the reader found wrong already; the entry then does not stand. */
  problems: readonly Problem[];
}

/** Checks raw entries against the schema and each other. The order stays. */
export function buildEntries(
  raws: readonly RawEntry[],
  options: ReadOptions,
  problems: readonly Problem[],
): InventoryFile {
  const all = [...problems];
  const entries: InventoryEntry[] = [];
  const check = new EntryCheck(options);
  for (const raw of raws) {
    const found = [...raw.problems];
    const candidate = assemble(raw, options.file, found);
    if (candidate !== undefined && found.every((problem) => problem.severity === 'warning')) {
      const parsed = entrySchema.safeParse(candidate.entry);
      if (parsed.success) {
        const entry = check.run(asEntry(parsed.data), candidate.lines, raw.line, found);
        if (entry !== undefined) entries.push(entry);
      } else found.push(...parsed.error.issues.map((issue) => explain(issue, candidate, raw.line, options.file)));
    }
    all.push(...found.sort((a, b) => a.line - b.line));
  }
  return { entries, problems: all };
}

interface Candidate {
  entry: Record<string, unknown>;
  /** Line of each column that the entry has. */
  lines: ReadonlyMap<string, number>;
}

function assemble(raw: RawEntry, file: string, problems: Problem[]): Candidate | undefined {
  const entry: Record<string, unknown> = {};
  const lines = new Map<string, number>();
  for (const { written, value, line } of raw.fields) {
    const name = fieldName(written);
    const field = columnType(name);
    const wrong = (message: string): void => {
      problems.push({ severity: 'error', file, line, field: written, value: shortValue(showRaw(value)), message });
    };
    if (field === undefined) wrong(unknownField(written));
    else if (lines.has(name)) wrong(`${name} is given twice; keep one`);
    else if (!isBlank(value)) {
      lines.set(name, line);
      const converted = convert(field, value);
      if (converted === undefined)
        wrong(`"${shortValue(showRaw(value))}" is not accepted; accepted is ${accepted(field)}`);
      else place(entry, name, converted);
    }
  }
  return { entry, lines };
}

export function unknownField(written: string): string {
  const meant = nearest(fieldName(written), [...fieldNames, ...columnNames]);
  const advice = meant === undefined ? `accepted are ${fieldNames.join(', ')}` : `did you mean ${meant}?`;
  return `unknown field "${shortValue(written)}"; ${advice}`;
}

/** The value in the shape that the schema checks, or undefined where its shape is wrong. */
function convert(field: FieldType, value: RawValue): unknown {
  if (field.type === 'list') return typeof value === 'string' ? [value] : Array.isArray(value) ? value : undefined;
  if (field.type === 'protections') {
    if (!(value instanceof Map)) return undefined;
    const pairs = [...value].map(([source, how]) => [slug(String(source)), protection(String(how))] as const);
    return Object.fromEntries(pairs);
  }
  if (typeof value !== 'string' || field.type === 'group') return undefined;
  const text = canonicalValue(field, value);
  return field.type === 'tier' && /^\d$/.test(text) ? Number(text) : text;
}

const slug = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
const protection = (text: string): string => slug(text).replace(/^tokenized$/, 'tokenised');

/** `exception_until` belongs into `exception`. */
function place(entry: Record<string, unknown>, name: string, value: unknown): void {
  const group = /^(decommission|exception)_(.+)$/.exec(name);
  if (group?.[1] === undefined || group[2] === undefined) {
    entry[name] = value;
    return;
  }
  const part = (entry[group[1]] ?? {}) as Record<string, unknown>;
  entry[group[1]] = part;
  part[group[2]] = group[2] === 'renewals' && /^\d{1,4}$/.test(String(value)) ? Number(value) : value;
}

function explain(issue: z.core.$ZodIssue, candidate: Candidate, entryLine: number, file: string): Problem {
  const path = issue.path.map(String);
  const column = [path.slice(0, 2).join('_'), path[0] ?? ''].find((name) => columnType(name) !== undefined) ?? '';
  const field = columnType(column);
  const value = path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined),
    candidate.entry,
  );
  const shown = value === undefined ? '' : showRaw(value as RawValue);
  const what = field === undefined || field.type === 'group' ? issue.message : accepted(field);
  const message =
    value === undefined
      ? `${column} is missing; accepted is ${what}`
      : `"${shortValue(shown)}" is not accepted; accepted is ${what}`;
  // What is missing stands nowhere; the other parts of its field are nearest.
  const sibling = [...candidate.lines].find(([name]) => path.length > 1 && name.startsWith(`${path[0] ?? ''}_`))?.[1];
  const line = candidate.lines.get(column) ?? sibling ?? entryLine;
  return { severity: 'error', file, line, field: column, value: shortValue(shown), message };
}

const isBlank = (value: RawValue): boolean =>
  typeof value === 'string' ? value.trim() === '' : value instanceof Map ? value.size === 0 : false;

function showRaw(value: RawValue): string {
  if (typeof value === 'string') return value;
  if (value instanceof Map) return [...value].map(([key, item]) => `${key}=${item}`).join(';');
  return Array.isArray(value) ? value.join(';') : String(value);
}
