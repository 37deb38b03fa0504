import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Channel } from '../alerts/common/channel.js';
import type { Catalog } from '../catalog/compile.js';
import type { Collector } from '../collectors/common/collector.js';
import { acknowledgeKeyOf } from '../core/acknowledge-link.js';
import type { Signer } from '../core/signed-note.js';
import { createEgress, type Egress } from '../net/egress.js';
import { pseudonym } from '../people/privacy.js';
import { serverVersion } from '../store/reads/server.js';
import type { Db } from '../store/tables.js';
import { Bells } from './bells.js';
import { collect } from './collect.js';
import type { Log } from './context.js';
import { deliver } from './deliver.js';
import { InWork } from './in-work.js';
import type { IngestContext } from './ingest/context.js';
import { ingest } from './ingest/ingest.js';
import { Scanner } from './ingest/scanner.js';
import { Lanes } from './lanes.js';
import { Lives } from './lives.js';
import { createMetrics, type Metrics } from './metrics.js';
import { LeaseCache } from './people/lease-cache.js';
import type { Handler, JobKind, Queue } from './queue.js';
import { reconcileDue } from './reconcile.js';
import { RegisterCache } from './registers.js';
import { doRound } from './rounds.js';
import { schedule } from './schedule.js';
import { seal } from './seal.js';
import type { ServiceSetup } from './setup.js';
import { rungFor, sweep, sweepSources } from './sweep.js';
import { type RegisterFiles, syncRegisters } from './sync-registers.js';
import { doTask } from './task.js';

/** What a process of the service is made from; opened and closed by the composition root. */
export interface RuntimeParts {
  db: Db;
  queue: Queue;
  log: Log;
  version: string;
  /** `serve`, `work`, `schedule`: for who looks at the processes. */
  role: string;
  setup: ServiceSetup;
  catalog: Catalog;
  collectors: ReadonlyMap<string, Collector>;
  channels: ReadonlyMap<string, Channel>;
  sealKey: Uint8Array;
  /** Signs what leaves the house as this installation's word. */
  signer: Signer;
  /** Key of the pseudonyms of people. */
  pseudonymKey: string;
  /** Reads the register files, as far as this process has them. */
  registerFiles(): Promise<RegisterFiles>;
  /** For tests: see ThreadData. */
  poison?: string | undefined;
  now?: (() => number) | undefined;
  /** No other process can work on this database at the same time. */
  alone?: boolean | undefined;
}

export interface Roles {
  /** Scan, collect, reconcile, deliver. */
  work: boolean;
  /** Decide when. */
  schedule: boolean;
}

/** A job of deliveries lasts as long as its slowest channel: so many slow ones leave room for the others. */
const lanesAtOnce = 16;
const localSweepMs = 5000;
const giveBackMs = 2000;

/** A running process of the service. Starting is recovering: there is no other way to begin. */
export class Runtime {
  readonly context: IngestContext;
  readonly metrics: Metrics;
  readonly #parts: RuntimeParts;
  readonly #lives: Lives;
  readonly #bells: Bells;
  readonly #stop = new AbortController();
  readonly #loops: Promise<unknown>[] = [];
  #setup: ServiceSetup;
  #catalog: Catalog;
  #egress: Egress;
  readonly #leases: LeaseCache;
  #scanner: { scanner: Scanner; people: string } | undefined;

  constructor(parts: RuntimeParts) {
    this.#parts = parts;
    this.#setup = parts.setup;
    this.#catalog = parts.catalog;
    this.#egress = createEgress(parts.setup.net);
    this.metrics = createMetrics();
    const now = parts.now ?? Date.now;
    this.#leases = new LeaseCache(parts.db, now);
    this.#lives = new Lives({ db: parts.db, log: parts.log, now }, parts.role, parts.version);
    const onError = (error: Error, kind: JobKind): void => this.#queueError(error, kind);
    this.#bells = new Bells(parts.queue, `${process.pid}-${now().toString(36)}`, onError);
    const catalog = (): Catalog => this.#catalog;
    this.context = {
      get catalog() {
        return catalog();
      },
      db: parts.db,
      log: parts.log,
      now,
      setup: () => this.#setup,
      collectors: parts.collectors,
      channels: parts.channels,
      egress: () => this.#egress,
      registers: new RegisterCache(parts.db),
      metrics: this.metrics,
      instance: () => this.#lives.id,
      inWork: new InWork(),
      lanes: new Lanes(),
      ring: (kind, id, options) => this.#bells.ring(kind, id, options),
      seal: (bytes) => seal(parts.sealKey, bytes),
      acknowledgeKey: acknowledgeKeyOf(parts.sealKey),
      signer: parts.signer,
      pseudonymOf: (person) => pseudonym(parts.pseudonymKey, { kind: 'person', id: person }),
      scanner: () => this.#scannerOfNow(),
    };
  }

