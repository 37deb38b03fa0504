// One collection in a process of its own, which the test kills: `node --import tsx test/chaos/one-collection.ts`, told what to do by CHAOS.
import type { PoolConfig } from 'pg';
import { compileCatalog } from '../../src/catalog/compile.js';
import type { Collector } from '../../src/collectors/common/collector.js';
import { collector } from '../../src/collectors/entra.js';
import { collect } from '../../src/jobs/collect.js';
import { createMetrics } from '../../src/jobs/metrics.js';
import type { ServiceSetup } from '../../src/jobs/setup.js';
import { createEgress } from '../../src/net/egress.js';
import { openDb } from '../../src/store/db.js';

/** What it is told, as JSON. */
export interface Collection {
  connection: PoolConfig;
  setup: ServiceSetup;
  source: string;
  /** Milliseconds since 1970: its clock. */
  now: number;
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const { connection, setup, source, now } = JSON.parse(process.env.CHAOS ?? '') as Collection;
const db = openDb({ ...connection, max: 3 });
const egress = createEgress(setup.net);
const found = await collect(
  {
    db,
    log: silent,
    now: () => now,
    setup: () => setup,
    collectors: new Map([['entra', collector as Collector]]),
    channels: new Map(),
    egress: () => egress,
    metrics: createMetrics(),
    catalog: compileCatalog([]),
    ring: () => {},
  },
  source,
  new AbortController().signal,
  // A line a page: what the process holds, in bytes.
  { byHand: true, progress: () => process.stdout.write(`${process.memoryUsage.rss()}\n`) },
);
process.stdout.write(found === undefined ? 'busy\n' : 'done\n');
await egress.close();
await db.destroy();
