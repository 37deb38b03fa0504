import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { loadTotals } from '../store/ledger.js';
import { countDeliveries } from '../store/outbox.js';
import { countChunks } from '../store/reads/counts.js';
import type { ApiDeps } from './deps.js';
import type { Pressure } from './pressure.js';
import type { Recent } from './recent.js';

export interface Measures {
  /** Everything measured, in Prometheus' text format. Asked often it costs the database nothing more. */
  text(): Promise<string>;
  /** One request was answered. `path`: that of the route, never of the request. */
  observe(path: string, method: string, status: number, milliseconds: number): void;
}

/** How long what was read from the database counts. */
const freshFor = 5000;

/** Columns of the coverage ledger, as they are told. */
const ledger = {
  received: 'Records that arrived: landed, rejected and quarantined together',
  landed: 'Records that were read',
  rejected: 'Records that could not be read',
  quarantined: 'Records set aside because they ended what read them',
  refused: 'Pushes that were not taken',
  missing: 'Lines or datagrams known to be missing',
  hits: 'Events and attempts of AI services',
  bytes: 'Bytes scanned, decompressed',
  chunks: 'Pieces of input that are done',
} as const;

/** What the API measures, beside what others put into `deps.metrics`. */
export function createMeasures(deps: ApiDeps, pressure: Pressure, recent: Recent): Measures {
  const registers = [new Registry()];
  const [own] = registers as [Registry];
  collectDefaultMetrics({ register: own });
  const requests = new Histogram({
    name: 'halflight_http_request_seconds',
    help: 'Time to answer a request, from its headers to the end of the answer',
    labelNames: ['path', 'method', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });
  new Gauge({
    name: 'halflight_event_loop_lag_seconds',
    help: 'How late the event loop was in the last half second; reads get 503 from 1 s on',
    registers,
    collect() {
      this.set(pressure.lag / 1000);
    },
  });
  new Gauge({ name: 'halflight_build_info', help: 'The version', labelNames: ['version'], registers }).set(
    { version: deps.version },
    1,
  );
  const up = new Gauge({ name: 'halflight_database_up', help: 'Whether the database answered', registers });
  const fill = databaseMeasures(deps, registers);
  // Without the database everything else is still told.
  const ask = (): Promise<void> =>
    fill().then(
      () => up.set(1),
      (error: unknown) => {
        up.set(0);
        deps.log.warn({ err: error }, 'Metrics of the database cannot be read.');
      },
    );
  const text = async (): Promise<string> => {
    await recent('metrics', freshFor, ask);
    return Registry.merge([own, deps.metrics]).metrics();
  };
  return {
    text,
    observe: (path, method, status, milliseconds) =>
      requests.observe({ path: path === '' ? 'none' : path, method: methodLabel(method), status }, milliseconds / 1000),
  };
}

/** Names of methods come from outside, and are labels only where they are known. */
const methodLabel = (method: string): string => (/^(GET|HEAD|POST|PUT|PATCH|DELETE)$/.test(method) ? method : 'other');

function databaseMeasures({ db, queueDepth }: ApiDeps, registers: Registry[]): () => Promise<void> {
  const bySource = Object.entries(ledger).map(
    ([column, help]) =>
      [
        column as keyof typeof ledger,
        new Counter({ name: `halflight_source_${column}_total`, help, labelNames: ['source'], registers }),
      ] as const,
  );
  const chunks = new Gauge({
    name: 'halflight_chunks',
    help: 'Pieces of input that are not done, by state',
    labelNames: ['state'],
    registers,
  });
  const outbox = new Gauge({
    name: 'halflight_outbox_deliveries',
    help: 'Deliveries by channel and state',
    labelNames: ['channel', 'state'],
    registers,
  });
  const queue = new Gauge({ name: 'halflight_queue_jobs', help: 'Jobs that wait', registers });
  return async () => {
    const [totals, states, deliveries, depth] = await Promise.all([
      loadTotals(db),
      countChunks(db),
      countDeliveries(db),
      queueDepth(),
    ]);
    for (const [column, counter] of bySource) {
      counter.reset();
      for (const row of totals) counter.inc({ source: row.source }, row[column]);
    }
    chunks.reset();
    for (const state of ['pending', 'split', 'quarantined', 'duplicate', 'lost']) chunks.set({ state }, 0);
    for (const { state, count } of states) chunks.set({ state }, count);
    outbox.reset();
    for (const { channel, state, count } of deliveries) outbox.set({ channel, state }, count);
    if (depth !== undefined) queue.set(depth);
  };
}
