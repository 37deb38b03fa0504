/**
 * Which alerts are to be looked at when: tens of thousands may wait for their reminders, and every fact asks whose time has come. A binary
 * heap of times; what was put off stands in it twice and is passed over. Times are milliseconds since 1970.
 */
export class Agenda {
  readonly #times = new Map<string, number>();
  readonly #heap: { time: number; id: string }[] = [];
  /** Whose time has come, as far as was asked. */
  readonly #ripe = new Set<string>();

  /** When to look at an alert, instead of before; null: not again. */
  set(id: string, time: number | null): void {
    this.#ripe.delete(id);
    if (time === null) {
      this.#times.delete(id);
      return;
    }
    this.#times.set(id, time);
    this.#push({ time, id });
  }

  /** All whose time is not after an instant, in no order. */
  until(instant: number): string[] {
    this.#ripen(instant);
    return [...this.#ripe].filter((id) => (this.#times.get(id) ?? Number.POSITIVE_INFINITY) <= instant);
  }

  /** The first time after an instant; infinite: there is none. */
  after(instant: number): number {
    this.#ripen(instant);
    for (;;) {
      const [first] = this.#heap;
      if (first === undefined) return Number.POSITIVE_INFINITY;
      if (this.#times.get(first.id) === first.time) return first.time;
      this.#pop();
    }
  }

  #ripen(instant: number): void {
    for (let first = this.#heap[0]; first !== undefined && first.time <= instant; first = this.#heap[0]) {
      this.#pop();
      if (this.#times.get(first.id) === first.time) this.#ripe.add(first.id);
    }
  }

  #push(item: { time: number; id: string }): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(item);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || parent.time <= item.time) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = item;
  }

  #pop(): void {
    const heap = this.#heap;
    const item = heap.pop();
    if (item === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const [left, right] = [heap[below], heap[below + 1]];
      if (left === undefined) break;
      let child = left;
      if (right !== undefined && right.time < left.time) [below, child] = [below + 1, right];
      if (child.time >= item.time) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = item;
  }
}
