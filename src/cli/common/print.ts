/** Text for standard output in pieces of some size, which waits while the reader is slower: nothing piles up in memory. */
export class Printer {
  #pending: string[] = [];
  #length = 0;

  add(line: string): void {
    this.#pending.push(line);
    this.#length += line.length + 1;
  }

  /** Enough has come together that `flush` is worth it. */
  get full(): boolean {
    return this.#length >= 65_536;
  }

  async flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    const text = `${this.#pending.join('\n')}\n`;
    this.#pending = [];
    this.#length = 0;
    if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}
