/** What was planted of one service on one day. Bytes are those of events that went through, 0 where the layout logs none. */
export interface ServiceDay {
  service: string;
  day: string;
  events: number;
  attempts: number;
  bytesOut: number;
  bytesIn: number;
  /** Different users, attempts included; unknown for the sum of several logs. */
  actors?: number;
}

/** What a scan of a generated log must find. Counted while writing; shares no code with the product. */
export interface Answer {
  layout: string;
  /** Size of the log. */
  bytes: number;
  /** Physical lines. Each is a record: of an event, skipped (header, blank), or rejected (torn, spoiled). */
  lines: number;
  skipped: number;
  rejected: number;
  events: number;
  attempts: number;
  /** By service, then by day. */
  rows: ServiceDay[];
  /** Different users of each service; unknown for the sum of several logs. */
  actors?: Record<string, number>;
  /** Lines that hold one of the given needles as they are written. */
  needleLines: number;
}

/** A set of whole numbers; the words are made when they are needed. */
class Bits {
  #words = new Uint32Array(64);
  #size = 0;

  add(value: number): void {
    const word = value >>> 5;
    if (word >= this.#words.length) {
      const wider = new Uint32Array(Math.max(word + 1, this.#words.length * 2));
      wider.set(this.#words);
      this.#words = wider;
    }
    const before = this.#words[word] ?? 0;
    const after = before | (1 << (value & 31));
    if (before >>> 0 === after >>> 0) return;
    this.#words[word] = after;
    this.#size++;
  }

  get size(): number {
    return this.#size;
  }
}

interface Cell {
  events: number;
  attempts: number;
  bytesOut: number;
  bytesIn: number;
  users: Bits;
}

/** Adds up what is planted. */
export class Tally {
  readonly #services: readonly string[];
  readonly #days: readonly string[];
  readonly #cells = new Map<number, Cell>();
  readonly #users = new Map<number, Bits>();

  constructor(services: readonly string[], days: readonly string[]) {
    this.#services = services;
    this.#days = days;
  }

  add(service: number, day: number, user: number, attempt: boolean, bytesOut: number, bytesIn: number): void {
    const key = service * this.#days.length + day;
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      cell = { events: 0, attempts: 0, bytesOut: 0, bytesIn: 0, users: new Bits() };
      this.#cells.set(key, cell);
    }
    if (attempt) cell.attempts++;
    else {
      cell.events++;
      cell.bytesOut += bytesOut;
      cell.bytesIn += bytesIn;
    }
    cell.users.add(user);
    let users = this.#users.get(service);
    if (users === undefined) {
      users = new Bits();
      this.#users.set(service, users);
    }
    users.add(user);
  }

  result(): Pick<Answer, 'events' | 'attempts' | 'rows' | 'actors'> {
    const rows = [...this.#cells].map(([key, { users, ...sums }]): ServiceDay => {
      const day = key % this.#days.length;
      const service = this.#services[(key - day) / this.#days.length] ?? '';
      return { service, day: this.#days[day] ?? '', ...sums, actors: users.size };
    });
    rows.sort((a, b) => (a.service === b.service ? (a.day < b.day ? -1 : 1) : a.service < b.service ? -1 : 1));
    return {
      events: rows.reduce((sum, row) => sum + row.events, 0),
      attempts: rows.reduce((sum, row) => sum + row.attempts, 0),
      rows,
      actors: Object.fromEntries([...this.#users].map(([service, users]) => [this.#services[service], users.size])),
    };
  }
}

/** The answer for several logs read together. */
export function addAnswers(answers: readonly Answer[]): Answer {
  const rows = new Map<string, ServiceDay>();
  for (const { actors: _actors, ...row } of answers.flatMap((answer) => answer.rows)) {
    const key = `${row.service} ${row.day}`;
    const sum = rows.get(key);
    if (sum === undefined) rows.set(key, { ...row });
    else {
      sum.events += row.events;
      sum.attempts += row.attempts;
      sum.bytesOut += row.bytesOut;
      sum.bytesIn += row.bytesIn;
    }
  }
  const total = (key: 'bytes' | 'lines' | 'skipped' | 'rejected' | 'events' | 'attempts' | 'needleLines'): number =>
    answers.reduce((sum, answer) => sum + answer[key], 0);
  return {
    layout: answers[0]?.layout ?? '',
    bytes: total('bytes'),
    lines: total('lines'),
    skipped: total('skipped'),
    rejected: total('rejected'),
    events: total('events'),
    attempts: total('attempts'),
    needleLines: total('needleLines'),
    rows: [...rows.values()],
  };
}
