import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FalseBells } from './bells.js';
import { Counter, differences } from './counter.js';
import { Hook } from './hook.js';
import { Killer } from './kills.js';
import { services } from './lines.js';
import { LogWriter } from './log-writer.js';
import { broken, observed, pending } from './observe.js';
import { Pusher } from './pusher.js';
import { Dice } from './random.js';
import { type Kind, Site } from './site.js';

export interface CampaignOptions {
  kind: Kind;
  times: number;
  seed: number;
  /** Kills between two checks. */
  round: number;
  bin: string | undefined;
  say(line: string): void;
}

/** Undone chunks at which the load waits: an overfull queue would only make the checks long. */
const enoughUndone = 40;
const checkWithin = 120_000;

/** Load, kills and checks on one set-up, until all kills are done or a check fails. */
export async function campaign(options: CampaignOptions): Promise<boolean> {
  const { kind, times, seed, round, say } = options;
  const dice = new Dice(seed);
  const began = performance.now();
  const hook = new Hook(new Dice(seed + 1));
  const port = await hook.listen();
  const folders = ['watched', 'timed'];
  const logs = (site: { folder: string }, name: string): string => join(site.folder, 'logs', name);
  const site = new Site({ kind, bin: options.bin });
  for (const name of folders) mkdirSync(logs(site, name), { recursive: true });
  site.configure({
    ports: [port],
    sources: [
      { id: 'watched', kind: 'folder', format: 'squid', every: '1s', options: folderOptions(logs(site, 'watched')) },
      {
        id: 'timed',
        kind: 'folder',
        format: 'squid',
        schedule: '* * * * *',
        options: folderOptions(logs(site, 'timed')),
      },
      { id: 'lines', kind: 'push', format: 'squid', quota: { requests_per_second: 1000 } },
      { id: 'events', kind: 'push', format: 'json-lines', quota: { requests_per_second: 1000 } },
    ],
    channels: [
      {
        id: 'hook',
        kind: 'webhook',
        notices: ['finding.opened', 'finding.changed', 'finding.reopened', 'finding.resolved'],
        options: { url: `http://127.0.0.1:${port}/hook`, secret: { env: 'HOOK_SECRET' } },
      },
    ],
  });
  site.env = { HOOK_SECRET: hook.secret };
  const killer = new Killer(site, dice);
  say(`${kind}: seed ${seed}, ${times} kills, in ${site.folder}`);
  await site.prepare();
  const names = kind === 'embedded' ? ['serve'] : ['serve', 'work-1', 'work-2', 'work-3', 'schedule-1', 'schedule-2'];
  // The first one makes the tables.
  for (const name of names.slice(0, 1)) await site.keepStarting(name, killer.stalls());
  await Promise.all(names.slice(1).map((name) => site.keepStarting(name, killer.stalls())));

  const counter = new Counter();
  const writers = folders.map((name) => new LogWriter(logs(site, name), name, new Dice(dice.below(1e9)), counter));
  const tokens = { lines: await site.token('lines'), events: await site.token('events') };
  const pusher = new Pusher(site.url, tokens, new Dice(dice.below(1e9)), counter);
  const bells = new FalseBells(site);
  const approved = new Set<string>();
  const load = new Load(site, writers, pusher, bells, new Dice(dice.below(1e9)));
  let [wrong, checks]: [string[], number] = [[], 0];
  try {
    while (killer.kills.length < times && wrong.length === 0) {
      load.go();
      const upTo = Math.min(times, killer.kills.length + round);
      while (killer.kills.length < upTo) {
        const { number, what, stage, inWork } = await killer.once();
        say(`${kind} ${number}: ${what} at ${stage === '' ? 'start' : stage}${inWork ? '' : ' (nothing in work)'}`);
        if (dice.chance(0.1)) decide(site, dice, approved);
      }
      const stopped = performance.now();
      await load.pause();
      await killer.allBack();
      wrong = await check(site, { hook, counter, approved, bells });
      checks++;
      say(
        `${kind}: check ${checks} after ${killer.kills.length} kills: ${wrong.length === 0 ? `${counter.lines} lines, equal` : `${wrong.length} differences`}, ${seconds(performance.now() - stopped)}`,
      );
      if (wrong.length === 0) for (const writer of writers) writer.tidy();
    }
  } catch (error) {
    wrong.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  await load.pause().catch(() => {});
  await bells.close();
  await site.close(wrong.length > 0);
  hook.close();
  for (const sentence of wrong.slice(0, 50)) say(`${kind}: ${sentence}`);
  if (wrong.length > 0) say(`${kind}: everything is kept in ${site.folder}`);
  summary({ killer, site, hook, pusher, counter, bells, checks, began, options, failed: wrong.length });
  return wrong.length === 0;
}

const folderOptions = (path: string): object => ({ path, settle: '1s', chunk_bytes: '64 KiB' });
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Approves a service or takes that back: news for whoever is told. */
function decide(site: Site, dice: Dice, approved: Set<string>): void {
  const service = dice.pick(Object.values(services));
  if (!approved.delete(service)) approved.add(service);
  site.inventory([...approved]);
}

/** Waits until nothing is left to do and everything is as it must be; what is still wrong after two minutes is. */
async function check(
  site: Site,
  parts: { hook: Hook; counter: Counter; approved: ReadonlySet<string>; bells: FalseBells },
): Promise<string[]> {
  const end = performance.now() + checkWithin;
  for (;;) {
    // Their turn would come within a minute.
    for (const source of ['watched', 'timed']) parts.bells.bell('collect', source);
    let wrong: string[];
    try {
      wrong = await pending(site);
      if (wrong.length === 0 || performance.now() > end) {
        wrong.push(...differences(parts.counter.account, await observed(site)));
        wrong.push(...(await broken(site, parts.hook, parts.approved)));
      }
    } catch (error) {
      wrong = [`the database does not answer: ${error instanceof Error ? error.message : String(error)}`];
    }
    if (wrong.length === 0 || performance.now() > end) return wrong;
    await sleep(500);
  }
}

/** Writes and pushes all the time, faster than a person and slower than a flood. */
class Load {
  #running: Promise<void> | undefined;
  #stop = false;
  #undone: string[] = [];

  readonly site: Site;
  readonly writers: readonly LogWriter[];
  readonly pusher: Pusher;
  readonly bells: FalseBells;
  readonly dice: Dice;

  constructor(site: Site, writers: readonly LogWriter[], pusher: Pusher, bells: FalseBells, dice: Dice) {
    [this.site, this.writers, this.pusher, this.bells, this.dice] = [site, writers, pusher, bells, dice];
  }

  go(): void {
    this.#stop = false;
    this.#running ??= Promise.all([this.#write(), this.#look()]).then(() => {});
  }

  /** Ends what is begun: half lines, pushes without an answer. */
  async pause(): Promise<void> {
    this.#stop = true;
    await this.#running;
    this.#running = undefined;
    for (const writer of this.writers) writer.rest();
    const end = performance.now() + 60_000;
    while (this.pusher.waiting > 0) {
      if (performance.now() > end) throw new Error(`${this.pusher.waiting} pushes were not taken within 60 s`);
      await sleep(50);
    }
  }

  async #write(): Promise<void> {
    const { dice, pusher } = this;
    while (!this.#stop) {
      await sleep(dice.between(30, 120));
      if (dice.chance(0.2)) this.bells.ring(dice, this.#undone);
      if (this.#undone.length > enoughUndone) continue;
      for (const writer of this.writers) if (dice.chance(0.7)) writer.step(dice.between(1, 15));
      if (pusher.waiting < 20 && dice.chance(0.5)) pusher.push(dice.between(1, 20));
      // Each push is sent 1 to 5 times in all, sometimes long after it was taken.
      if (dice.chance(0.3)) void pusher.again();
    }
  }

  async #look(): Promise<void> {
    while (!this.#stop) {
      const rows = await this.site
        .query<{ id: string }>(`select id from chunk where state = 'pending' order by id limit 500`)
        .catch(() => undefined);
      if (rows !== undefined) this.#undone = rows.map(({ id }) => id);
      await sleep(200);
    }
  }
}

function summary(run: {
  killer: Killer;
  site: Site;
  hook: Hook;
  pusher: Pusher;
  counter: Counter;
  bells: FalseBells;
  checks: number;
  began: number;
  options: CampaignOptions;
  failed: number;
}): void {
  const { killer, site, hook, pusher, counter, options, began, failed } = run;
  const { kind, seed, say } = options;
  const { kills } = killer;
  const total = Math.max(1, kills.length);
  const inWork = kills.filter((kill) => kill.inWork).length;
  const took = performance.now() - began;
  say(`${kind}: by victim: ${tally(kills.map(({ what }) => what))}`);
  say(`${kind}: by stage: ${tally(kills.map(({ stage }) => (stage === '' ? 'start' : stage)))}`);
  for (const name of new Set(site.starts.map((start) => start.name.replace(/-\d+$/, '')))) {
    const times = site.starts.filter((start) => start.name.startsWith(name)).map(({ ms }) => ms);
    times.sort((a, b) => a - b);
    const median = times[Math.floor(times.length / 2)] ?? 0;
    say(
      `${kind}: ${name} was back in ${seconds(median)} (median of ${times.length}), at most ${seconds(times.at(-1) ?? 0)}`,
    );
  }
  say(
    `${kind}: ${counter.lines} lines counted, ${pusher.taken} pushes (${pusher.repeats} sent again, ${pusher.failures} tries failed), ${hook.effects.size} notices in ${hook.deliveries} deliveries, ${run.bells.rung} false bells`,
  );
  say(
    `${kind}: ${failed === 0 ? 'PASSED' : 'FAILED'}: seed ${seed}, ${kills.length} kills, ${Math.round((inWork / total) * 100)} % while a chunk was in work, ${run.checks} checks, ${failed} differences, ${seconds(took)} (${seconds(took / total)} a kill)`,
  );
}

function tally(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
