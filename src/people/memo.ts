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
    const value = this.#old.get(key) ?? answer(key);
    if (this.#young.size >= this.#size) [this.#old, this.#young] = [this.#young, new Map()];
    // A copy: a slice of a log line would keep its whole block of input alive.
    this.#young.set(Buffer.from(key).toString(), value);
    return value;
  }
}
