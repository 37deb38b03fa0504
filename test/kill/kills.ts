import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Halflight } from './process.js';
import type { Dice } from './random.js';
import type { Kind, Site } from './site.js';

/** What is done to what, and how often in comparison. */
const deeds: Readonly<Record<Kind, Readonly<Record<string, number>>>> = {
  embedded: { 'serve killed': 40, 'postmaster killed': 40, 'serve and postmaster killed': 10, 'serve frozen': 10 },
  servers: {
    'work killed': 42,
    'serve killed': 14,
    'schedule killed': 8,
    'postgres killed': 5,
    'postgres stopped': 4,
    'backends ended': 4,
    'redis killed': 5,
    'redis flushed': 5,
    'redis frozen': 2,
    'work frozen': 8,
    'serve frozen': 2,
    'schedule frozen': 1,
  },
};

/** Where a worker is waited for, so that kills fall into every stage and not only into the long ones. */
const stages = [
  'read',
  'work.claimed',
  'work.scanned',
  'commit.before',
  'commit.after',
  'reconcile.before',
  'reconcile.after',
  'send.before',
  'send.after',
  'drain.after',
  'schedule.tick',
];
/** How long a chunk in work, and a stage, are waited for. */
const patience = { work: 2500, stage: 700 };

const ofHalflight = /^(serve|work|schedule)/;

export interface Kill {
  number: number;
  what: string;
  /** The fault point that the victim passed last. */
  stage: string;
  inWork: boolean;
}

/** Ends, freezes and empties what an installation consists of, at moments drawn from a seed. */
export class Killer {
  readonly kills: Kill[] = [];
  /** What comes back meanwhile. */
  readonly #returning = new Set<Promise<void>>();
  readonly #frozen = new Set<Halflight>();
  /** Why something does not come back. */
  #failure: unknown;
  #postgresBusy = false;
  #redisBusy = false;

  readonly site: Site;
  readonly dice: Dice;

  constructor(site: Site, dice: Dice) {
    [this.site, this.dice] = [site, dice];
  }

  /** Stalls that make the stages long enough to be hit; other ones for each process, as a stall also hides what only haste shows. */
  stalls(): Record<string, string> {
    const slow = stages.filter(() => this.dice.chance(0.7));
    const rules = slow.map((stage) => `${stage}=stall:${this.dice.between(20, 160)}`);
    return { HALFLIGHT_FAULTS: rules.join(',') };
  }

  async once(): Promise<Kill> {
    await sleep(this.dice.below(300));
    const what = await this.#drawn();
    const { stage, inWork, victim } = await this.#moment(what);
    // It ended by itself meanwhile, as a start without a database does.
    if (victim === undefined && ofHalflight.test(what)) return this.once();
    await this.#do(what, victim);
    const kill = { number: this.kills.length + 1, what, stage, inWork };
    this.kills.push(kill);
    // The embedded set-up is one process: it is dead or alive.
    if (this.site.kind === 'embedded') await this.allBack();
    return kill;
  }

