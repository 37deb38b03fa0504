import { undoneChunks } from '../store/claims.js';
import { unfinishedSlots } from '../store/job-runs.js';
import { freeOrphans } from '../store/leases.js';
import { waitingChannels } from '../store/outbox.js';
import { loadSources } from '../store/sources.js';
import type { ServiceContext } from './context.js';

const atOnce = 500;
/**
 * Share of the sweeps that ring under another name: a job under the usual one may be there and never be run, as somebody who writes into
 * the queue can have it.
 */
const otherName = 0.5;

/** What a bell is for, without the name under which it was rung. */
export const rungFor = (id: string): string => id.replace(/~[^~@]*$/, '');

/**
 * Rings again for everything that the database says is undone: chunks, slots, deliveries, services to look at. So nothing depends
 * on the queue: it may be emptied, forged, or away.
 */
export async function sweep(context: ServiceContext): Promise<{ chunks: number }> {
  const { db, now } = context;
  await freeOrphans(db);
  const chunks = await undoneChunks(db, now(), atOnce);
  const name = Math.random() < otherName ? `~${Math.random().toString(36).slice(2)}` : '';
  for (const id of chunks) context.ring('ingest', `${id}${name}`);
  for (const { job, slot } of await unfinishedSlots(db)) context.ring('task', `${job}@${slot}${name}`);
  if ((await waitingChannels(db)).length > 0) context.ring('deliver', 'due');
  context.ring('reconcile', 'due');
  return { chunks: chunks.length };
}

/** Asks sources that are due, while the bells of who schedules do not arrive. Several processes may: one collects at a time. */
export async function sweepSources({ db, now, setup, ring }: ServiceContext): Promise<void> {
  const lastRun = new Map((await loadSources(db)).map((source) => [source.id, source.lastRunAt ?? 0]));
  for (const { id, role, every } of setup().sources) {
    const last = lastRun.get(id);
    if (role === 'collector' && every !== undefined && last !== undefined && now() - last >= every) ring('collect', id);
  }
}
