import type { FieldNote, Mapping, MappingKey } from '../../core/mapping.js';

/** What a name in a mapping is called, by its framing. */
const nouns = { csv: 'column', json: 'path', 'key-value': 'key', regex: 'group' } as const;

/** Collects for one record what became of each field of a mapping; the last word on a key counts. */
export class Notes {
  readonly #notes = new Map<MappingKey, FieldNote>();
  readonly #mapping: Mapping;
  readonly #place: (name: string) => string;

  constructor(mapping: Mapping, place?: (name: string) => string) {
    this.#mapping = mapping;
    this.#place = place ?? ((name) => `${nouns[mapping.framing.type]} ${name}`);
  }

  get all(): FieldNote[] {
    return [...this.#notes.values()];
  }

  /** A key was looked for. `found`: what stands there; `value`: what it says, undefined where it says nothing. */
  looked(key: MappingKey, found: unknown, value: string | undefined): void {
    const { fields, constants } = this.#mapping;
    const name = Object.hasOwn(fields, key) ? fields[key] : undefined;
    const fixed = Object.hasOwn(constants, key);
    if (name === undefined) {
      if (fixed) this.#notes.set(key, { key, place: 'constant', raw: constants[key] });
      return;
    }
    const place = this.#place(name);
    if (value !== undefined) this.#notes.set(key, { key, place, raw: value });
    else if (fixed) this.#notes.set(key, { key, place, raw: constants[key], instead: 'constant' });
    else if (found === undefined || found === null) this.#notes.set(key, { key, place, problem: 'absent' });
    else if (typeof found === 'object')
      this.#notes.set(key, { key, place, raw: '{...}', problem: 'is a list or an object' });
    else this.#notes.set(key, { key, place, raw: String(found), problem: 'empty' });
  }

  /** What stands there did not convert. A time of day may be in the column of the day. */
  failed(key: MappingKey, problem: string, raw?: string): void {
    const note = this.#notes.get(key) ?? this.#notes.get('date');
    if (note !== undefined) this.#notes.set(note.key, { ...note, ...(raw !== undefined && { raw }), problem });
  }

  /** The time is that of the syslog header. */
  header(): void {
    const note = this.#notes.get('time');
    this.#notes.set(
      'time',
      note === undefined
        ? { key: 'time', place: 'syslog header' }
        : { key: 'time', place: note.place, instead: 'syslog header' },
    );
  }
}
