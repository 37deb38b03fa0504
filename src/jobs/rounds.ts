import { noteSlot } from '../store/job-runs.js';
import { alertRound } from './alerts/round.js';
import { areFeedsStale } from './blocklists/grounds.js';
import type { ServiceContext } from './context.js';
import { checkSources } from './health.js';
import { isHistoryStale } from './people/re-resolve.js';
import type { Round } from './schedule.js';
import { sweep } from './sweep.js';

/** What the leader does at each round; `syncRegisters` takes the registers' files in. */
export async function doRound(
  context: ServiceContext,
  round: Round,
  syncRegisters: () => Promise<void>,
): Promise<void> {
  if (round === 'sweep') await sweep(context);
  else if (round === 'health') await checkSources(context);
  else if (round === 'alerts') await alertRound(context);
  else {
    await syncRegisters();
    await resolveHistory(context);
    await makeBlockLists(context);
  }
}

/** Other people or leases: history is looked at again, at most once a minute. */
async function resolveHistory(context: ServiceContext): Promise<void> {
  if (!(await isHistoryStale(context))) return;
  const slot = Math.floor(context.now() / 60_000);
  if (await noteSlot(context.db, 'resolve', slot)) context.ring('task', `resolve@${slot}`);
}

/** Another register, catalog, configuration or day: the lists are made anew, at most once in ten seconds. */
async function makeBlockLists(context: ServiceContext): Promise<void> {
  if (!(await areFeedsStale(context))) return;
  const slot = Math.floor(context.now() / 10_000);
  if (await noteSlot(context.db, 'blocklists', slot)) context.ring('task', `blocklists@${slot}`);
}
