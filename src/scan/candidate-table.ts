import { joinReasons, scoreOf } from '../core/candidate.js';
import type { CandidateHit } from '../core/hit.js';
import type { ActorKind } from '../core/usage.js';
import { CountSketch } from './count-sketch.js';
import { widen } from './usage-table.js';

/** Candidates that are told apart. Beyond, the least of them makes room; what is no longer told apart is counted. */
export const maxCandidates = 10_000;
/** Rows of all inputs of a scan together, as long as there are 1,000 inputs or fewer. */
const rowsOfScan = 100_000;
const leastOfInput = 100;
/**
 * Candidates that are told apart in one input of a scan of so many. What inputs gave is kept until all are read; many full tables
 * would be too much: 10,000 rows are 16 MB.
 */
export const candidatesOfInput = (inputs: number): number =>
  Math.max(leastOfInput, Math.min(maxCandidates, Math.floor(rowsOfScan / inputs)));

/** Actors that are told apart, of one candidate and of all. */
export const maxCandidateActors = 10_000;
export const maxActorsOfAll = 200_000;
const maxTraces = 8;

/** Something that looks like AI and is in no catalog, with how much it was seen. */
export interface Candidate extends CandidateHit {
  events: number;
  bytesOut: number;
  bytesIn: number;
  /** Who: kind and id of each, a blank between, up to a bound; and events of each. */
  who: ReadonlyMap<string, number>;
  /** What of the subject was seen, for a signature: hosts, ids; the first few in the order of the alphabet. */
  traces: readonly string[];
  first: number | undefined;
  last: number | undefined;
  file: string;
  line: number;
  sample: string;
}

interface Row extends Omit<Candidate, 'who'> {
  who: Map<string, number>;
  /** Events that the sketch knew of before there was this row. */
  before: number;
  /** Worth by which the row has its place in the heap: that of now, or of some events ago. */
  held: number;
}

/** Higher score first, then more events. */
const worthOf = ({ score, before, events }: Pick<Row, 'score' | 'before' | 'events'>): number =>
  score * 2 ** 44 + Math.min(before + events, 2 ** 44 - 1);

/**
 * The idea: a log may name ten million hosts that look a little like AI, and one that matters. So the table is bounded, and who comes
 * when it is full must be worth more than the least row in it: a higher score, or the same and more events. A newcomer has no
 * row, so a sketch counts its events until then. Junk is seen once and never gets in; what is used gets in after some events,
 * and a strong candidate at once. Measured in docs/decisions/0013-candidates.md.
 *
 * The result depends on the order of what is added, so parts of one file that overflow are read again in one piece.
 */
export class CandidateTable {
  readonly #max: number;
  readonly #rows = new Map<string, Row>();
  /** Rows as a heap, the least on top, made when the table is full for the first time. Rows only gain, so a place is mended when it matters. */
  #heap: Row[] | undefined;
  #sketch: CountSketch | undefined;
  #actors = 0;
  #cut = false;
  /** Events of what is not told apart. */
  other = 0;

  constructor(max = maxCandidates) {
    this.#max = max;
  }

  /** Something was left out: rows, or actors of rows. */
  get overflowed(): boolean {
    return this.other > 0 || this.#cut;
  }

  /** Adds what one event shows. `make` gives the place of the first. */
  offer(hit: CandidateHit, trace: string | undefined, who: string, event: Seen, make: () => Place): void {
    const row = this.#rowFor(hit, 1, make);
    if (row === undefined) {
      this.other++;
      return;
    }
    row.events++;
    row.bytesOut += event.bytes_out ?? 0;
    row.bytesIn += event.bytes_in ?? 0;
    this.#addWho(row, who, 1);
    if (trace !== undefined) row.traces = withTraces(row.traces, [trace]);
    widen(row, event.time, event.time);
  }

  /** Adds what another table had. */
  add(candidate: Candidate): void {
    const row = this.#rowFor(candidate, candidate.events, () => candidate);
    if (row === undefined) {
      this.other += candidate.events;
      return;
    }
    row.events += candidate.events;
    row.bytesOut += candidate.bytesOut;
    row.bytesIn += candidate.bytesIn;
    for (const [who, events] of candidate.who) this.#addWho(row, who, events);
    row.traces = withTraces(row.traces, candidate.traces);
    widen(row, candidate.first, candidate.last);
  }

