import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll } from 'vitest';
import type { Channel } from '../../src/alerts/common/channel.js';
import { compileCatalog } from '../../src/catalog/compile.js';
import type { Service } from '../../src/catalog/schema.js';
import type { Collector } from '../../src/collectors/common/collector.js';
import { collector as folder } from '../../src/collectors/folder.js';
import { defaultConfig } from '../../src/config/schema.js';
import { signerOf } from '../../src/core/signed-note.js';
import { answerWithinOf } from '../../src/inventory/requests.js';
import { deliver } from '../../src/jobs/deliver.js';
import { InWork } from '../../src/jobs/in-work.js';
import type { IngestContext } from '../../src/jobs/ingest/context.js';
import { ingest } from '../../src/jobs/ingest/ingest.js';
import { Scanner } from '../../src/jobs/ingest/scanner.js';
import { Lanes } from '../../src/jobs/lanes.js';
import { createMetrics } from '../../src/jobs/metrics.js';
import type { EnqueueOptions, JobKind } from '../../src/jobs/queue.js';
import { reconcileDue } from '../../src/jobs/reconcile.js';
import { RegisterCache } from '../../src/jobs/registers.js';
import { seal } from '../../src/jobs/seal.js';
import type { ServiceSetup, SourceSetup } from '../../src/jobs/setup.js';
import { createEgress } from '../../src/net/egress.js';
import { registerInstance } from '../../src/store/instances.js';
import { takeOver } from '../../src/store/intake.js';
import { syncSources } from '../../src/store/sources.js';
import type { Db } from '../../src/store/tables.js';
import { service } from '../helpers/service.js';

export const noon = Date.UTC(2026, 9, 5, 12);
export const dayMs = 86_400_000;
export const sealKey = Buffer.alloc(32, 7);
export const signer = signerOf('halflight.test/log', generateKeyPairSync('ed25519').privateKey);

/** Two services whose hosts no real one has. */
export const services: readonly Service[] = [
  service({ id: 'chat', hosts: ['chat.example'] }),
  service({ id: 'draw', hosts: ['draw.example'], category: 'image' }),
];

/** A source that is pushed to, or a watched folder where a path is given. */
export const sourceOf = (id: string, change: Partial<SourceSetup> = {}): SourceSetup => ({
  id,
  kind: 'push',
  role: 'receiver',
  options: {},
  format: undefined,
  mapping: undefined,
  logZone: 'UTC',
  provenance: 'reported',
  every: undefined,
  schedule: undefined,
  expectEvery: undefined,
  ...change,
});

export const setupOf = (change: Partial<ServiceSetup> = {}): ServiceSetup => ({
  zone: 'UTC',
  sources: [sourceOf('proxy')],
  channels: [],
  alerts: { sensitive_groups: [], quiet_hours: [], rules: [] },
  net: {},
  work: { concurrency: 2, chunkDeadline: 30_000, keptInput: 30 * dayMs },
  findings: { window: 90 * dayMs, quiet: 30 * dayMs },
  answerWithin: answerWithinOf(defaultConfig()),
  retention: { usage: undefined, evidence: undefined, quarantine: undefined, history: undefined },
  people: undefined,
  inventory: undefined,
  ...change,
});

export interface Ring {
  kind: JobKind;
  id: string;
  options: EnqueueOptions | undefined;
}

/** A process of the service without its loops: what its jobs share, on a real database and with real threads. */
export interface TestService {
  db: Db;
  context: IngestContext;
  /** Milliseconds since 1970 by its clock: set it. */
  clock: { now: number };
  rings: Ring[];
  /** Everything that is logged, a line each. */
  logged: string[];
  /** Answers the bells until none rings: scans, reconciles, delivers. Delayed ones are left. */
  answer(): Promise<void>;
}

export interface TestServiceOptions {
  setup?: ServiceSetup;
  services?: readonly Service[];
  poison?: string;
  channels?: ReadonlyMap<string, Channel>;
  now?: number;
  /** Without it messages have no links. */
  acknowledgeKey?: Uint8Array;
}

const scanners = new Map<string, Scanner>();
afterAll(() => {
  for (const scanner of scanners.values()) scanner.close();
});

/** Threads take seconds to start: those with the same data are shared by the tests of a file. */
function scannerFor(all: readonly Service[], zone: string, poison: string | undefined): Scanner {
  const key = JSON.stringify([all.map(({ id, hosts }) => [id, hosts]), zone, poison]);
  const scanner =
    scanners.get(key) ??
    new Scanner(2, {
      catalogHash: compileCatalog(all).hash,
      services: all,
      lowConfidence: '',
      people: [],
      zone,
      net: {},
      poison,
    });
  scanners.set(key, scanner);
  return scanner;
}

