import type { Catalog } from '../../catalog/compile.js';
import { defaultConfig } from '../../config/schema.js';
import type { InventoryEntry } from '../../core/register.js';
import { answerWithinOf } from '../../inventory/requests.js';
import type { ServiceContext } from '../../jobs/context.js';
import { InWork } from '../../jobs/in-work.js';
import { Lanes } from '../../jobs/lanes.js';
import { createMetrics } from '../../jobs/metrics.js';
import { reconcileService } from '../../jobs/reconcile.js';
import { RegisterCache } from '../../jobs/registers.js';
import { type RegisterFiles, syncRegisters } from '../../jobs/sync-registers.js';
import { createEgress } from '../../net/egress.js';
import type { Person } from '../../people/person.js';
import { markDue } from '../../store/claims.js';
import { dueServices, usedServices } from '../../store/findings.js';
import { loadInstances } from '../../store/instances.js';
import type { Db } from '../../store/tables.js';
import { signerFor } from './service/keys.js';

/** What a scan knows beside its logs. Registers that no file was named for are undefined. */
export interface ScanRegisters {
  catalog: Catalog;
  zone: string;
  folder: string;
  people: readonly Person[] | undefined;
  inventory: readonly InventoryEntry[] | undefined;
}

/**
 * Keeps registers and findings of a scan beside its results, as the service would: reports, exports and evidence are made of these.
 * A service that runs on the same database does it itself, by its own registers. Nothing is told to anybody: what a scan finds is in
 * its report.
 */
export async function keepFindings(db: Db, registers: ScanRegisters): Promise<void> {
  const now = Date.now();
  await markDue(db, await usedServices(db), now, null);
  if ((await loadInstances(db)).length > 0) return;
  const context = contextOf(db, registers);
  const files: RegisterFiles = { people: registers.people, inventory: registers.inventory };
  try {
    await syncRegisters(context, files);
    for (let due = await dueServices(db, 500); due.length > 0; due = await dueServices(db, 500))
      for (const item of due) await reconcileService(context, item);
  } finally {
    await context.egress().close();
  }
}

/** The parts of a service that reconciling needs; nothing of it runs by itself. */
function contextOf(db: Db, { catalog, zone, folder }: ScanRegisters): ServiceContext {
  const config = defaultConfig();
  const { findings, work } = config;
  const egress = createEgress({});
  const quiet = (): void => {};
  return {
    db,
    catalog,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    now: Date.now,
    setup: () => ({
      zone,
      sources: [],
      channels: [],
      alerts: { sensitive_groups: [], quiet_hours: [], rules: [] },
      net: {},
      work: { concurrency: 1, chunkDeadline: work.chunk_deadline, keptInput: work.kept_input },
      findings: { window: findings.window, quiet: findings.quiet },
      answerWithin: answerWithinOf(config),
      retention: { usage: undefined, evidence: undefined, quarantine: undefined, history: undefined },
      people: undefined,
      inventory: undefined,
    }),
    collectors: new Map(),
    channels: new Map(),
    egress: () => egress,
    registers: new RegisterCache(db, undefined, 0),
    metrics: createMetrics(),
    instance: () => 'scan',
    inWork: new InWork(),
    lanes: new Lanes(),
    ring: quiet,
    seal: () => {
      throw new Error('a scan seals nothing');
    },
    signer: signerFor({ ...config, data: folder }),
    pseudonymOf: () => {
      throw new Error('a scan writes to nobody');
    },
  };
}
