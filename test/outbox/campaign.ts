import { setTimeout as sleep } from 'node:timers/promises';
import { FalseBells } from '../kill/bells.js';
import { Dice } from '../kill/random.js';
import { type Kind, Site } from '../kill/site.js';
import { Backlog } from './backlog.js';
import { Clock } from './clock.js';
import { Endpoint, type Way, ways } from './endpoint.js';
import { Memory } from './memory.js';
import { Outage } from './outage.js';
import { Victims } from './victims.js';

export interface CampaignOptions {
  kind: Kind;
  notices: number;
  /** Virtual days for which one endpoint is dead. */
  days: number;
  /** How often the clock is moved meanwhile. */
  steps: number;
  kills: number;
  seed: number;
  bin: string | undefined;
  say(line: string): void;
}

/** No step may take longer: a process is started again in it, or another one takes over. */
const stepWithinMs = 120_000;
const ringEveryMs = 400;
/** How far the clock is moved in one step of the end. */
const drainStepMs = 60_000;
/** When this share of the backlog is delivered it is away once more, for a moment. */
const awayAgain = [0.15, 0.4, 0.65];
/** Bounds of the memory of a process, in MiB, whatever waits. */
export const mostHeap = 96;
export const mostResident = 420;

/** The dead endpoint, its return, and what must then be so. */
export async function campaign(options: CampaignOptions): Promise<boolean> {
  const run = await Run.open(options);
  const { say, kind } = options;
  const wrong: string[] = [];
  try {
    await run.outage();
    await run.drain();
    wrong.push(...(await run.broken()));
  } catch (error) {
    wrong.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  wrong.push(...run.complaints());
  for (const sentence of wrong.slice(0, 50)) say(`${kind}: ${sentence}`);
  run.summary(wrong.length);
  await run.close(wrong.length > 0);
  return wrong.length === 0;
}

class Run {
  readonly #options: CampaignOptions;
  readonly #site: Site;
  readonly #clock: Clock;
  readonly #dice: Dice;
  readonly #dead: Endpoint;
  readonly #healthy: Endpoint;
  readonly #backlog: Backlog;
  readonly #victims: Victims;
  readonly #memory: Memory;
  readonly #bells: FalseBells;
  readonly #outage: Outage;
  readonly #began = performance.now();
  #grownAfter = 0;
  #drainedAfter = 0;

  private constructor(options: CampaignOptions, site: Site, clock: Clock, endpoints: [Endpoint, Endpoint]) {
    this.#options = options;
    [this.#site, this.#clock] = [site, clock];
    [this.#dead, this.#healthy] = endpoints;
    this.#dice = new Dice(options.seed);
    this.#backlog = new Backlog(site, new Dice(options.seed + 1));
    const names = options.kind === 'embedded' ? ['serve'] : ['work-1', 'work-2'];
    this.#victims = new Victims(site, names, new Dice(options.seed + 2));
    this.#memory = new Memory(clock, () => this.#victims.processes);
    this.#bells = new FalseBells(site);
    this.#outage = new Outage(options.days, new Dice(options.seed + 3));
  }

  static async open(options: CampaignOptions): Promise<Run> {
    const { kind, days, steps, bin, notices, kills, seed, say } = options;
    const site = new Site({ kind, bin });
    say(`${kind}: seed ${seed}, ${notices} notices, ${days} days in ${steps} steps, ${kills} kills, in ${site.folder}`);
    const clock = new Clock(site.folder);
    const made = ['dead', 'healthy'].map((name) => new Endpoint(name, () => clock.now, (days * 86_400_000) / steps));
    const [dead, healthy] = made as [Endpoint, Endpoint];
    for (const endpoint of made) await endpoint.open();
    site.configure({
      ports: made.map(({ port }) => port),
      channels: made.map(({ name, port }) => ({
        id: name,
        kind: 'webhook',
        options: { url: `http://127.0.0.1:${port}/hook`, secret: { env: 'HOOK_SECRET' }, timeout: 1 },
      })),
    });
    site.env = { ...clock.env, HOOK_SECRET: dead.secret };
    await site.prepare();
    const run = new Run(options, site, clock, [dead, healthy]);
    await site.keepStarting('serve');
    if (kind === 'servers')
      await Promise.all(['work-1', 'work-2', 'schedule-1'].map((name) => site.keepStarting(name)));
    return run;
  }

  /** The days of the outage: notices come all the time, one endpoint takes none of them, the other is told at once. */
  async outage(): Promise<void> {
    const { notices, days, steps, kills, say, kind } = this.#options;
    const stepMs = Math.round((days * 86_400_000) / steps);
    const killAt = new Set(Array.from({ length: Math.floor(kills / 3) }, () => this.#dice.between(1, steps - 1)));
    const lookAt = new Set([0.1, 0.25, 0.5, 0.75, 1].map((share) => Math.max(1, Math.round(share * steps))));
    for (let step = 0; step < steps; step++) {
      await this.#become(this.#outage.at(step / steps));
      this.#clock.move(stepMs);
      const count = Math.round((notices * (step + 1)) / steps) - this.#backlog.count;
      await this.#backlog.add(count, this.#clock.now);
      const told = this.#untilTold();
      if (killAt.has(step)) await this.#kill(this.#dice.below(60));
      await told;
      if (lookAt.has(step + 1)) {
        await this.#victims.back();
        await this.#memory.collect(this.#backlog.count);
        say(`${kind}: ${this.#backlog.count} wait after ${((step + 1) / steps) * days} days, ${this.#memoryWords()}`);
      }
    }
    this.#grownAfter = performance.now();
  }

  /** It is back: all of it is delivered, with kills meanwhile, and with some more times away. */
  async drain(): Promise<void> {
    const { kills, notices, say, kind } = this.#options;
    await this.#become('up');
    const dice = this.#dice;
    const killAt = Array.from({ length: kills - this.#victims.done.length }, () => dice.next() * 0.9).sort(
      (a, b) => a - b,
    );
    const awayAt = awayAgain.map((share) => ({ share, way: dice.pick(ways.filter((way) => way !== 'up')) }));
    const lookAt = [0.25, 0.5, 0.75];
    let [before, stuckSince] = [-1, performance.now()];
    for (;;) {
      await sleep(50);
      const taken = this.#dead.effects.size;
      const share = taken / notices;
      if (taken === before) {
        // It waits for its time, or is being started.
        this.#clock.move(drainStepMs);
        this.#ring();
      }
      if (taken === notices && [...((await this.#backlog.waiting()) ?? [['', 1]]).values()].length === 0) break;
      if (taken !== before) [before, stuckSince] = [taken, performance.now()];
      if (performance.now() - stuckSince > stepWithinMs) throw new Error(`only ${taken} of ${notices} were delivered`);
      if (killAt[0] !== undefined && share >= killAt[0]) {
        killAt.shift();
        await this.#kill(dice.below(300));
      }
      if (awayAt[0] !== undefined && share >= awayAt[0].share) {
        await this.#awayAgain(awayAt.shift()?.way ?? 'reset', dice.between(1, 10));
      }
      if (lookAt[0] !== undefined && share >= lookAt[0]) {
        lookAt.shift();
        await this.#victims.back();
        await this.#memory.collect(notices - taken);
        say(`${kind}: ${taken} of ${notices} are delivered, ${this.#memoryWords()}`);
      }
    }
    this.#drainedAfter = performance.now();
    await this.#victims.back();
  }

  /** Away for a moment, or until it is known to be away. */
  async #awayAgain(way: Way, steps: number): Promise<void> {
    await this.#become(way);
    for (let step = 0; step < steps; step++) {
      await sleep(150);
      this.#clock.move(drainStepMs / 4);
      this.#ring();
    }
    await this.#become('up');
  }

  /** What is not as it must be, as the database says it. */
  async broken(): Promise<string[]> {
    const { notices } = this.#options;
    const sentences = await this.#backlog.unsent();
    const records = await this.#site.query<{ subject: string; channel: string; times: string }>(
      `select subject, details::jsonb->>'channel' as channel, count(*) as times from audit
       where action like 'notice.%' group by 1, 2`,
    );
    // Each is in the audit log once, however often it was sent.
    if (records.length !== notices + Backlog.healthy(notices))
      sentences.push(`${records.length} deliveries are in the audit log`);
    for (const { subject, channel, times } of records)
      if (times !== '1') sentences.push(`${channel}: notice ${subject} is ${times} times in the audit log`);
    return sentences;
  }

  /** What the endpoints and the memory say. */
  complaints(): string[] {
    const { notices } = this.#options;
    const sentences = [...this.#dead.wrong, ...this.#healthy.wrong];
    for (const [{ name, effects }, all] of [
      [this.#dead, notices],
      [this.#healthy, Backlog.healthy(notices)],
    ] as const)
      if (effects.size !== all) sentences.push(`${name}: ${effects.size} of ${all} notices took effect`);
    for (const [{ name, outOfTurn }, most] of [
      [this.#healthy, 0],
      [this.#dead, this.#outage.mostOutOfTurn(awayAgain.length + 1)],
    ] as const)
      if (outOfTurn > most) sentences.push(`${name}: ${outOfTurn} notices out of their turn: at most ${most}`);
    const { heap, resident } = this.#memory;
    if (heap > mostHeap) sentences.push(`a heap of ${heap.toFixed(0)} MiB after a collection: at most ${mostHeap}`);
    if (resident > mostResident) sentences.push(`${resident.toFixed(0)} MiB resident: at most ${mostResident}`);
    return sentences;
  }

  summary(failed: number): void {
    const { say, kind, notices, seed } = this.#options;
    const seconds = (from: number, to: number): string => `${((to - from) / 1000).toFixed(0)} s`;
    const end = performance.now();
    const done = this.#victims.done;
    for (const what of new Set(done)) say(`${kind}: ${what}: ${done.filter((other) => other === what).length}`);
    for (const { name, deliveries, effects, outOfTurn } of [this.#dead, this.#healthy])
      say(`${kind}: ${name}: ${effects.size} effects of ${deliveries} requests, ${outOfTurn} out of turn`);
    for (const { way, asked } of this.#outage.tries) say(`${kind}: ${way}: asked ${asked} times`);
    say(
      `${kind}: memory: ${this.#memoryWords()}; ${JSON.stringify(this.#memory.heaps.map(({ waiting, heap }) => [waiting, Math.round(heap)]))}`,
    );
    say(
      `${kind}: ${failed === 0 ? 'PASSED' : 'FAILED'}: seed ${seed}, ${notices} notices, ${done.length} kills, outage ${seconds(this.#began, this.#grownAfter || end)}, delivering the backlog ${seconds(this.#grownAfter || end, this.#drainedAfter || end)}, ${failed} differences, ${seconds(this.#began, end)}`,
    );
  }

  async close(keep: boolean): Promise<void> {
    this.#memory.close();
    await this.#bells.close();
    await this.#site.close(keep);
    await Promise.all([this.#dead.close(), this.#healthy.close()]);
    if (keep) this.#options.say(`${this.#options.kind}: everything is kept in ${this.#site.folder}`);
  }

  async #become(way: Way): Promise<void> {
    if (this.#dead.way === way) return;
    this.#outage.ended(this.#dead.way, this.#dead.asked);
    await this.#dead.become(way);
  }

  async #kill(afterMs: number): Promise<void> {
    await sleep(afterMs);
    await this.#victims.once();
  }

  /** Its bell would come by the clock of this machine, as a timer has it. */
  #ring(): void {
    this.#bells.bell('deliver', 'test');
  }

  /** The clock stands until the healthy endpoint has everything: it is not delayed by a moment. */
  async #untilTold(): Promise<void> {
    const count = Backlog.healthy(this.#backlog.count);
    const began = performance.now();
    let rang = Number.NEGATIVE_INFINITY;
    while (this.#healthy.effects.size < count) {
      if (performance.now() - began > stepWithinMs)
        throw new Error(`healthy: ${this.#healthy.effects.size} of ${count} notices after ${stepWithinMs} ms`);
      if (performance.now() - rang > ringEveryMs) {
        rang = performance.now();
        this.#ring();
      }
      await sleep(2);
    }
  }

  #memoryWords(): string {
    return `heap ${this.#memory.heap.toFixed(0)} MiB, resident ${this.#memory.resident.toFixed(0)} MiB at most`;
  }
}