export async function testService(db: Db, options: TestServiceOptions = {}): Promise<TestService> {
  const {
    setup = setupOf(),
    services: all = services,
    poison,
    channels = new Map(),
    now = noon,
    acknowledgeKey,
  } = options;
  const clock = { now };
  const rings: Ring[] = [];
  const logged: string[] = [];
  const keep = (about: object, message: string): void => {
    const { err } = about as { err?: unknown };
    logged.push(`${message} ${JSON.stringify(about)} ${err instanceof Error ? (err.stack ?? '') : ''}`);
  };
  await syncSources(db, setup.sources, now);
  const id = await registerInstance(db, 'test', '0', now);
  const egress = createEgress(setup.net);
  const context: IngestContext = {
    db,
    log: { debug: keep, info: keep, warn: keep, error: keep },
    now: () => clock.now,
    setup: () => setup,
    catalog: compileCatalog(all),
    collectors: new Map([['folder', folder as Collector]]),
    channels,
    egress: () => egress,
    registers: new RegisterCache(db, undefined, 0),
    metrics: createMetrics(),
    instance: () => id,
    inWork: new InWork(),
    lanes: new Lanes(),
    ring: (kind, ringId, ringOptions) => rings.push({ kind, id: ringId, options: ringOptions }),
    seal: (bytes) => seal(sealKey, bytes),
    signer,
    acknowledgeKey,
    pseudonymOf: (id) => `person-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`,
    scanner: () => Promise.resolve(scannerFor(all, setup.zone, poison)),
  };
  const signal = new AbortController().signal;
  return {
    db,
    context,
    clock,
    rings,
    logged,
    async answer() {
      for (let ring = rings.shift(); ring !== undefined; ring = rings.shift()) {
        if ((ring.options?.delay ?? 0) > 0) continue;
        if (ring.kind === 'ingest') await ingest(context, Number(ring.id));
        if (ring.kind === 'reconcile') await reconcileDue(context, signal);
        if (ring.kind === 'deliver') await deliver(context, signal);
      }
    },
  };
}

/** Pushes bytes to a source as a chunk of their own, as the drain of a spool does. */
export async function push(
  { db, clock }: Pick<TestService, 'db' | 'clock'>,
  text: string | Buffer,
  source = 'proxy',
  key = `test:${randomUUID()}`,
): Promise<number> {
  const [id] = await takeOver(
    db,
    randomUUID(),
    [{ sequence: 1, source, pushKey: undefined }],
    async () => [
      {
        source,
        key,
        name: 'push',
        place: undefined,
        size: text.length,
        modified: clock.now,
        receivedAt: clock.now,
        parts: (async function* () {
          yield Buffer.from(text);
        })(),
      },
    ],
    clock.now,
  );
  if (id === undefined) throw new Error('the push made no chunk');
  return id;
}

/** A line as Squid writes it. */
export const squidLine = (host: string, user = 'ada', at = noon, path = '/'): string =>
  `${(at / 1000).toFixed(3)}    506 10.1.2.3 TCP_MISS/200 1763 GET http://${host}${path} ${user} HIER_DIRECT/198.51.100.7 text/html\n`;

/** Every row of every table as text, sorted; without those of processes and of the schema. */
export async function dumpAll(db: Db, but: readonly string[] = []): Promise<Record<string, string[]>> {
  const { rows: tables } = await sql<{ name: string }>`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition and c.relname not like 'kysely%'
    order by 1`.execute(db);
  const all: Record<string, string[]> = {};
  for (const { name } of tables) {
    if (name === 'instance' || but.includes(name)) continue;
    const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.table(name)} t`.execute(db);
    all[name] = rows.map(({ row }) => row).sort();
  }
  return all;
}

/** Empties all tables, so that tests can share a database, which takes long to make. */
export async function clear(db: Db): Promise<void> {
  const appendOnly = ['audit', 'audit_tree', 'audit_checkpoint'];
  for (const table of appendOnly) await sql`alter table ${sql.table(table)} disable trigger user`.execute(db);
  await sql`truncate chunk, chunk_reject_count, chunk_input, chunk_usage, chunk_use, usage, usage_trace, usage_day, usage_service_day, evidence, candidate, candidate_decision, quarantine, source,
    source_cursor, source_record, provider_state, source_hour, source_gap, source_finding, token, push_key, spool, register, finding, finding_history,
    reconcile_due, outbox, audit, audit_tree, audit_checkpoint, legal_hold, instance, job_run, address_lease, actor_resolution, report, alert, alert_history, alert_fact, inventory_version, inventory_load, decision, blocklist_version, blocklist_feed, register_trouble, nudge restart identity cascade`.execute(
    db,
  );
  for (const table of appendOnly) await sql`alter table ${sql.table(table)} enable trigger user`.execute(db);
}