  async start(roles: Roles): Promise<void> {
    const { queue, db, setup, log } = this.#parts;
    await this.#lives.begin();
    if (this.#parts.alone === true) await this.#lives.inherit();
    const signal = this.#stop.signal;
    this.#loop(this.#lives.watch(signal, (chunks) => this.#ringAll(chunks)));
    if (roles.work) {
      const consume = async (kind: JobKind, concurrency: number, handler: Handler): Promise<void> => {
        this.#bells.answer(kind, handler);
        await queue.consume(kind, handler, { concurrency });
      };
      await consume('ingest', setup.work.concurrency, (id) => this.#ingest(id));
      await consume('collect', 4, async (id, job) => void (await collect(this.context, id, job.signal)));
      await consume('reconcile', 1, (_id, job) => reconcileDue(this.context, job.signal));
      await consume('deliver', lanesAtOnce, (_id, job) => deliver(this.context, job.signal));
      await consume('task', 2, (id) => doTask(this.context, id, signal));
      (await this.#scannerOfNow()).warm();
      this.#loop(this.#sweepLocally());
      this.#loop(this.#giveBack());
    }
    if (roles.schedule)
      this.#loop(schedule(this.context, signal, (round) => doRound(this.context, round, () => this.syncRegisters())));
    log.info({ instance: this.#lives.id, ...roles, database: await serverVersion(db) }, 'started');
  }

  /**
   * Takes a changed configuration and catalog up, as far as that goes without a restart (the caller says what does not). Chunks in work
   * are read to their end by the catalog that they were begun with; `syncRegisters` has findings looked at again.
   */
  reload(setup: ServiceSetup, catalog: Catalog): void {
    // The same one stays: what is remembered of hosts hangs on it.
    if (catalog.hash !== this.#catalog.hash || catalog.release?.version !== this.#catalog.release?.version)
      this.#catalog = catalog;
    const { zone } = this.#setup;
    const { concurrency } = this.#setup.work;
    if (!isDeepStrictEqual(this.#setup.net, setup.net)) {
      const old = this.#egress;
      this.#egress = createEgress(setup.net);
      void old.close();
    }
    this.#setup = { ...setup, zone, work: { ...setup.work, concurrency } };
    this.#scanner = this.#scanner && { ...this.#scanner, people: '' };
  }

  /** What is read of the registers' files now counts at once. */
  async syncRegisters(): Promise<void> {
    await syncRegisters(this.context, await this.#parts.registerFiles());
  }

  /**
   * Takes no more work and ends what is running: what is not done after the grace time is repeated by another process. Crash is the
   * normal stop; this only hurries.
   */
  async stop(graceMs = 8000): Promise<void> {
    this.#stop.abort();
    this.#bells.close();
    await this.#parts.queue.close(graceMs);
    this.#scanner?.scanner.close();
    await Promise.race([Promise.allSettled(this.#loops), sleep(1000)]);
    await this.#lives.end().catch(() => []);
    await this.#egress.close();
  }

  get stopping(): boolean {
    return this.#stop.signal.aborted;
  }

  async #ingest(id: string): Promise<void> {
    const chunk = Number(rungFor(id));
    if (Number.isSafeInteger(chunk) && chunk > 0) await ingest(this.context, chunk);
  }

  /** While the queue is away the bells of the leader's sweep do not arrive: each worker sweeps for itself. */
  async #sweepLocally(): Promise<void> {
    while (!this.stopping) {
      await sleep(localSweepMs, undefined, { signal: this.#stop.signal }).catch(() => {});
      if (this.stopping || (await this.#parts.queue.reachable())) continue;
      try {
        await sweep(this.context);
        await sweepSources(this.context);
      } catch (error) {
        this.#parts.log.warn({ why: error instanceof Error ? error.message : String(error) }, 'sweeping failed');
      }
    }
  }

  /** What the database thinks is in work here after it was away, and is not. */
  async #giveBack(): Promise<void> {
    while (!this.stopping) {
      await sleep(giveBackMs, undefined, { signal: this.#stop.signal }).catch(() => {});
      if (this.stopping) return;
      this.#ringAll(await this.context.inWork.giveBack(this.#parts.db, this.#lives.id).catch(() => []));
    }
  }

  async #scannerOfNow(): Promise<Scanner> {
    const people = await this.context.registers.people();
    const leases = await this.#leases.buffer();
    if (this.#scanner?.people === people.hash) {
      this.#scanner.scanner.useLeases(leases);
      return this.#scanner.scanner;
    }
    const catalog = this.#catalog;
    const data = {
      catalogHash: catalog.hash,
      services: [...catalog.services.values()],
      lowConfidence: catalog.lowConfidenceList.text,
      people: people.body,
      leases,
      zone: this.#setup.zone,
      net: this.#setup.net,
      poison: this.#parts.poison,
    };
    if (this.#scanner === undefined) {
      this.#scanner = { scanner: new Scanner(this.#setup.work.concurrency, data), people: people.hash };
    } else {
      this.#scanner.scanner.renew(data);
      this.#scanner.people = people.hash;
    }
    return this.#scanner.scanner;
  }

  #ringAll(chunks: readonly number[]): void {
    for (const id of chunks) this.#bells.ring('ingest', String(id));
  }

  #queueError(error: Error, kind: JobKind): void {
    this.metrics.queueErrors.inc({ kind });
    this.#parts.log.debug({ kind, why: error.message }, 'the queue');
  }

  #loop(loop: Promise<unknown>): void {
    this.#loops.push(
      loop.catch((error: unknown) => this.#parts.log.error({ err: error }, 'a loop of the service ended')),
    );
  }
}