  /** The best first. */
  sorted(): Candidate[] {
    return [...this.#rows.values()].sort(better).map(({ held: _held, before: _before, ...row }) => row);
  }

  #rowFor(hit: CandidateHit, events: number, make: () => Place): Row | undefined {
    const key = keyOf(hit);
    const row = this.#rows.get(key);
    if (row !== undefined) {
      join(row, hit);
      return row;
    }
    const before = this.#rows.size < this.#max ? 0 : this.#makeRoom(key, hit.score, events);
    if (before === undefined) return undefined;
    const { file, line, sample } = make();
    const { kind, subject, score, reasons } = hit;
    const fresh: Row = {
      kind,
      subject,
      score,
      reasons,
      events: 0,
      bytesOut: 0,
      bytesIn: 0,
      who: new Map(),
      traces: [],
      first: undefined,
      last: undefined,
      file,
      line,
      sample,
      before,
      held: 0,
    };
    fresh.held = worthOf(fresh);
    this.#rows.set(key, fresh);
    if (this.#heap !== undefined) {
      this.#heap[0] = fresh;
      this.#sink(this.#heap, 0);
    }
    return fresh;
  }

  /**
   * Takes the least row out if the newcomer is worth more; its place on top of the heap is then free. Gives the events of the newcomer
   * before these; undefined: it stays out.
   */
  #makeRoom(key: string, score: number, events: number): number | undefined {
    this.#heap ??= this.#makeHeap();
    this.#sketch ??= new CountSketch();
    const before = Math.max(0, this.#sketch.add(key, events) - events);
    const least = this.#least(this.#heap);
    if (worthOf({ score, before, events }) <= least.held) return undefined;
    const out = keyOf(least);
    // What it had when it came in is in the sketch already.
    this.#sketch.add(out, least.events);
    this.#rows.delete(out);
    this.#actors -= least.who.size;
    this.other += least.events;
    return before;
  }

  #makeHeap(): Row[] {
    const rows = [...this.#rows.values()];
    for (const row of rows) row.held = worthOf(row);
    return rows.sort((a, b) => a.held - b.held);
  }

  /** The least row: the one on top, once it is there by its worth of now. No other can be worth less than its place says. */
  #least(heap: Row[]): Row {
    for (;;) {
      const top = heap[0] as Row;
      const worth = worthOf(top);
      if (top.held === worth) return top;
      top.held = worth;
      this.#sink(heap, 0);
    }
  }

  /** Moves a row down to where both below it are worth more. */
  #sink(heap: Row[], from: number): void {
    let at = from;
    const row = heap[at] as Row;
    for (;;) {
      let below = 2 * at + 1;
      const [left, right] = [heap[below], heap[below + 1]];
      if (left === undefined) break;
      if (right !== undefined && right.held < left.held) below++;
      const next = heap[below] as Row;
      if (next.held >= row.held) break;
      heap[at] = next;
      at = below;
    }
    heap[at] = row;
  }

  #addWho(row: Row, who: string, events: number): void {
    const before = row.who.get(who);
    if (before === undefined) {
      if (row.who.size >= maxCandidateActors || this.#actors >= maxActorsOfAll) {
        this.#cut = true;
        return;
      }
      this.#actors++;
    }
    row.who.set(who, (before ?? 0) + events);
  }
}

/** The actors of a candidate, the most active first. */
export function actorsOf({ who }: Pick<Candidate, 'who'>): { kind: ActorKind; id: string; events: number }[] {
  return [...who]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([key, events]) => {
      const blank = key.indexOf(' ');
      return { kind: key.slice(0, blank) as ActorKind, id: key.slice(blank + 1), events };
    });
}

/** What of an event a candidate adds up. */
export interface Seen {
  time?: number | undefined;
  bytes_out?: number | undefined;
  bytes_in?: number | undefined;
}
interface Place {
  file: string;
  line: number;
  sample: string;
}

export const keyOf = ({ kind, subject }: Pick<CandidateHit, 'kind' | 'subject'>): string => `${kind}\u0000${subject}`;

/** Below zero where `a` is worth more: by score, events, and in the end by name. */
function better(a: Row, b: Row): number {
  const worth = b.score - a.score || b.events - a.events;
  return worth !== 0 ? worth : keyOf(a) < keyOf(b) ? -1 : 1;
}

/** The row has the reasons of all of its events. */
function join(row: Row, { reasons }: CandidateHit): void {
  if (reasons === row.reasons) return;
  const joined = joinReasons(row.reasons, reasons);
  if (joined === row.reasons) return;
  row.reasons = joined;
  row.score = scoreOf(joined);
}

function withTraces(own: readonly string[], more: readonly string[]): readonly string[] {
  const fresh = more.filter((trace) => !own.includes(trace));
  return fresh.length === 0 ? own : [...own, ...fresh].sort().slice(0, maxTraces);
}
