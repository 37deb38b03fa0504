import { hourlyCheckpoint } from './audit/hourly.js';
import { verifyWholeLog } from './audit/whole.js';
import { makeBlockLists } from './blocklists/make.js';
import type { ServiceContext } from './context.js';
import { sendNudges } from './nudges/send.js';
import { reResolve } from './people/re-resolve.js';
import { recheck } from './recheck.js';
import { retention } from './retention.js';
import type { ServiceSetup } from './setup.js';

/** What the service does by itself at set times. */
export interface OwnTask {
  /** When: a cron expression in the organisation's zone, or what the configuration says. Without one it runs when it is rung. */
  cron?: string | ((setup: ServiceSetup) => string | undefined);
  /** May run twice, and again after it was killed anywhere. Says in a few words what it did. */
  run(context: ServiceContext, signal: AbortSignal, slot: number): Promise<string>;
}

/** By name; each is run once for each of its slots (`job-runs.ts`). */
export const ownTasks: Readonly<Record<string, OwnTask>> = {
  checkpoint: { cron: '0 * * * *', run: hourlyCheckpoint },
  'audit-verify': { cron: ({ audit }) => audit?.verifyAt, run: verifyWholeLog },
  retention: { cron: '10 3 * * *', run: retention },
  recheck: { cron: '5 0 * * *', run: recheck },
  blocklists: { run: makeBlockLists },
  nudges: { cron: '25 * * * *', run: sendNudges },
  resolve: { run: (context, signal) => reResolve(context, signal) },
  'resolve-all': { cron: '40 3 * * *', run: (context, signal) => reResolve(context, signal, { whole: true }) },
};
