import type { FieldNote, Mapping } from '../../core/mapping.js';
import { safeLine } from '../../core/terminal.js';
import { wrap } from '../../reports/text-width.js';
import { problemOf } from './explain-text.js';

/** Reasons are few by contract; should a format break that, the others are counted as one. */
const maxReasons = 200;

interface Field {
  place: string;
  found: number;
  /** How often what took its place. */
  instead: Map<string, number>;
  /** Values that did not convert, and the first of them. */
  wrong: number;
  first?: { line: number; text: string };
}

/** Counts over all records for the end of `parse --explain`. */
export class ExplainSummary {
  #records = 0;
  readonly #fields = new Map<string, Field>();
  readonly #reasons = new Map<string, { what: string; count: number; limit: number }>();

  /** A record that a mapping read. */
  record(notes: readonly FieldNote[]): void {
    this.#records++;
    for (const note of notes) {
      const field = this.#fields.get(note.key);
      // A later header may have the column that an earlier one had not.
      if (field === undefined)
        this.#fields.set(note.key, { place: note.place, found: 0, instead: new Map(), wrong: 0 });
      else if (note.problem === undefined) field.place = note.place;
    }
  }

  /** What became of the fields of a record, once its line is known. */
  line(notes: readonly FieldNote[], line: number): void {
    for (const note of notes) {
      const field = this.#fields.get(note.key);
      if (field === undefined) continue;
      if (note.instead !== undefined) field.instead.set(note.instead, (field.instead.get(note.instead) ?? 0) + 1);
      else if (note.problem === undefined) field.found++;
      else if (note.problem !== 'absent' && note.problem !== 'empty') {
        field.wrong++;
        field.first ??= { line, text: problemOf(note).replace(/^none: /, '') };
      }
    }
  }

  /** Counts a skip or reject; false when as many of its reason as are shown were shown. */
  outcome(what: string, reason: string, limit: number): boolean {
    const wanted = `${what}, ${reason}`;
    const key = this.#reasons.has(wanted) || this.#reasons.size < maxReasons ? wanted : `${what}, other reasons`;
    const entry = this.#reasons.get(key) ?? { what: key, count: 0, limit };
    this.#reasons.set(key, entry);
    return ++entry.count <= limit;
  }

  /** `hidden`: events that were not shown. */
  lines(hidden: number, mapping: Mapping | undefined, columns: number): string[] {
    const lines: string[] = [];
    const more = [
      ...(hidden > 0 ? [`${hidden.toLocaleString('en-US')} events`] : []),
      ...[...this.#reasons.values()].flatMap(({ what, count, limit }) =>
        count > limit ? [`${(count - limit).toLocaleString('en-US')} ${what}`] : [],
      ),
    ];
    if (more.length > 0)
      lines.push('not shown:', ...more.flatMap((text) => wrap(safeLine(text), columns - 2).map((line) => `  ${line}`)));
    if (this.#records > 0) lines.push(...this.#fieldLines(columns));
    else if (mapping !== undefined) {
      const names = Object.values(mapping.expenses?.columns ?? mapping.fields).join(', ');
      lines.push(...wrap(safeLine(`no record was read by the mapping, which looks for: ${names}`), columns));
    }
    return lines;
  }

  #fieldLines(columns: number): string[] {
    const all = this.#records.toLocaleString('en-US');
    const lines = [`fields of the mapping, in ${all} ${this.#records === 1 ? 'record' : 'records'}:`];
    for (const [key, { place, found, instead, wrong, first }] of this.#fields) {
      const count = found === 0 && wrong === 0 ? 'never found' : `found in ${found.toLocaleString('en-US')} of ${all}`;
      const others = [...instead].map(([what, times]) => `; ${times.toLocaleString('en-US')} from ${what}`).join('');
      const fixed = place === 'constant' || place === 'syslog header';
      const [head = '', ...rest] = wrap(safeLine(fixed ? place : `${count}, ${place}${others}`), columns - 15);
      lines.push(`  ${key.padEnd(12)} ${head}`, ...rest.map((line) => `               ${line}`));
      if (first !== undefined) {
        const text = `${wrong.toLocaleString('en-US')} did not convert, the first in line ${first.line}: ${first.text}`;
        lines.push(...wrap(safeLine(text), columns - 17).map((line) => `                 ${line}`));
      }
    }
    return lines;
  }
}
