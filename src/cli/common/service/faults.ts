import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { listenToFaults } from '../../../core/fault.js';

/**
 * For tests that kill the service: `HALFLIGHT_FAULTS=commit.before=kill@3,work.scanned=stall:500` ends the process at the third pass of
 * a fault point, or waits there; `HALFLIGHT_STAGES=FILE` writes each pass down. Without these variables nothing listens.
 */
export function armFaults(env: NodeJS.ProcessEnv): void {
  const rules = (env.HALFLIGHT_FAULTS ?? '').split(',').filter((rule) => rule.includes('=') && !rule.includes('~'));
  const stages = env.HALFLIGHT_STAGES;
  if (rules.length === 0 && (stages === undefined || stages === '')) return;
  const passes = new Map<string, number>();
  const deeds = new Map(
    rules.map((rule) => {
      const [point = '', deed = ''] = rule.split('=');
      return [point, deed] as const;
    }),
  );
  listenToFaults((point) => {
    const pass = (passes.get(point) ?? 0) + 1;
    passes.set(point, pass);
    if (stages !== undefined && stages !== '') appendFileSync(stages, `${process.pid} ${point}\n`);
    const [deed = '', at = ''] = (deeds.get(point) ?? '').split('@');
    if (deed === '' || (at !== '' && Number(at) !== pass)) return;
    if (deed === 'kill') process.kill(process.pid, 'SIGKILL');
    if (deed === 'throw') throw new Error(`fault point ${point}`);
    if (deed.startsWith('stall:')) return sleep(Number(deed.slice(6)));
  });
}

/** `record~TEXT=exit` of HALFLIGHT_FAULTS: what records that hold a text do to their reader. */
export const poisonOf = (env: NodeJS.ProcessEnv): string | undefined =>
  (env.HALFLIGHT_FAULTS ?? '')
    .split(',')
    .find((rule) => rule.startsWith('record~'))
    ?.slice('record~'.length);
