import { setTimeout as sleep } from 'node:timers/promises';
import { faultPoint } from '../core/fault.js';
import { lastSlot, leadWhile, noteBeginning, noteSlot } from '../store/job-runs.js';
import type { ServiceContext } from './context.js';
import { cronSlots, type Slots } from './slots.js';
import { ownTasks } from './tasks.js';

// One scheduler leads, elected by a lock of the database; others wait to take over. What is due is noted in the database under
// its slot before it is rung, so that each slot runs once, whoever leads and however often it is noticed.

const tickMs = 1000;
const leadRetryMs = 2000;
/** Work that looks at everything anew each time: how often it is rung, in milliseconds. */
const rounds = { health: 60_000, alerts: 60_000, registers: 10_000, sweep: 10_000 } as const;
export type Round = keyof typeof rounds;

interface CronJob {
  job: string;
  key: string;
  slots: Slots;
  /** The minute up to which it was looked at. */
  seen: number;
}

/** Leads when it can, until the signal is aborted. `round`: does what is done at every round by who leads. */
export async function schedule(
  context: ServiceContext,
  signal: AbortSignal,
  round: (name: Round) => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await leadWhile(context.db, 'halflight scheduler', signal, async (leading) => {
        context.log.info({ instance: context.instance() }, 'this process schedules');
        await new Leader(context, round).run(leading);
      });
    } catch (error) {
      if (!signal.aborted)
        context.log.warn({ why: error instanceof Error ? error.message : String(error) }, 'scheduling was interrupted');
    }
    await sleep(leadRetryMs, undefined, { signal }).catch(() => {});
  }
}

/** Minutes. After a longer pause (a clock that jumps, a machine that slept) only the newest of the slots that passed is made up for. */
const longPause = 90;

function slotsSince({ slots, seen }: CronJob, now: number): number[] {
  if (now - seen <= longPause) return slots.between(seen, now);
  const newest = slots.latest(now);
  return newest !== undefined && newest > seen ? [newest] : [];
}

/** What the leading process does each second. */
export class Leader {
  readonly #context: ServiceContext;
  readonly #round: (name: Round) => Promise<void>;
  readonly #monotonic: () => number;
  #jobs = new Map<string, CronJob>();
  readonly #rung = new Map<string, number>();
  readonly #rounds = new Map<Round, number>();

  constructor(
    context: ServiceContext,
    round: (name: Round) => Promise<void>,
    monotonic: () => number = () => performance.now(),
  ) {
    [this.#context, this.#round, this.#monotonic] = [context, round, monotonic];
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.tick();
      await sleep(tickMs, undefined, { signal }).catch(() => {});
    }
  }

  async tick(): Promise<void> {
    await this.#cronJobs();
    this.#intervals();
    for (const name of Object.keys(rounds) as Round[]) {
      const last = this.#rounds.get(name);
      if (last !== undefined && this.#monotonic() - last < rounds[name]) continue;
      this.#rounds.set(name, this.#monotonic());
      await this.#round(name).catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        this.#context.log.warn({ round: name, why }, 'a round failed; the next one tries again');
      });
    }
  }

  /** Sources asked every so often: what was missed while nobody led is one run, and needs no memory. */
  #intervals(): void {
    for (const { id, role, every } of this.#context.setup().sources) {
      if (role !== 'collector' || every === undefined) continue;
      const last = this.#rung.get(id);
      if (last !== undefined && this.#monotonic() - last < every) continue;
      this.#rung.set(id, this.#monotonic());
      this.#context.ring('collect', id);
    }
  }

  async #cronJobs(): Promise<void> {
    const { db } = this.#context;
    for (const job of await this.#known()) {
      const now = job.slots.at(this.#context.now());
      const due = slotsSince(job, now);
      // Also when the clock went back: minutes that come again find their slots noted.
      job.seen = now;
      for (const slot of due) {
        await faultPoint('schedule.tick');
        if (!(await noteSlot(db, job.job, slot))) continue;
        await faultPoint('schedule.noted');
        this.#context.ring('task', `${job.job}@${slot}`);
      }
    }
  }

  /** The cron jobs of the configuration of now. One that is new here is caught up with: of missed slots the last is run. */
  async #known(): Promise<Iterable<CronJob>> {
    const setup = this.#context.setup();
    const { sources, zone, reports } = setup;
    const wanted = new Map<string, string>();
    for (const [job, task] of Object.entries(ownTasks)) {
      const cron = typeof task.cron === 'function' ? task.cron(setup) : task.cron;
      if (cron !== undefined) wanted.set(job, cron);
    }
    for (const { id, role, schedule: cron } of sources)
      if (role === 'collector' && cron !== undefined) wanted.set(`collect:${id}`, cron);
    for (const { id, cron } of reports?.lists ?? []) wanted.set(`report:${id}`, cron);
    const jobs = new Map<string, CronJob>();
    for (const [job, expression] of wanted) {
      const key = `${expression} ${zone}`;
      const known = this.#jobs.get(job);
      if (known?.key === key) jobs.set(job, known);
      else {
        const slots = cronSlots(expression, zone);
        const now = slots.at(this.#context.now());
        const last = await lastSlot(this.#context.db, job, now);
        const newest = slots.latest(now);
        const missed = last !== undefined && newest !== undefined && newest > last;
        jobs.set(job, { job, key, slots, seen: missed ? newest - 1 : now });
        // The first time there is nothing to catch up with: the newest slot counts as the beginning.
        if (last === undefined) await noteBeginning(this.#context.db, job, newest ?? now, this.#context.now());
      }
    }
    this.#jobs = jobs;
    return jobs.values();
  }
}
