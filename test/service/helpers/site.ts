import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from 'vitest';
import { FalseBells } from '../../kill/bells.js';
import { Counter, differences } from '../../kill/counter.js';
import { jsonLine, squidLine } from '../../kill/lines.js';
import { observed, pending } from '../../kill/observe.js';
import { missingServers } from '../../kill/own-servers.js';
import type { Halflight } from '../../kill/process.js';
import { Dice } from '../../kill/random.js';
import { type Kind, Site, until } from '../../kill/site.js';

/** Tests that need a PostgreSQL server and a Redis of their own. Where the programs are missing they are skipped, and it is said. */
export function describeWithServers(name: string, tests: () => void): void {
  const missing = missingServers();
  if (missing === undefined) describe(name, tests);
  else if (process.env.TEST_REQUIRE_ALL === '1') throw new Error(`TEST_REQUIRE_ALL=1, and ${missing}`);
  else {
    process.stderr.write(`\nSKIPPED: ${name}: ${missing}\n\n`);
    describe.skip(name, tests);
  }
}

/** An installation whose logs and pushes are counted by an independent counter. */
export class TestSite {
  readonly site: Site;
  readonly counter = new Counter();
  readonly #dice: Dice;
  readonly #log: string;
  #token = '';
  #bells: FalseBells | undefined;

  constructor(kind: Kind, seed: number) {
    this.#dice = new Dice(seed);
    this.site = new Site({ kind });
    const folder = join(this.site.folder, 'logs');
    mkdirSync(folder);
    this.#log = join(folder, 'access.log');
    this.site.configure({
      sources: [
        { id: 'watched', kind: 'folder', format: 'squid', every: '1s', options: { path: folder } },
        { id: 'timed', kind: 'folder', schedule: '* * * * *', options: { path: join(this.site.folder, 'none') } },
        { id: 'events', kind: 'push', format: 'json-lines', quota: { requests_per_second: 1000 } },
      ],
    });
    mkdirSync(join(this.site.folder, 'none'));
  }

  /** Starts the servers and processes, and waits until these work. */
  async start(names: readonly string[]): Promise<void> {
    await this.site.prepare();
    const [first = 'serve', ...others] = names;
    await this.site.start(first).ready;
    await Promise.all(others.map((name) => this.site.start(name).ready));
    this.#token = await this.site.token('events');
    // A new token is known within a second.
    await until('the token is known', async () => (await this.push(1)) === 202);
  }

  process(name: string): Halflight {
    const process = this.site.processes.get(name);
    if (process === undefined) throw new Error(`${name} was never started`);
    return process;
  }

  /** Writes lines into the watched log. */
  write(count: number): void {
    const lines = Array.from({ length: count }, () => squidLine(this.#dice, 'watched', Date.now()));
    appendFileSync(this.#log, lines.map(({ text }) => `${text}\n`).join(''));
    this.counter.add(lines);
  }

  /** Pushes lines once. @returns the status; they are counted when they were taken */
  async push(count: number): Promise<number> {
    const lines = Array.from({ length: count }, () => jsonLine(this.#dice, 'events', Date.now()));
    const answer = await fetch(`${this.site.url}/v1/push`, {
      method: 'POST',
      body: lines.map(({ text }) => `${text}\n`).join(''),
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/x-ndjson' },
      signal: AbortSignal.timeout(5000),
    });
    await answer.arrayBuffer();
    if (answer.status === 202) this.counter.add(lines);
    return answer.status;
  }

  /** Rings the queue from outside. */
  bell(kind: string, id: string): void {
    this.#bells ??= new FalseBells(this.site);
    this.#bells.bell(kind, id);
  }

  /** What is wrong once nothing is left to do: empty when all was counted once. Waits so long for it. */
  async wrong(timeoutMs = 40_000): Promise<string[]> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      const left = await pending(this.site).catch((error: unknown) => [String(error)]);
      const wrong = left.length > 0 ? left : differences(this.counter.account, await observed(this.site));
      if (wrong.length === 0 || performance.now() > end) return wrong;
      await sleep(200);
    }
  }

  async close(): Promise<void> {
    await this.#bells?.close();
    await this.site.close();
  }
}
