import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Spool } from '../src/receivers/common/spool.js';
import { claimOwnership } from '../src/store/owner.js';
import { median } from './measure.js';

// Appends to the durable spool by many callers at once, each of whom waits for the sync; then recovery. Every record is read back
// and counted.
//   npx tsx bench/spool.ts --megabytes 60 --rounds 5 --folder /var/tmp
const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '5' },
    folder: { type: 'string', default: tmpdir() },
    recover: { type: 'string', default: '1000' },
  },
});
const folder = mkdtempSync(join(values.folder, 'halflight-bench-spool-'));
const open = (): Promise<Spool> => Spool.open({ folder, claim: claimOwnership, ballast: 0 });

async function fill(spool: Spool, callers: number, size: number, megabytes: number): Promise<number> {
  const count = Math.floor((megabytes * 1e6) / size);
  const payload = Buffer.alloc(size, 'x');
  let left = count;
  const start = performance.now();
  const caller = async (): Promise<void> => {
    while (left-- > 0)
      await spool.append({ source: 's', kind: 'push', receivedAt: 1, meta: { key: 'abcdefgh' }, payload });
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - start) / 1000;
  if (spool.stats().records !== count) throw new Error(`${spool.stats().records} records instead of ${count}`);
  return (count * size) / 1e6 / seconds;
}

let spool = await open();
try {
  for (const [callers, size] of [
    [16, 1000],
    [64, 1000],
    [256, 1000],
    [1000, 1000],
    [8, 65_536],
    [4, 1 << 20],
  ] as const) {
    const rates: number[] = [];
    const before = process.cpuUsage();
    for (let round = 0; round < Number(values.rounds); round++) {
      rates.push(await fill(spool, callers, size, Number(values.megabytes)));
      let read = 0;
      for (let after = spool.lastSequence - spool.stats().records; after < spool.lastSequence; ) {
        const records = await spool.read({ after, maxRecords: 10_000, maxBytes: 8 << 20 });
        after = records.at(-1)?.sequence ?? Number.POSITIVE_INFINITY;
        read += records.length;
      }
      if (read !== spool.stats().records) throw new Error(`${read} records read of ${spool.stats().records}`);
      await spool.release(spool.lastSequence);
      // A small last segment stays until the next is begun.
      await spool.close();
      spool = await open();
      await spool.release(spool.lastSequence);
    }
    const { user, system } = process.cpuUsage(before);
    const cpu = (user + system) / 1e6 / rates.length;
    console.log(
      `${callers} callers, ${size} bytes: ${median(rates).toFixed(1)} MB/s, ${cpu.toFixed(2)} s of processor`,
    );
  }
  await fill(spool, 16, 65_536, Number(values.recover));
  await spool.close();
  const start = performance.now();
  spool = await open();
  console.log(`recovery of ${values.recover} MB: ${((performance.now() - start) / 1000).toFixed(2)} s`);
} finally {
  await spool.close();
  rmSync(folder, { recursive: true, force: true });
}
