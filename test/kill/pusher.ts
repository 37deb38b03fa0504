import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Counter, Line } from './counter.js';
import { jsonLine, squidLine } from './lines.js';
import type { Dice } from './random.js';

interface Push {
  key: string;
  lines: Line[];
  body: Uint8Array;
  zipped: boolean;
  token: string;
}

/** Pushes lines as a careful sender does: under one key until it is told that they were taken; and, less carefully, often once more. */
export class Pusher {
  readonly #waiting = new Set<Push>();
  /** Taken already: some are sent again later, also to a process that never saw them. */
  readonly #taken: Push[] = [];
  taken = 0;
  repeats = 0;
  /** Tries that got no answer, or not the wanted one. */
  failures = 0;

  readonly url: string;
  /** Token by source. */
  readonly tokens: Readonly<Record<string, string>>;
  readonly dice: Dice;
  readonly counter: Counter;

  constructor(url: string, tokens: Readonly<Record<string, string>>, dice: Dice, counter: Counter) {
    [this.url, this.tokens, this.dice, this.counter] = [url, tokens, dice, counter];
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Begins to push so many lines; returns at once. */
  push(count: number): void {
    const [source, token] = this.dice.pick(Object.entries(this.tokens));
    const make = source === 'events' ? jsonLine : squidLine;
    const lines = Array.from({ length: count }, () => make(this.dice, source, Date.now()));
    const text = Buffer.from(lines.map((line) => `${line.text}\n`).join(''));
    const zipped = this.dice.chance(0.3);
    const push = { key: randomUUID(), lines, body: zipped ? gzipSync(text) : text, zipped, token };
    this.#waiting.add(push);
    void this.#untilTaken(push);
  }

  /** Sends one again that was taken, with the same key: it must not count. */
  async again(): Promise<void> {
    if (this.#taken.length === 0) return;
    this.repeats++;
    await this.#send(this.dice.pick(this.#taken)).catch(() => {});
  }

  async #untilTaken(push: Push): Promise<void> {
    for (;;) {
      const status = await this.#send(push).catch(() => 0);
      if (status === 200 || status === 202) break;
      this.failures++;
      await sleep(50 + this.dice.below(200));
    }
    this.taken++;
    this.counter.add(push.lines);
    this.#waiting.delete(push);
    this.#taken.push(push);
    if (this.#taken.length > 200) this.#taken.shift();
  }

  async #send({ key, body, zipped, token }: Push): Promise<number> {
    const answer = await fetch(`${this.url}/v1/push`, {
      method: 'POST',
      body,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/x-ndjson',
        'idempotency-key': key,
        ...(zipped && { 'content-encoding': 'gzip' }),
      },
      signal: AbortSignal.timeout(5000),
    });
    await answer.arrayBuffer();
    return answer.status;
  }
}
