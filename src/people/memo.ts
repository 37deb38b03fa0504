/**
 * Remembers answers by text, at most twice `size` of them: when the younger half is full the older one is dropped, so what is asked
 * for often stays. The same idea as an LRU list without its upkeep on each call.
 */
export class Memo<T> {
  #young = new Map<string, T>();
  #old = new Map<string, T>();
  readonly #size: number;
  constructor(size = 50_000) {
    this.#size = size;
  }

  get(key: string, answer: (key: string) => T): T {
    const found = this.#young.get(key);
    if (found !== undefined) return found;
    // Texts this long are no names; they would only fill the memory.
    if (key.length > 512) return answer(key);
    // A copy, of which the answer is made too: a slice of a log line would keep all of the line alive.
    const copy = Buffer.from(key).toString();
    const value = this.#old.get(key) ?? answer(copy);
    if (this.#young.size >= this.#size) [this.#old, this.#young] = [this.#young, new Map()];
    this.#young.set(copy, value);
    return value;
  }
}
