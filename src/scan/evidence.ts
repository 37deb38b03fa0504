import { isUnverified, type Provenance } from '../core/provenance.js';
import type { Actor, Evidence } from '../core/usage.js';
import { ActorNumbers } from './usage-table.js';

/** Kept for each service and day, beside the first of each actor on a service. */
const perServiceAndDay = 3;
/** First records of actors on services that are kept in all, the earliest ones: more than any report shows, and what a million people would fill the memory with. */
const defaultMaxFirsts = 100_000;

/**
 * What decides the order of evidence: what somebody vouches for comes first, so that no forged record takes the place of a true one;
 * then time (records without one last), then the place of the input among all, then the line.
 */
export interface Ordered {
  time: number | undefined;
  order: number;
  line: number;
  provenance: Provenance;
}

const compare = (a: Ordered, b: Ordered): number =>
  Number(isUnverified(a.provenance)) - Number(isUnverified(b.provenance)) ||
  (a.time ?? Number.POSITIVE_INFINITY) - (b.time ?? Number.POSITIVE_INFINITY) ||
  a.order - b.order ||
  a.line - b.line ||
  0;

/**
 * Keeps evidence by a fixed rule that does not depend on the order in which it comes: the first of each actor on a service, of
 * these the earliest `maxFirsts`, and the first three of a service on a day.
 */
export class EvidenceRule<T extends Ordered & Pick<Evidence, 'service' | 'actor' | 'signature'>> {
  readonly #actors: ActorNumbers;
  readonly #services = new Map<string, OfService<T>>();
  readonly #maxFirsts: number;
  #firsts = 0;
  /** First records behind this one are not kept: enough came before it. */
  #cutoff: Ordered | undefined;
  /** How many were offered. */
  offered = 0;

  /** `actors`: numbers that others use too. */
  constructor(actors = new ActorNumbers(), maxFirsts = defaultMaxFirsts) {
    this.#actors = actors;
    this.#maxFirsts = maxFirsts;
  }

  /** `make` is asked for the item only where it is kept, and then once. */
  offer(place: Ordered, service: string, actor: Actor, day: string, make: () => T): void {
    this.offered++;
    let of = this.#services.get(service);
    if (of === undefined) {
      of = { firstOfActor: new Map(), ofDay: new Map() };
      this.#services.set(service, of);
    }
    let item: T | undefined;
    if (this.#cutoff === undefined || compare(place, this.#cutoff) <= 0) {
      const number = this.#actors.of(actor);
      const first = of.firstOfActor.get(number);
      if (first === undefined || compare(place, first) < 0) {
        item = make();
        of.firstOfActor.set(number, item);
        if (first === undefined && ++this.#firsts >= 2 * this.#maxFirsts) this.#cut();
      }
    }
    let list = of.ofDay.get(day);
    if (list === undefined) {
      list = [];
      of.ofDay.set(day, list);
    }
    const last = list[perServiceAndDay - 1];
    if (last !== undefined && compare(place, last) >= 0) return;
    list.push(item ?? make());
    list.sort(compare);
    if (list.length > perServiceAndDay) list.pop();
  }

  /** Drops the first records that come too late. Done when there are twice as many as are kept, so that it costs little. */
  #cut(): void {
    if (this.#firsts <= this.#maxFirsts) return;
    const services = [...this.#services.values()];
    const cutoff = services.flatMap((of) => [...of.firstOfActor.values()]).sort(compare)[this.#maxFirsts - 1];
    if (cutoff === undefined) return;
    // A place and no more: the item may be one that is dropped for an earlier one.
    this.#cutoff = { time: cutoff.time, order: cutoff.order, line: cutoff.line, provenance: cutoff.provenance };
    this.#firsts = 0;
    for (const { firstOfActor } of services) {
      for (const [number, item] of firstOfActor) if (compare(item, cutoff) > 0) firstOfActor.delete(number);
      this.#firsts += firstOfActor.size;
    }
  }

  /** By service, then in order; each record once. */
  kept(): T[] {
    this.#cut();
    const all: T[] = [];
    for (const service of [...this.#services.keys()].sort()) {
      const of = this.#services.get(service);
      const items = new Map<number | string, T>();
      for (const item of [...(of?.firstOfActor.values() ?? []), ...[...(of?.ofDay.values() ?? [])].flat()]) {
        const key = item.order === 0 ? item.line : `${item.order} ${item.line}`;
        const other = items.get(key);
        if (other === undefined || item.signature < other.signature) items.set(key, item);
      }
      for (const item of [...items.values()].sort(compare)) all.push(item);
    }
    return all;
  }
}

interface OfService<T> {
  /** By number of the actor. */
  firstOfActor: Map<number, T>;
  ofDay: Map<string, T[]>;
}
