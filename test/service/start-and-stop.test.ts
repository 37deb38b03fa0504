import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../kill/site.js';
import { TestSite } from './helpers/site.js';

describe('halflight serve with its own database', () => {
  const all = new TestSite('embedded', 44);
  const { site } = all;
  beforeAll(() => all.start(['serve']));
  afterAll(() => all.close());

  it('F12 a second one on the same data is refused within a second, and is told the process that has them', async () => {
    const owner = all.process('serve');
    const began = performance.now();
    const second = site.launch('serve-again');
    const { code } = await second.ended;
    // On a machine that does nothing else; what else runs takes its share of the time.
    expect(performance.now() - began).toBeLessThan(1000 * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism()));
    expect(code).toBe(3);
    expect(second.log()).toContain(`process ${owner.pid}`);
    site.processes.set('serve', owner);
    expect(await all.push(3)).toBe(202);
  });

  it('F37 a start that fails half-way ends with a sentence, and leaves nothing that runs', async () => {
    const owner = all.process('serve');
    const other = site.launch('serve-beside', { HALFLIGHT_DATA: join(site.folder, 'other') });
    const { code } = await other.ended;
    expect(code).toBe(3);
    expect(other.log()).toMatch(/port \d+ on 127\.0\.0\.1 is in use/);
    expect(existsSync(join(site.folder, 'other', 'postgres', 'postmaster.pid'))).toBe(false);
    site.processes.set('serve', owner);
  });

  it('F37 asked to end under load it takes nothing more within a second and is gone within ten, with nothing lost', async () => {
    all.write(2000);
    for (let i = 0; i < 20; i++) expect(await all.push(20)).toBe(202);
    const asked = performance.now();
    const served = all.process('serve');
    served.signal('SIGTERM');
    let lastTaken = 0;
    const pushing = (async () => {
      while (served.alive) {
        if ((await all.push(1).catch(() => 0)) === 202) lastTaken = performance.now() - asked;
        await sleep(20);
      }
    })();
    expect((await served.ended).code).toBe(0);
    expect(performance.now() - asked).toBeLessThan(10_500);
    await pushing;
    expect(lastTaken).toBeLessThan(1000);
    await site.launch('serve').ready;
    expect(await all.wrong()).toEqual([]);
  });

  it('F37 after five starts that ended badly it takes data in and does no work; ended well and started again it does it', async () => {
    await all.process('serve').kill('SIGTERM');
    const file = join(site.data, 'starts-serve.json');
    const counted = (): number[] => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as number[]) : []);
    const crashing = site.launch('serve');
    await until('the start is counted', () => counted().length === 1, 60_000);
    await crashing.kill();
    // Three more like it.
    writeFileSync(file, JSON.stringify([...counted(), ...counted(), ...counted(), ...counted()]));
    const fifth = site.launch('serve');
    await fifth.ready;
    expect(fifth.log()).not.toContain('safe mode');
    await fifth.kill();
    const safe = site.launch('serve');
    await safe.ready;
    const done = `select count(*) from chunk where state = 'done'`;
    const before = await site.query(done);
    expect(safe.log()).toContain('safe mode');
    expect(await all.push(7)).toBe(202);
    all.write(7);
    await sleep(3000);
    // What was pushed waits in the database, and nobody reads it.
    expect((await site.query(`select id from chunk where state = 'pending' and source = 'events'`)).length).toBe(1);
    expect(await site.query(done)).toEqual(before);
    await safe.kill('SIGTERM');
    await site.launch('serve').ready;
    expect(await all.wrong()).toEqual([]);
  }, 240_000);
});
