import type { FieldNote } from '../../core/mapping.js';
import { redact } from '../../core/redact.js';
import { safeLine } from '../../core/terminal.js';

/** Text of a log as one line of a terminal. */
export const oneLine = (text: string, length: number): string => safeLine(redact(text.replace(/\s+/g, ' '), length));

/** Why a field gave nothing, in words: `nothing: column "Adress" is not in the record`. */
export function problemOf({ place, raw, problem }: FieldNote): string {
  const where = safeLine(place);
  if (problem === 'absent') return `none: ${where} is not in the record`;
  const value = oneLine(raw ?? '', 60);
  if (problem === 'empty') return value === '' ? `none: ${where} is empty` : `none: ${where} = ${value} means missing`;
  return `none: ${where} = "${value}" ${problem}`;
}

/** Where a value of an event came from; what it was there, if it was converted. */
export function originOf(key: string, value: string, notes: readonly FieldNote[]): string {
  const parts = notes.filter(
    (note) => note.problem === undefined && (note.key === key || (key === 'time' && note.key === 'date')),
  );
  if (parts.length === 0) return derived(key, notes);
  return parts
    .map(({ place, raw, instead }) => {
      const where = safeLine(place);
      if (instead !== undefined) return `${instead} (nothing in ${where})`;
      return raw === undefined || raw === value ? where : `${where} = ${oneLine(raw, 60)}`;
    })
    .join(' and ');
}

function derived(key: string, notes: readonly FieldNote[]): string {
  const has = (name: string) =>
    notes.some((note) => note.key === name && note.raw !== undefined && note.problem === undefined);
  if (key === 'action') return 'default: no field says it';
  if (key === 'kind') return 'found out from the other fields';
  if (key === 'currency' && has('amount')) return 'derived from amount';
  if (key === 'port' && has('host') && !has('url')) return 'derived from host';
  return has('url') ? 'derived from url' : 'derived';
}

const shapes: Readonly<Record<string, string>> = {
  src_ip: 'is no address',
  dst_ip: 'is no address',
  host: 'is no host name',
  port: 'is no port',
};

/** A value that was there and is not in the event: it was none of its kind. */
export function lost(note: FieldNote, fields: Readonly<Record<string, unknown>>): FieldNote {
  const shape = shapes[note.key];
  return note.problem === undefined && note.raw !== undefined && shape !== undefined && fields[note.key] === undefined
    ? { ...note, problem: shape }
    : note;
}
