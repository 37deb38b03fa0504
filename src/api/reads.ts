import { readOnly } from '../store/reads/read-only.js';
import type { Db } from '../store/tables.js';
import { limits } from './limits.js';
import { ApiProblem } from './problem.js';

/** Lets a few reads of the database run at a time and some wait, so that readers never take all connections from the workers. */
export function readGate(db: Db): <T>(work: (db: Db) => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= limits.reads) {
      if (waiting.length >= limits.waitingReads)
        throw new ApiProblem(503, 'Too many reads wait already: try again in a few seconds.', {
          headers: { 'retry-after': '5' },
        });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running++;
    try {
      return await readOnly(db, limits.statement, work);
    } finally {
      // The place goes to who waits longest.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
