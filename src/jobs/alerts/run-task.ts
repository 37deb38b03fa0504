import { runSlot } from '../../store/job-runs.js';
import type { ServiceContext } from '../context.js';
import { evaluate } from './evaluate.js';
import { jobFact } from './facts.js';

/** Runs a slot of a job (`runSlot`); that it failed again and again, or no longer does, is news with its outcome. */
export async function runTask(
  context: ServiceContext,
  slot: { job: string; slot: number },
  work: () => Promise<string>,
): Promise<'skipped' | 'done' | 'failed'> {
  let alerted = false;
  try {
    return await runSlot(context.db, slot, work, context.now, async (trx) => {
      alerted = await evaluate(trx, context, [await jobFact(trx, slot.job)]);
    });
  } finally {
    if (alerted) context.ring('deliver', 'due');
  }
}
