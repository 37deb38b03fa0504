/** Remembers answers by text, up to a bound: when it is full it starts anew, which is cheap and never wrong. */
export class Memo<T> {
  readonly #answers = new Map<string, T>();
  readonly #bound: number;
  constructor(bound = 65_536) {
    this.#bound = bound;
  }
  get(key: string, make: (key: string) => T): T {
    let answer = this.#answers.get(key);
    if (answer === undefined && !this.#answers.has(key)) {
      answer = make(key);
      if (this.#answers.size >= this.#bound) this.#answers.clear();
      this.#answers.set(key, answer);
    }
    return answer as T;
  }
}
