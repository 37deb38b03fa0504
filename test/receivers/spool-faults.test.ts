import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SpoolError } from '../../src/receivers/common/spool.js';
import { openSpools } from '../../src/receivers/common/spool-folders.js';
import { claimOwnership } from '../../src/store/owner.js';
import { has, startChild } from './helpers/processes.js';
import { draft, openSpool, readAll, temporaryFolder, texts } from './helpers/spools.js';

const mounted: string[] = [];
afterAll(() => {
  for (const folder of mounted) execFileSync('umount', [folder]);
});

/** A disk of its own, that can be full. Undefined where this process may not mount one. */
function smallDisk(options: string): string | undefined {
  const folder = join(temporaryFolder(), 'disk');
  mkdirSync(folder);
  if (!has('mount', '-t', 'tmpfs', '-o', options, 'none', folder)) return undefined;
  mounted.push(folder);
  return folder;
}
const mayMount = smallDisk('size=1m') !== undefined;

const kindOf = (error: unknown): string => (error instanceof SpoolError ? error.kind : String(error));

describe('a spool on a bad day', () => {
  it.skipIf(!mayMount)(
    'F13 on a full disk refuses, frees its ballast, keeps all that it took, and takes more within 5 s of there being space',
    async () => {
      const disk = smallDisk('size=8m') ?? '';
      const folder = join(disk, 'spool');
      let clock = 0;
      const spool = await openSpool({ folder, ballast: 2 << 20, segmentBytes: 1 << 20, monotonic: () => clock });
      const ballast = join(folder, 'ballast');
      expect(statSync(ballast).size).toBe(2 << 20);

      const taken: string[] = [];
      let refused = '';
      for (let i = 0; refused === ''; i++) {
        const text = `${i} ${'x'.repeat(100_000)}`;
        await spool.append(draft(text)).then(
          () => taken.push(text),
          (error) => {
            refused = kindOf(error);
          },
        );
      }
      expect([refused, spool.stats().state]).toEqual(['full', 'full']);
      expect(taken.length).toBeGreaterThan(40);
      // The rest of the service has the ballast's space, and the spool leaves it alone.
      expect(readdirSync(folder)).not.toContain('ballast');
      writeFileSync(join(disk, 'database'), Buffer.alloc(1 << 20));
      for (let second = 0; second < 5; second++) {
        clock += 1000;
        await expect(spool.append(draft('again'))).rejects.toMatchObject({ kind: 'full' });
      }
      rmSync(join(disk, 'database'));

      // The drainer goes on, and that gives the space back.
      expect(texts(await readAll(spool))).toEqual(taken);
      await spool.release(spool.lastSequence);
      clock += 1000;
      await spool.append(draft('after'));
      expect(statSync(ballast).size).toBe(2 << 20);
      expect(spool.stats().state).toBe('ok');
      expect(texts(await readAll(spool, taken.length))).toEqual(['after']);
      await spool.close();
    },
  );

  it.skipIf(!mayMount)(
    'F13 opens on a full disk, gives what it holds, and takes more when there is space',
    async () => {
      const disk = smallDisk('size=4m') ?? '';
      const folder = join(disk, 'spool');
      const spool = await openSpool({ folder, ballast: 1 << 20 });
      await spool.append(draft('before'));
      await spool.close();
      const filler = join(disk, 'filler');
      writeFileSync(filler, Buffer.alloc(2_900_000));
      expect(() => writeFileSync(join(disk, 'more'), Buffer.alloc(300_000))).toThrow('ENOSPC');
      let clock = 0;
      const again = await openSpool({ folder, ballast: 1 << 20, monotonic: () => clock });
      expect(texts(await readAll(again))).toEqual(['before']);
      expect(again.stats().state).toBe('full');
      await expect(again.append(draft('no'))).rejects.toMatchObject({ kind: 'full' });
      rmSync(filler);
      rmSync(join(disk, 'more'));
      clock += 1000;
      await again.append(draft('after'));
      expect(texts(await readAll(again))).toEqual(['before', 'after']);
      await again.close();
    },
  );

  it.skipIf(!mayMount)('F15 without a free inode refuses new segments, and goes on when there is one', async () => {
    const disk = smallDisk('size=8m,nr_inodes=8') ?? '';
    let clock = 0;
    const spool = await openSpool({ folder: join(disk, 'spool'), segmentBytes: 1000, monotonic: () => clock });
    const taken: string[] = [];
    for (let i = 0; i < 20; i++) {
      const text = `${i} ${'x'.repeat(1000)}`;
      clock += 1001;
      await spool.append(draft(text)).then(
        () => taken.push(text),
        (error) => expect(kindOf(error)).toBe('full'),
      );
    }
    expect(taken.length).toBeLessThan(20);
    expect(texts(await readAll(spool))).toEqual(taken);
    await spool.release(spool.lastSequence);
    clock += 1001;
    const { sequence } = await spool.append(draft('after'));
    expect(texts(await readAll(spool, sequence - 1))).toEqual(['after']);
    await spool.close();
  });

  it.skipIf(!mayMount)(
    'F14 on a disk mounted for reading alone refuses, is still read, and goes on when it may write',
    async () => {
      const disk = smallDisk('size=8m') ?? '';
      let clock = 0;
      const spool = await openSpool({ folder: join(disk, 'spool'), segmentBytes: 1000, monotonic: () => clock });
      await spool.append(draft(`before ${'x'.repeat(2000)}`));
      await spool.release(0);
      // A file that is open for writing keeps the disk writable: this segment has reached its size, and the next one closes it.
      await spool.append(draft(`second ${'x'.repeat(2000)}`));
      await spool.close();
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      const again = await openSpool({
        folder: join(disk, 'spool'),
        monotonic: () => clock,
        // The owner's file cannot be written either.
        claim: () => ({ release: () => {} }),
      });
      expect((await readAll(again)).length).toBe(2);
      await expect(again.append(draft('no'))).rejects.toMatchObject({ kind: 'broken' });
      execFileSync('mount', ['-o', 'remount,rw', disk]);
      clock += 1000;
      await again.append(draft('yes'));
      expect(texts(await readAll(again, 2))).toEqual(['yes']);
      await again.close();
    },
  );

  // When the disk cannot sync, strace makes the kernel say so to a real process.
  it.skipIf(!has('strace', '-V'))(
    'F14 whose sync failed answers 503 to those pushes alone, and never trusts that segment again',
    async () => {
      const folder = join(temporaryFolder(), 'spool');
      const failing = ['-e', 'trace=fdatasync', '-e', 'inject=fdatasync:error=EIO:when=3+4'];
      const child = await startChild(['push', folder], ['strace', '-f', '-qq', '-o', '/dev/null', ...failing]);
      if (child === undefined) throw new Error('the child did not start');
      const answers: { key: string; status: number }[] = [];
      for (let i = 0; i < 24; i++) {
        const key = `key-${i}`;
        const answer = await fetch(`http://127.0.0.1:${child.port}/`, {
          method: 'POST',
          headers: { 'idempotency-key': key },
          body: `${key}\n`,
        });
        answers.push({ key, status: answer.status });
      }
      // strace passes the signal of a child on to nobody: the process itself is ended.
      process.kill(await grandchildOf(child.pid), 'SIGKILL');
      await child.ended;
      const spool = await openSpool({ folder });
      const kept = (await readAll(spool)).map((record) => String(record.meta.key));
      expect(kept).toEqual(answers.filter(({ status }) => status === 200).map(({ key }) => key));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 503]));
      await spool.close();
    },
  );

  it('shares its folder between processes: each has a spool of its own, and takes over those of the dead', async () => {
    const parent = join(temporaryFolder(), 'spool');
    const options = { claim: claimOwnership, ballast: 0 };
    const left = await openSpool({ folder: join(parent, 'left') });
    await left.append(draft('from the dead'));
    await left.close();
    const busy = await openSpool({ folder: join(parent, 'busy') });
    await (await openSpool({ folder: join(parent, 'third') })).close();

    const first = await openSpools(parent, options);
    const second = await openSpools(parent, options);
    expect(first.own.folder).toBe(join(parent, 'left'));
    expect(first.orphans.map((spool) => spool.folder)).toEqual([join(parent, 'third')]);
    expect(second.orphans).toEqual([]);
    expect(new Set([first.own.id, busy.id, second.own.id, first.orphans[0]?.id]).size).toBe(4);
    expect(texts(await readAll(first.own))).toEqual(['from the dead']);
    await expect(first.own.destroy()).rejects.toThrow('Records wait');
    await first.orphans[0]?.destroy();
    expect(readdirSync(parent)).not.toContain('third');
    for (const spool of [first.own, second.own, busy]) await spool.close();
  });
});

/** The process that strace runs. */
async function grandchildOf(pid: number): Promise<number> {
  const { readFile } = await import('node:fs/promises');
  return Number((await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1')).trim().split(' ')[0]);
}
