import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Assembly, readParts } from '../../src/receivers/common/assembly.js';
import { chunkKeyOf } from '../../src/receivers/common/identity.js';
import type { Spool } from '../../src/receivers/common/spool.js';
import { seeded, startChild } from './helpers/processes.js';
import { openSpool, temporaryFolder } from './helpers/spools.js';

/** The body that belongs to a key: from some bytes to some parts. Every line holds the key. */
function bodyOf(key: string): string {
  const random = seeded([...key].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) | 0);
  const lines = random() < 0.04 ? 30_000 + Math.floor(random() * 20_000) : 1 + Math.floor(random() * 50);
  return `${key} line of a proxy log that is not very short\n`.repeat(lines);
}

/** What a drainer would find: each complete push, by chunk key, with how often it stands in the spool. */
async function drained(spool: Spool): Promise<Map<string, { idempotent: string; body: string; times: number }>> {
  const assembly = new Assembly(spool);
  const found = new Map<string, { idempotent: string; body: string; times: number }>();
  for (let after = 0; ; ) {
    const records = await spool.read({ after, maxRecords: 100, maxBytes: 4 << 20 });
    assembly.settle();
    if (records.length === 0) break;
    for (const record of records) {
      after = record.sequence;
      const whole = assembly.add(record);
      if (whole === undefined) continue;
      const pieces: Buffer[] = [];
      for await (const piece of readParts(spool, whole.sequences)) pieces.push(piece);
      const key = chunkKeyOf(spool.id, whole);
      const { times } = found.get(key) ?? { times: 0 };
      found.set(key, {
        idempotent: String(whole.last.meta.key),
        body: String(Buffer.concat(pieces)),
        times: times + 1,
      });
    }
  }
  assembly.settle();
  expect(assembly.releasable).toBe(spool.lastSequence);
  return found;
}

/** Sends pushes one after another until the process is gone. Says which were acknowledged, and which were under way. */
async function push(
  port: number,
  name: string,
  again: string[],
  acknowledged: Set<string>,
  sent: Set<string>,
): Promise<void> {
  for (let i = 0; ; i++) {
    const retried = again.shift();
    const key = retried ?? `${name}-${i}${i % 2 === 0 ? '-again' : '-once'}`;
    sent.add(key);
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        headers: { 'idempotency-key': key, 'content-type': 'text/plain' },
        body: bodyOf(key),
      });
      const { body } = (await answer.json()) as { body: { accepted: number } };
      expect([answer.status, body.accepted]).toEqual([200, bodyOf(key).length]);
      acknowledged.add(key);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      // Half of the senders try again with the same key; the others never do.
      if (key.endsWith('-again')) again.push(key);
      return;
    }
  }
}

// Two lanes at a time: starting a process takes longest.
describe.concurrent('a receiving process', () => {
  for (const lane of [1, 2]) {
    it(`F1 F2 killed 21 times at random points keeps each acknowledged push once, and nothing by halves (lane ${lane})`, async ({
      expect,
    }) => {
      const random = seeded(4711 * lane);
      const folder = join(temporaryFolder(), 'spool');
      const acknowledged = new Set<string>();
      const sent = new Set<string>();
      const again: string[] = [];
      for (let round = 0; round < 21; round++) {
        // Every third round at a fault point, else after some milliseconds.
        const point = ['spool.written', 'spool.synced'][Math.floor(random() * 2)] ?? '';
        const fault = round % 3 === 0 ? [point, String(1 + Math.floor(random() * 30))] : [];
        const child = await startChild(['push', folder, ...fault]);
        if (child === undefined) throw new Error('the child did not start');
        const senders = Array.from({ length: 6 }, (_, i) =>
          push(child.port, `${lane}-${round}-${i}`, again, acknowledged, sent),
        );
        if (fault.length === 0) await new Promise((resolve) => setTimeout(resolve, 10 + random() * 90));
        if (fault.length === 0) await child.kill('SIGKILL');
        else await child.ended;
        await Promise.all(senders);
      }

      const spool = await openSpool({ folder, onGap: (gap) => expect.fail(gap.why) });
      const found = await drained(spool);
      const keys = [...found.values()].map((push) => push.idempotent);
      expect(new Set(keys).size).toBe(keys.length);
      expect([...acknowledged].filter((key) => !keys.includes(key))).toEqual([]);
      expect(keys.filter((key) => !sent.has(key))).toEqual([]);
      for (const { idempotent, body, times } of found.values()) {
        expect(body === bodyOf(idempotent)).toBe(true);
        if (idempotent.endsWith('-once')) expect(times).toBe(1);
      }
      expect(acknowledged.size).toBeGreaterThan(150);
      await spool.close();
    });
  }
});
