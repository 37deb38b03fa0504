import type { Evidence } from '../core/usage.js';

/** Kept for each service and day, beside the first of each actor on a service. */
const perServiceAndDay = 3;

/** What decides the order of evidence: time (records without one last), then the place of the input among all, then the line. */
export interface Ordered {
  time: number | undefined;
  order: number;
  line: number;
}

const compare = (a: Ordered, b: Ordered): number =>
  (a.time ?? Number.POSITIVE_INFINITY) - (b.time ?? Number.POSITIVE_INFINITY) ||
  a.order - b.order ||
  a.line - b.line ||
  0;

/**
 * Keeps evidence by a fixed rule that does not depend on the order in which it comes: the first of each actor on a service,
 * and the first three of a service on a day.
 */
export class EvidenceRule<T extends Ordered & Pick<Evidence, 'service' | 'actor' | 'signature'>> {
  readonly #firstOfActor = new Map<string, T>();
  readonly #ofDay = new Map<string, T[]>();
  /** How many were offered. */
  offered = 0;

  offer(item: T, day: string): void {
    this.offered++;
    const actorKey = [item.service, item.actor.kind, item.actor.id].join('\u0000');
    const first = this.#firstOfActor.get(actorKey);
    if (first === undefined || compare(item, first) < 0) this.#firstOfActor.set(actorKey, item);
    const dayKey = `${item.service}\u0000${day}`;
    const list = this.#ofDay.get(dayKey) ?? [];
    if (list.length === 0) this.#ofDay.set(dayKey, list);
    const last = list[perServiceAndDay - 1];
    if (last !== undefined && compare(item, last) >= 0) return;
    list.push(item);
    list.sort(compare);
    if (list.length > perServiceAndDay) list.pop();
  }

  /** By service, then in order; each record once. */
  kept(): T[] {
    const items = new Map<string, T>();
    for (const item of [...this.#firstOfActor.values(), ...[...this.#ofDay.values()].flat()]) {
      const key = [item.service, item.order, item.line].join('\u0000');
      const other = items.get(key);
      if (other === undefined || item.signature < other.signature) items.set(key, item);
    }
    return [...items.values()].sort((a, b) => (a.service < b.service ? -1 : a.service > b.service ? 1 : compare(a, b)));
  }
}
