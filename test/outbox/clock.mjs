// Loaded before the program (`NODE_OPTIONS=--import`): its clock is as many milliseconds ahead as the file TEST_CLOCK says, and at
// SIGUSR2 it writes into the file TEST_HEAP how many bytes of its heap are in use after a collection. Nothing else is changed.
import { readFileSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

const file = process.env.TEST_CLOCK ?? '';
const [RealDate, realNow] = [Date, Date.now];
/** How old what was read of the file may be, in milliseconds. */
const freshMs = 5;
let [ahead, readAt] = [0, Number.NEGATIVE_INFINITY];

function now() {
  const at = performance.now();
  if (at - readAt > freshMs) {
    readAt = at;
    try {
      ahead = Number(readFileSync(file, 'utf8'));
    } catch {
      // What was read before goes on.
    }
  }
  return realNow() + ahead;
}
RealDate.now = now;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, asked) => Reflect.construct(target, args.length === 0 ? [now()] : args, asked),
  apply: () => new RealDate(now()).toString(),
});

if (isMainThread && process.env.TEST_HEAP !== undefined) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  process.on('SIGUSR2', () => {
    collect();
    writeFileSync(`${process.env.TEST_HEAP}-${process.pid}`, String(process.memoryUsage().heapUsed));
  });
}
