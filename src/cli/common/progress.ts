/** Nothing is shown in the first second; then at most four times a second. */
const firstAfter = 1000;
const every = 250;

/** Progress on long work, on standard error and only on a terminal: lines a second and the time left. */
export class Progress {
  #bytes = 0;
  #lines = 0;
  #shown = false;
  #next: number;
  #total: number | undefined;
  readonly #began: number;
  readonly #on: boolean;

  constructor(on: boolean) {
    this.#on = on;
    this.#began = performance.now();
    this.#next = this.#began + firstAfter;
  }

  /** Stored bytes of all inputs, as soon as they are known; without them no time left is shown. */
  set total(bytes: number | undefined) {
    this.#total = bytes;
  }

  /** Stored bytes and lines that were read. */
  add(bytes: number, lines: number): void {
    this.#bytes += bytes;
    this.#lines += lines;
    if (!this.#on) return;
    const now = performance.now();
    if (now < this.#next) return;
    this.#next = now + every;
    this.#shown = true;
    process.stderr.write(
      `\r\u001b[K${progressText(this.#lines, this.#bytes, this.#total, (now - this.#began) / 1000)}`,
    );
  }

  end(): void {
    if (this.#shown) process.stderr.write('\r\u001b[K');
  }
}

/** `1,200,000 lines, 600,000 a second, about 3 min left` */
export function progressText(lines: number, bytes: number, total: number | undefined, seconds: number): string {
  const rate = `${lines.toLocaleString('en-US')} lines, ${Math.round(lines / seconds).toLocaleString('en-US')} a second`;
  if (total === undefined || bytes === 0 || bytes >= total) return rate;
  return `${rate}, about ${duration(((total - bytes) / bytes) * seconds)} left`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * Steps of long work, each beginning with its label and a colon. On a terminal a step of the same label takes the place of the one
 * before (30 days of sign-ins are one line, not thirty); elsewhere each is a line. Texts are safe for a terminal.
 */
export function stepWriter(out: { isTTY?: boolean; columns?: number; write(text: string): unknown }): {
  step(text: string): void;
  end(): void;
} {
  let label: string | undefined;
  return {
    step(text) {
      if (out.isTTY !== true) return void out.write(`${text}\n`);
      const own = text.slice(0, text.indexOf(':') + 1);
      if (label !== undefined) out.write(own !== '' && own === label ? '\r\u001b[K' : '\n');
      out.write(text.slice(0, (out.columns ?? 80) - 1));
      label = own;
    },
    end() {
      if (label !== undefined) out.write('\n');
      label = undefined;
    },
  };
}
