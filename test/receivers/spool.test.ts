import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { draft, openSpool, readAll, temporaryFolder, texts } from './helpers/spools.js';

const bytesIn = (folder: string): number =>
  readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

describe('the spool', () => {
  it('gives back what was appended, in order, again and again, also after it was opened anew', async () => {
    const folder = join(temporaryFolder(), 'spool');
    const spool = await openSpool({ folder });
    const first = await spool.append(draft('one\n', { meta: { key: 'k', at: 'ü' }, kind: 'syslog' }));
    const rest = await Promise.all(['two\n', 'three\n'].map((text) => spool.append(draft(text))));
    expect([first, ...rest].map((done) => done.sequence)).toEqual([1, 2, 3]);
    expect(texts(await readAll(spool))).toEqual(['one\n', 'two\n', 'three\n']);
    expect(texts(await readAll(spool, 1))).toEqual(['two\n', 'three\n']);
    const { id } = spool;
    await spool.close();

    const again = await openSpool({ folder });
    expect(again.id).toBe(id);
    expect(await readAll(again)).toEqual([
      { ...draft('one\n', { meta: { key: 'k', at: 'ü' }, kind: 'syslog' }), sequence: 1, part: undefined },
      { ...draft('two\n'), sequence: 2, part: undefined },
      { ...draft('three\n'), sequence: 3, part: undefined },
    ]);
    expect(again.stats()).toMatchObject({ records: 3, lastSequence: 3, oldest: 1_700_000_000_000, state: 'ok' });
    await again.close();
  });

  it('never uses a sequence twice, also when everything was released and deleted', async () => {
    const folder = join(temporaryFolder(), 'spool');
    let last = 0;
    for (let round = 0; round < 6; round++) {
      const spool = await openSpool({ folder, segmentBytes: 4000 });
      for (let i = 0; i < 5 * round; i++) {
        const { sequence } = await spool.append(draft('x'.repeat(700)));
        expect(sequence).toBeGreaterThan(last);
        last = sequence;
      }
      if (round % 2 === 0) await spool.release(last);
      await spool.close();
    }
  });

  it('deletes what was released and gives its space back, to the last byte', async () => {
    const folder = join(temporaryFolder(), 'spool');
    const spool = await openSpool({ folder, segmentBytes: 100_000 });
    for (let i = 0; i < 40; i++) await spool.append(draft('x'.repeat(10_000)));
    const before = bytesIn(folder);
    expect(spool.stats()).toMatchObject({ records: 40 });
    await spool.release(20);
    expect(bytesIn(folder)).toBeLessThan(before * 0.6);
    expect((await readAll(spool, 20)).length).toBe(20);
    expect(spool.stats()).toMatchObject({ records: 20 });
    await spool.release(40);
    expect(spool.stats()).toMatchObject({ records: 0, bytes: 0, oldest: undefined });
    await spool.close();
    const again = await openSpool({ folder });
    await again.release(again.lastSequence);
    expect(await readAll(again, 40)).toEqual([]);
    expect((await again.append(draft('next'))).sequence).toBeGreaterThan(40);
    await again.close();
  });

  it('refuses a second owner by naming the first', async () => {
    const folder = join(temporaryFolder(), 'spool');
    const spool = await openSpool({ folder });
    await expect(openSpool({ folder })).rejects.toThrow(`belongs to process ${process.pid}: stop it first`);
    await spool.close();
    await (await openSpool({ folder })).close();
  });

  it('wakes who waits for more, and who is told to stop waiting', async () => {
    const spool = await openSpool();
    const stop = new AbortController();
    const waiting = spool.waitForMore(0, stop.signal);
    await spool.append(draft('a'));
    await waiting;
    const again = spool.waitForMore(1, stop.signal);
    stop.abort();
    await again;
    await spool.close();
  });

  it('says full at its ceiling, counts the refusals, and takes more once records are released', async () => {
    const spool = await openSpool({ size: 100_000, segmentBytes: 20_000 });
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => spool.append(draft('x'.repeat(5000)))));
    const taken = results.filter((result) => result.status === 'fulfilled').length;
    expect(taken).toBeGreaterThan(15);
    expect(taken).toBeLessThan(20);
    expect(spool.stats().refusals).toBe(30 - taken);
    await expect(spool.append(draft('x'.repeat(50_000)))).rejects.toMatchObject({ kind: 'full' });
    await spool.release(spool.lastSequence);
    await spool.append(draft('x'.repeat(50_000)));
    await spool.close();
  });

  it('refuses a record that is too large, and nothing else suffers', async () => {
    const spool = await openSpool();
    await expect(spool.append(draft('', { payload: Buffer.alloc((16 << 20) + 1) }))).rejects.toMatchObject({
      kind: 'invalid',
    });
    const { sequence } = await spool.append(draft('', { payload: Buffer.alloc(16 << 20, 7) }));
    await spool.append(draft('after'));
    const [big, small] = await readAll(spool);
    expect([big?.sequence, big?.payload.equals(Buffer.alloc(16 << 20, 7))]).toEqual([sequence, true]);
    expect(String(small?.payload)).toBe('after');
    await spool.close();
  });
});
