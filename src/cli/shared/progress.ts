/** Progress on long work, on standard error and only on a terminal: lines a second and the time left, at most four times a second. */
export class Progress {
  #bytes = 0;
  #lines = 0;
  #shown = false;
  #next: number;
  readonly #began: number;
  readonly #total: number;
  readonly #on: boolean;

  /** `total`: stored bytes of all inputs, 0 where unknown. Nothing is shown in the first second. */
  constructor(total: number, on: boolean) {
    this.#total = total;
    this.#on = on;
    this.#began = performance.now();
    this.#next = this.#began + 1000;
  }

  add(bytes: number, lines: number): void {
    this.#bytes += bytes;
    this.#lines += lines;
    if (!this.#on) return;
    const now = performance.now();
    if (now < this.#next) return;
    this.#next = now + 250;
    this.#shown = true;
    const seconds = (now - this.#began) / 1000;
    const left = this.#total > this.#bytes ? ((this.#total - this.#bytes) / this.#bytes) * seconds : undefined;
    const text = `${this.#lines.toLocaleString('en-US')} lines, ${Math.round(this.#lines / seconds).toLocaleString('en-US')} a second${left === undefined ? '' : `, about ${Math.ceil(left)} s left`}`;
    process.stderr.write(`\r\u001b[K${text}`);
  }

  end(): void {
    if (this.#shown) process.stderr.write('\r\u001b[K');
  }
}