  /** Waits until everything runs again. */
  async allBack(): Promise<void> {
    while (this.#returning.size > 0) await Promise.all(this.#returning);
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #drawn(): Promise<string> {
    for (;;) {
      // Perhaps all of them are being started just now.
      await sleep(5);
      const what = this.dice.weighted(deeds[this.site.kind]);
      // Nor before the process is up that began to start when it came back: on a busy machine it would never be.
      const serves = this.#usable('serve').length > 0;
      if (/postgres|backends/.test(what) && (this.#postgresBusy || !serves)) continue;
      if (this.#redisBusy && what.startsWith('redis')) continue;
      if (ofHalflight.test(what) && this.#usable(what).length === 0) continue;
      return what;
    }
  }

  /** Processes that a deed can be done to. */
  #usable(what: string): Halflight[] {
    const [role = ''] = what.split(' ');
    return [...this.site.processes.values()].filter(
      (process) => process.name.startsWith(role) && process.alive && process.isReady && !this.#frozen.has(process),
    );
  }

  /** Waits for a moment at which a chunk is in work, at the victim if that is a worker, and often for a certain stage. */
  async #moment(what: string): Promise<{ stage: string; inWork: boolean; victim: Halflight | undefined }> {
    const [role = ''] = what.split(' ');
    const wanted = this.dice.chance(0.8) ? this.dice.pick(stages) : undefined;
    const works = role === 'work' || this.site.kind === 'embedded';
    const began = performance.now();
    for (;;) {
      const waited = performance.now() - began;
      const atWork = await this.site.inWork();
      const usable = this.#usable(what);
      const busy = works ? usable.filter(({ pid }) => atWork.has(pid)) : usable;
      const inStage = busy.find((process) => wanted === undefined || process.stage === wanted);
      const inWork = atWork.size > 0 && (!works || busy.length > 0 || usable.length === 0);
      const victim = inStage ?? busy[0] ?? (usable.length > 0 ? this.dice.pick(usable) : undefined);
      const good = inWork && (inStage !== undefined || waited > patience.stage || wanted === undefined);
      if (good || (waited > patience.work && (victim !== undefined || waited > 4 * patience.work)))
        return { stage: victim?.stage ?? '-', inWork, victim };
      await sleep(5);
    }
  }

  async #do(what: string, victim: Halflight | undefined): Promise<void> {
    const { site, dice } = this;
    const pause = dice.between(0, 400);
    if (what.endsWith('frozen') && victim !== undefined) this.#freeze(victim, site.kind === 'servers');
    else if (what === 'postmaster killed') killPid(site.postmaster(), dice.pick(['SIGKILL', 'SIGQUIT']));
    else if (what === 'serve and postmaster killed') {
      killPid(site.postmaster(), 'SIGKILL');
      if (victim !== undefined) await this.#killAndReturn(victim, pause);
    } else if (what === 'postgres killed' || what === 'postgres stopped')
      this.#stopPostgres(what, dice.between(0, 2500));
    else if (what === 'backends ended')
      await site
        .query(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name <> 'test' and random() < 0.7`,
        )
        .catch(() => {});
    else if (what.startsWith('redis')) await this.#redis(what);
    else if (victim !== undefined) await this.#killAndReturn(victim, pause);
    if (what === 'postmaster killed') this.#return(this.#postmasterBack());
  }

  #return(task: Promise<void>): void {
    const tracked = task
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => this.#returning.delete(tracked));
    this.#returning.add(tracked);
  }

  async #killAndReturn(victim: Halflight, pause: number): Promise<void> {
    await victim.kill();
    const env = this.stalls();
    this.#return(sleep(pause).then(() => this.site.keepStarting(victim.name, env)));
  }

  /** Sometimes longer than a lease lasts: it wakes up as a zombie, and its work is another's. */
  #freeze(victim: Halflight, long: boolean): void {
    const ms = long && this.dice.chance(0.3) ? this.dice.between(11_000, 14_000) : this.dice.between(300, 2000);
    this.#frozen.add(victim);
    victim.signal('SIGSTOP');
    this.#return(
      sleep(ms).then(() => {
        victim.signal('SIGCONT');
        this.#frozen.delete(victim);
      }),
    );
  }

  /** The embedded database comes back by itself. */
  async #postmasterBack(): Promise<void> {
    const began = performance.now();
    while (performance.now() - began < 60_000) {
      await sleep(50);
      const answer = await this.site.query('select 1').catch(() => []);
      if (answer.length === 0) continue;
      this.site.starts.push({ name: 'postmaster', ms: performance.now() - began });
      return;
    }
    throw new Error('the embedded database was not started again within 60 s');
  }

  #stopPostgres(what: string, ms: number): void {
    const { postgres } = this.site;
    if (postgres === undefined) return;
    this.#postgresBusy = true;
    const signal = what === 'postgres killed' ? 'SIGKILL' : this.dice.pick(['SIGINT', 'SIGQUIT'] as const);
    this.#return(
      (async () => {
        await postgres.stop(signal);
        await sleep(ms);
        await postgres.start();
        this.#postgresBusy = false;
      })(),
    );
  }

  async #redis(what: string): Promise<void> {
    const { redis } = this.site;
    if (redis === undefined) return;
    this.#redisBusy = true;
    const ms = this.dice.between(0, 2500);
    if (what === 'redis flushed') {
      const client = new Redis(redis.url, { lazyConnect: true });
      client.on('error', () => {});
      await client.flushall().catch(() => {});
      client.disconnect();
      this.#redisBusy = false;
      return;
    }
    if (what === 'redis frozen') redis.signal('SIGSTOP');
    else await redis.kill();
    this.#return(
      sleep(ms).then(async () => {
        if (what === 'redis frozen') redis.signal('SIGCONT');
        else await redis.start();
        this.#redisBusy = false;
      }),
    );
  }
}

function killPid(pid: number, signal: NodeJS.Signals): void {
  if (pid <= 1) return;
  try {
    process.kill(pid, signal);
  } catch {
    // It is being started again just now.
  }
}
