// The independent counter: what must come out, counted from what was written. It knows nothing of the product but its promises and
// shares no code with it.

/** One line as it was written into a log or pushed. */
export interface Line {
  text: string;
  source: string;
  /** `hit`: use of a known service; `attempt`: one that was blocked; `other`: a record about something else; `junk`: no record. */
  what: 'hit' | 'attempt' | 'other' | 'junk';
  service: string;
  actor: string;
  /** Milliseconds since 1970. */
  time: number;
  bytesIn: number;
  bytesOut: number;
}

export interface Sums {
  events: number;
  attempts: number;
  bytesIn: number;
  bytesOut: number;
}

export interface SourceSums {
  records: number;
  rejected: number;
  hits: number;
}

/** What is compared, on both sides in this shape. */
export interface Account {
  /** By `service|actor|day`. */
  usage: Map<string, Sums>;
  sources: Map<string, SourceSums>;
  /** First and last record of a service, and whether any of it was let through. */
  services: Map<string, { first: number; last: number; used: boolean }>;
}

export const emptyAccount = (): Account => ({ usage: new Map(), sources: new Map(), services: new Map() });

export const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** Counts lines of which it is certain that they were handed over: written to the disk, or acknowledged. */
export class Counter {
  readonly account = emptyAccount();
  lines = 0;

  add(lines: readonly Line[]): void {
    for (const line of lines) this.#one(line);
  }

  #one(line: Line): void {
    const { usage, sources, services } = this.account;
    this.lines++;
    const source = sources.get(line.source) ?? { records: 0, rejected: 0, hits: 0 };
    sources.set(line.source, source);
    source.records++;
    if (line.what === 'junk') source.rejected++;
    if (line.what !== 'hit' && line.what !== 'attempt') return;
    source.hits++;
    const key = `${line.service}|${line.actor}|${dayOf(line.time)}`;
    const sums = usage.get(key) ?? { events: 0, attempts: 0, bytesIn: 0, bytesOut: 0 };
    usage.set(key, sums);
    if (line.what === 'attempt') sums.attempts++;
    else {
      sums.events++;
      sums.bytesIn += line.bytesIn;
      sums.bytesOut += line.bytesOut;
    }
    const seen = services.get(line.service);
    services.set(line.service, {
      first: Math.min(seen?.first ?? line.time, line.time),
      last: Math.max(seen?.last ?? line.time, line.time),
      used: seen?.used === true || line.what === 'hit',
    });
  }
}

/** Every difference between what must be and what is, as a sentence. */
export function differences(expected: Account, found: Account): string[] {
  return (['sources', 'usage', 'services'] as const).flatMap((part) =>
    compareMaps(part, expected[part] as Map<string, object>, found[part] as Map<string, object>),
  );
}

function compareMaps(part: string, expected: Map<string, object>, found: Map<string, object>): string[] {
  const sentences: string[] = [];
  for (const key of [...new Set([...expected.keys(), ...found.keys()])].sort()) {
    const [must, is] = [written(expected.get(key)), written(found.get(key))];
    if (must !== is) sentences.push(`${part} ${key}: must be ${must}, is ${is}`);
  }
  return sentences;
}

const written = (value: object | undefined): string =>
  value === undefined ? 'absent' : JSON.stringify(Object.fromEntries(Object.entries(value).sort()));
