import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadInstalled, readInstalled } from '../../src/cli/common/release/installed.js';
import {
  acmeBot,
  halflight,
  ndjson,
  type Ran,
  readText,
  root,
  scanReport,
  squidLog,
  temporaryFolder,
} from '../helpers/cli.js';

const work = temporaryFolder();
const [privateKey, publicKey] = [join(work, 'catalog-private.pem'), join(work, 'catalog-public.pem')];
const version = 999_000_001;
const from = temporaryFolder({ 'acme-bot.yaml': acmeBot });
const bundle = join(work, 'acme.bundle');
const install = ['catalog', 'install', bundle, '--public-key', publicKey];
let made: Ran[];

beforeAll(async () => {
  const keys = await halflight(['catalog', 'keygen', '--out', work]);
  const days = ['--created', '2020-01-01', '--expires', '2999-12-31'];
  const args = ['catalog', 'bundle', '--key', privateKey, '--from', from, '--version', String(version), ...days];
  made = [keys, await halflight([...args, '--out', bundle])];
}, 120_000);

describe('a release of the catalog', () => {
  it('is made with a key of which nothing is ever shown', () => {
    expect(made.map(({ code }) => code)).toEqual([0, 0]);
    const secret = readText(privateKey).split('\n')[1] ?? '';
    expect(secret.length).toBeGreaterThan(40);
    for (const { stdout, stderr } of made) expect(stdout + stderr).not.toContain(secret.slice(0, 40));
    expect(readText(bundle)).not.toContain(secret.slice(0, 40));
    expect(made[1]?.stdout).toContain(`version ${version}, 1 service,`);
  });

  it('is installed, named in reports, and compared with the one before; the same one again changes nothing', async () => {
    const data = join(temporaryFolder(), 'data');
    const env = { HALFLIGHT_DATA: data };
    const installed = await halflight([...install, '--data', data]);
    expect(installed).toMatchObject({ code: 0, stderr: '' });
    expect(installed.stdout.split('\n').filter((line) => line.length > 80 && !line.includes(data))).toEqual([]);
    const match = await halflight(['match', 'bot.acme.example', 'chatgpt.com', '--json'], { env });
    expect(ndjson(match.stdout).map(({ service }) => service)).toEqual(['acme-bot', null]);
    const { report } = await scanReport(['-'], { env, input: squidLog(3) });
    expect(report.catalog).toMatchObject({ version, expires: '2999-12-31', services: 1, notice: null });
    const diff = await halflight(['catalog', 'diff', 'previous', 'installed', '--json', '--data', data]);
    const found = JSON.parse(diff.stdout) as { services: { added: { id: string }[]; dropped: unknown[] } };
    expect(found.services.added.map(({ id }) => id)).toEqual(['acme-bot']);
    expect(found.services.dropped.length).toBeGreaterThan(500);
    expect(diff.code).toBe(0);
    const again = await halflight([...install, '--data', data, '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ outcome: 'known', version });
  }, 120_000);

  it.each([
    ['without a key', ['catalog', 'install', bundle], 2, '--public-key'],
    [
      'with the private key in the place of the public one',
      ['catalog', 'install', bundle, '--public-key', privateKey],
      3,
      'holds a private key',
    ],
    [
      'of a file that is no bundle',
      ['catalog', 'install', publicKey, '--public-key', publicKey],
      3,
      'is no catalog bundle',
    ],
    [
      'of a bundle under a wrong number',
      ['catalog', 'bundle', '--key', privateKey, '--version', '1.5', '--out', 'x'],
      2,
      'no whole number',
    ],
    [
      'that ends before it begins',
      ['catalog', 'bundle', '--key', privateKey, '--version', '1', '--out', 'x', '--expires', '2001-01-01'],
      2,
      'is before',
    ],
    ['of nothing with something', ['catalog', 'diff', 'gone', 'installed'], 2, 'is no folder of signatures'],
  ])('%s ends with what to do', async (_what, args, code, says) => {
    const ran = await halflight(args, { cwd: work });
    expect([ran.code, ran.stdout]).toEqual([code, '']);
    expect(ran.stderr).toContain(says);
  });

  it('killed at any moment leaves nothing or all of it, and the next one finishes', async () => {
    const data = join(temporaryFolder(), 'data');
    const folder = join(data, 'catalog');
    const program = join(root, 'bin/halflight.js');
    for (const wait of [100, 400, 700, 1000, 1300]) {
      const child = spawn(process.execPath, [program, ...install, '--data', data], { cwd: work, stdio: 'ignore' });
      const ended = once(child, 'exit');
      await Promise.race([ended, sleep(wait)]);
      child.kill('SIGKILL');
      await ended;
      const current = readInstalled(folder)?.current;
      if (current !== undefined) expect((await loadInstalled(folder, current)).services).toHaveLength(1);
    }
    expect((await halflight([...install, '--data', data])).code).toBe(0);
    expect(existsSync(join(folder, 'installed.json'))).toBe(true);
    expect(readInstalled(folder)?.current.version).toBe(version);
  }, 120_000);
});
