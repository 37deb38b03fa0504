import { runTask } from './alerts/run-task.js';
import { collect } from './collect.js';
import type { ServiceContext } from './context.js';
import { makeReports } from './reports/make-reports.js';
import { rungFor } from './sweep.js';
import { ownTasks } from './tasks.js';

/** Does what was rung as `JOB@SLOT`, once for each slot; whatever else somebody rings is no task. */
export async function doTask(context: ServiceContext, rung: string, signal: AbortSignal): Promise<void> {
  const id = rungFor(rung);
  const at = id.lastIndexOf('@');
  const [job, slot] = [id.slice(0, at), Number(id.slice(at + 1))];
  const work = workOf(context, job, slot, signal);
  if (work === undefined || !Number.isSafeInteger(slot)) return;
  const began = performance.now();
  const outcome = await runTask(context, { job, slot }, work);
  context.metrics.jobSeconds.observe({ kind: job.split(':')[0] ?? job, outcome }, (performance.now() - began) / 1000);
  if (outcome !== 'skipped') context.log.info({ job, slot, outcome }, 'task');
}

function workOf(
  context: ServiceContext,
  job: string,
  slot: number,
  signal: AbortSignal,
): (() => Promise<string>) | undefined {
  const own = Object.hasOwn(ownTasks, job) ? ownTasks[job] : undefined;
  if (own !== undefined) return () => own.run(context, signal, slot);
  if (job.startsWith('report:')) return () => makeReports(context, job.slice('report:'.length), slot);
  if (!job.startsWith('collect:')) return undefined;
  return async () => {
    const found = await collect(context, job.slice('collect:'.length), signal);
    return found === undefined ? 'nothing to do' : `${found.chunks} chunks`;
  };
}
