import type { Event } from '../../core/event.js';
import { eventToJson } from '../../core/event-json.js';
import type { FieldNote, Mapping, MappingTrace } from '../../core/mapping.js';
import { fitted, wrap } from '../../reports/text-width.js';
import { ExplainSummary } from './explain-summary.js';
import { lost, oneLine, originOf, problemOf } from './explain-text.js';

const columns = 80;
/** So many events are shown in full, and so many skips and rejects of each reason; the others are counted. */
export const shown = 10;

type Told = { notes: readonly FieldNote[]; outcome: 'event' | 'skip' | 'reject' };

/**
 * What `parse --explain` says on standard error: of each record what was made of it, with a mapping of each field where it came from
 * or why it is not there, and at the end a summary. Bounded, whatever the input: the first of each kind, then counts.
 */
export class ParseExplanation implements MappingTrace {
  readonly #write: (text: string) => void;
  readonly #mapping: Mapping | undefined;
  readonly #summary = new ExplainSummary();
  #told: Told[] = [];
  #events = 0;

  constructor(write: (text: string) => void, mapping: Mapping | undefined) {
    this.#write = write;
    this.#mapping = mapping;
  }

  record(notes: readonly FieldNote[], outcome: Told['outcome']): void {
    this.#told.push({ notes, outcome });
    this.#summary.record(notes);
  }

  event(event: Event, text: string): void {
    // One text may hold several records, and give its events in their order.
    const told = this.#take('event');
    const fields = eventToJson(event);
    const notes = told?.map((note) => lost(note, fields));
    if (notes !== undefined) this.#summary.line(notes, event.line);
    if (++this.#events > shown) return;
    this.#head(event.line, 'event', text, 2);
    const { line: _line, vendor_format: _format, ...values } = fields;
    for (const [key, value] of Object.entries(values)) this.#value(key, value, notes);
    this.#problems(notes);
  }

  skip(reason: string, line: number): void {
    const notes = this.#take('skip');
    this.#told = [];
    if (notes !== undefined) this.#summary.line(notes, line);
    if (!this.#summary.outcome('skipped', reason, shown)) return;
    this.#say(`line ${line}: skipped, ${reason}`);
    this.#problems(notes);
  }

  reject(reason: string, line: number, text: string): void {
    const notes = this.#take('reject');
    this.#told = [];
    if (notes !== undefined) this.#summary.line(notes, line);
    if (!this.#summary.outcome('rejected', reason, shown)) return;
    this.#head(line, `rejected, ${reason}`, text, 2);
    this.#problems(notes);
  }

  end(): void {
    const hidden = Math.max(0, this.#events - shown);
    // The reader of expenses tells no fields one by one: its events are the proof that it read some.
    const unread = this.#mapping?.expenses === undefined || this.#events === 0 ? this.#mapping : undefined;
    for (const line of this.#summary.lines(hidden, unread, columns)) this.#write(`${line}\n`);
  }

  /** The notes on the record that is told next. Those on others before it gave nothing. */
  #take(outcome: Told['outcome']): readonly FieldNote[] | undefined {
    const at = this.#told.findIndex((one) => one.outcome === outcome);
    const notes = this.#told[at]?.notes;
    this.#told = at < 0 ? [] : this.#told.slice(at + 1);
    return notes;
  }

  /** `line 2: event: the record`, the record below where it does not fit. */
  #head(line: number, what: string, text: string, rows: number): void {
    const head = `line ${line}: ${what}`;
    const record = oneLine(text, rows * (columns - 4));
    if (head.length + 2 + record.length <= columns) this.#say(record === '' ? head : `${head}: ${record}`);
    else {
      this.#say(head);
      for (const part of wrap(record, columns - 4)) this.#say(`    ${part}`);
    }
  }

  #value(key: string, value: unknown, notes: readonly FieldNote[] | undefined): void {
    const text = oneLine(typeof value === 'string' ? value : JSON.stringify(value), 400);
    if (notes === undefined) {
      const [first = '', ...rest] = wrap(text, columns - 15);
      this.#say(`  ${key.padEnd(12)} ${first}`);
      for (const part of rest) this.#say(`               ${part}`);
      return;
    }
    const origin = originOf(key, String(value), notes);
    // One line where both fit; else the origin below.
    if (text.length <= 30 && origin.length <= columns - 47)
      this.#say(`  ${key.padEnd(12)} ${fitted(text, 30)}  ${origin}`);
    else {
      this.#say(`  ${key.padEnd(12)} ${fitted(text, columns - 15).trimEnd()}`);
      for (const part of wrap(origin, columns - 17)) this.#say(`                 ${part}`);
    }
  }

  #problems(notes: readonly FieldNote[] | undefined): void {
    for (const note of notes ?? []) {
      if (note.problem === undefined) continue;
      const lines = wrap(problemOf(note), columns - 15);
      for (const [i, line] of lines.entries()) this.#say(`  ${(i === 0 ? note.key : '').padEnd(12)} ${line}`);
    }
  }

  #say(line: string): void {
    this.#write(`${line}\n`);
  }
}
