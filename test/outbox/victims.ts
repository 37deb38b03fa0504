import { setTimeout as sleep } from 'node:timers/promises';
import type { Halflight } from '../kill/process.js';
import type { Dice } from '../kill/random.js';
import type { Kind, Site } from '../kill/site.js';

/** What is done to who delivers, and how often in comparison. */
const deeds: Readonly<Record<Kind, Readonly<Record<string, number>>>> = {
  embedded: { 'killed at any moment': 4, 'killed after a 200': 4, 'database killed': 2 },
  servers: { 'killed at any moment': 4, 'killed after a 200': 4, 'database killed': 1, frozen: 1 },
};
/** A process that is to die after an answer does so within so many of them. */
const mostAnswers = 400;

/** Kills who delivers, in the middle of it, and has it started again. */
export class Victims {
  readonly done: string[] = [];
  readonly #site: Site;
  readonly #dice: Dice;
  readonly #names: readonly string[];
  #returning: Promise<void>[] = [];

  /** `names`: the processes that deliver. */
  constructor(site: Site, names: readonly string[], dice: Dice) {
    [this.#site, this.#names, this.#dice] = [site, names, dice];
  }

  get processes(): Halflight[] {
    return this.#names.flatMap((name) => this.#site.processes.get(name) ?? []).filter((process) => process.alive);
  }

  /** Does one of the deeds. Ends when it is done; what it ended comes back meanwhile. */
  async once(): Promise<void> {
    await this.back();
    const what = this.#dice.weighted(deeds[this.#site.kind]);
    this.done.push(what);
    if (what === 'database killed') return this.#killDatabase();
    const victim = (await this.#atWork()) ?? this.#dice.pick(this.processes);
    if (what === 'frozen') {
      victim.signal('SIGSTOP');
      // Longer than its lease lasts: it wakes up as a zombie.
      this.#returning.push(sleep(this.#dice.between(11_000, 13_000)).then(() => victim.signal('SIGCONT')));
      return;
    }
    await victim.kill();
    const faults: Record<string, string> = {};
    if (what === 'killed after a 200') {
      // It is up for a moment, answers are given, and it dies between one of them and its note of it.
      faults.HALFLIGHT_FAULTS = `send.after=kill@${this.#dice.between(1, mostAnswers)}`;
      this.#returning.push(this.#untilDead(victim.name, faults));
    } else this.#returning.push(this.#site.keepStarting(victim.name, faults));
  }

  /** Waits until everything runs again. */
  async back(): Promise<void> {
    while (this.#returning.length > 0) await Promise.all(this.#returning.splice(0));
  }

  /** Started so that it dies; then started again. Where nothing is sent for a while it is killed. */
  async #untilDead(name: string, faults: Record<string, string>): Promise<void> {
    const doomed = this.#site.start(name, faults);
    await Promise.race([doomed.ended, sleep(20_000, undefined, { ref: false })]);
    await doomed.kill();
    await this.#site.keepStarting(name);
  }

  /** Who has deliveries in work, waited for a moment. */
  async #atWork(): Promise<Halflight | undefined> {
    const end = performance.now() + 2000;
    while (performance.now() < end) {
      const rows = await this.#site
        .query<{ pid: number }>(
          `select distinct i.pid from outbox o join instance i on i.id = o.lease_owner
           where o.state = 'pending' and o.attempts > 0`,
        )
        .catch(() => []);
      const found = this.processes.find((process) => rows.some(({ pid }) => pid === process.pid));
      if (found !== undefined) return found;
      await sleep(10);
    }
    return undefined;
  }

  async #killDatabase(): Promise<void> {
    const { postgres } = this.#site;
    if (postgres !== undefined) {
      await postgres.stop('SIGKILL');
      this.#returning.push(sleep(this.#dice.below(1500)).then(() => postgres.start()));
      return;
    }
    const pid = this.#site.postmaster();
    if (pid > 1) process.kill(pid, this.#dice.pick(['SIGKILL', 'SIGQUIT']));
  }
}
