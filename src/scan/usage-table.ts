import { confidences } from '../core/hit.js';
import type { Actor, Usage } from '../core/usage.js';

/** Actors told apart by number; more than any log names. */
const actorRange = 2 ** 27;
/** Actor objects whose number is remembered. */
const maxKnown = 65_536;

/** Gives each actor a number, so that keys of rows need no text. */
export class ActorNumbers {
  readonly #numbers = new Map<string, number>();
  /** The directory gives the same object for the same text. */
  readonly #known = new Map<Actor, number>();
  readonly actors: Actor[] = [];

  of(actor: Actor): number {
    let number = this.#known.get(actor);
    if (number !== undefined) return number;
    const key = `${actor.kind}\0${actor.id}`;
    number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.actors.length;
      this.#numbers.set(key, number);
      this.actors.push(actor);
    }
    if (this.#known.size >= maxKnown) this.#known.clear();
    this.#known.set(actor, number);
    return number;
  }
}

/** What a row is of, beside its actor. */
type Group = Pick<Usage, 'day' | 'service' | 'source' | 'accountKind' | 'strength' | 'provenance'>;

/** Rows of the roll-up by what they are of. A key is a number, half the size of its text and a fraction of its price. */
export class UsageTable {
  readonly #numbers: ActorNumbers;
  readonly #groups: Group[] = [];
  /** Numbers of the groups of a day and service, which are few. */
  readonly #groupNumbers = new Map<string, Map<string, number[]>>();
  readonly #rows = new Map<number, Usage>();

  constructor(numbers = new ActorNumbers()) {
    this.#numbers = numbers;
  }

  /** The row of a group and actor; `make` is asked for one where there is none. */
  row(
    day: string,
    service: string,
    actor: Actor,
    source: string,
    accountKind: Usage['accountKind'],
    strength: Usage['strength'],
    provenance: Usage['provenance'],
    make: (group: Group, actor: Actor) => Usage,
  ): Usage {
    const number = this.#groupOf(day, service, source, accountKind, strength, provenance);
    const actorNumber = this.#numbers.of(actor);
    const key = number * actorRange + actorNumber;
    let row = this.#rows.get(key);
    if (row === undefined) {
      // Texts of the group and the actor's first object: equal ones of other threads need not be kept.
      row = make(this.#groups[number] as Group, this.#numbers.actors[actorNumber] ?? actor);
      this.#rows.set(key, row);
    }
    return row;
  }

  /** By nested maps: a key of all its texts took longer to make than to look up. */
  #groupOf(
    day: string,
    service: string,
    source: string,
    accountKind: Usage['accountKind'],
    strength: Usage['strength'],
    provenance: Usage['provenance'],
  ): number {
    let ofDay = this.#groupNumbers.get(day);
    if (ofDay === undefined) {
      ofDay = new Map();
      this.#groupNumbers.set(day, ofDay);
    }
    let numbers = ofDay.get(service);
    if (numbers === undefined) {
      numbers = [];
      ofDay.set(service, numbers);
    }
    for (const number of numbers) {
      const group = this.#groups[number];
      if (
        group?.strength === strength &&
        group.accountKind === accountKind &&
        group.source === source &&
        group.provenance === provenance
      )
        return number;
    }
    const number = this.#groups.push({ day, service, source, accountKind, strength, provenance }) - 1;
    numbers.push(number);
    return number;
  }

  add(usage: Usage): void {
    const { day, service, actor, source, accountKind, strength, provenance } = usage;
    let made = false;
    const row = this.row(day, service, actor, source, accountKind, strength, provenance, (group, who) => {
      made = true;
      return { ...usage, ...group, actor: who };
    });
    if (made) return;
    row.events += usage.events;
    row.attempts += usage.attempts;
    row.bytesOut += usage.bytesOut;
    row.bytesIn += usage.bytesIn;
    for (const [currency, amount] of usage.spend) row.spend = added(row.spend, currency, amount);
    if (confidences.indexOf(usage.confidence) > confidences.indexOf(row.confidence)) row.confidence = usage.confidence;
    widen(row, usage.first, usage.last);
  }

  /** By day, service, kind and id of the actor, source, account kind, strength and provenance. */
  sorted(): Usage[] {
    const rankOfHead = ranks(this.#groups.map(({ day, service }) => `${day}\0${service}`));
    const rankOfTail = ranks(
      this.#groups.map((of) => `${of.source}\0${of.accountKind}\0${of.strength}\0${of.provenance}`),
    );
    const rankOfActor = ranks(this.#numbers.actors.map(({ kind, id }) => `${kind}\0${id}`));
    const tails = this.#groups.length + 1;
    const rows = [...this.#rows.values()];
    const orders = new Float64Array(rows.length);
    const actors = this.#numbers.actors.length + 1;
    let at = 0;
    for (const key of this.#rows.keys()) {
      const group = Math.floor(key / actorRange);
      const actor = rankOfActor[key % actorRange] ?? 0;
      orders[at++] = ((rankOfHead[group] ?? 0) * actors + actor) * tails + (rankOfTail[group] ?? 0);
    }
    return Array.from(
      Uint32Array.from(rows.keys()).sort((a, b) => (orders[a] ?? 0) - (orders[b] ?? 0)),
      (index) => rows[index] as Usage,
    );
  }
}

/** For each text its place among all of them in order; equal ones have the same. */
function ranks(texts: readonly string[]): number[] {
  const places = new Map([...new Set(texts)].sort().map((text, place) => [text, place]));
  return texts.map((text) => places.get(text) ?? 0);
}

export const added = (sums: ReadonlyMap<string, number>, key: string, amount: number): ReadonlyMap<string, number> =>
  new Map(sums).set(key, (sums.get(key) ?? 0) + amount);

export function widen(
  row: { first: number | undefined; last: number | undefined },
  first: number | undefined,
  last: number | undefined,
): void {
  if (first !== undefined && (row.first === undefined || first < row.first)) row.first = first;
  if (last !== undefined && (row.last === undefined || last > row.last)) row.last = last;
}
