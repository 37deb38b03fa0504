import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/cli/common/service/database.js';
import { openSetup } from '../../src/cli/common/service/setup.js';
import { readInventory } from '../../src/inventory/read.js';
import { setBaseInventory } from '../../src/store/inventory.js';
import { acmeBot, halflight, readText, temporaryFolder } from '../helpers/cli.js';

const registerOf = (...denied: string[]): string =>
  `entries:\n${denied.map((id) => `  - { id: no-${id}, name: ${id}, services: [${id}], status: denied, approval_date: 2026-03-02 }\n`).join('')}` +
  '  - { id: claude, name: Claude, services: [claude], status: approved }\n';

const work = (files: Record<string, string> = {}) => {
  const folder = temporaryFolder({
    'halflight.yaml': 'organisation: { domains: [acme.example] }\n',
    'inventory.yaml': registerOf('jasper', 'acme-bot'),
    'own/acme-bot.yaml': acmeBot,
    ...files,
  });
  const run = (format: string, ...args: string[]) =>
    halflight(
      [
        'export',
        'blocklist',
        format,
        '--inventory',
        'inventory.yaml',
        '--signatures',
        'own',
        '--as-of',
        '2026-11-26',
        ...args,
      ],
      { cwd: folder },
    );
  return { folder, run };
};

describe('halflight export blocklist', () => {
  it('prints the list alone on standard output, and beside it what is new, why, and what is left out', async () => {
    const { run } = work();
    const { code, stdout, stderr } = await run('squid');
    expect(stdout).toBe('# Halflight: AI services that the register decides against\n.jasper.ai\n');
    expect(stderr).toContain('1 entry as of 2026-11-26, 0 before: 1 added, 0 removed.');
    expect(stderr).toContain('Jasper is denied by entry no-jasper (2026-03-02)');
    // Its own service, denied by mistake.
    expect(stderr).toMatch(/! bot\.acme\.example\n\s+it would reach acme\.example, a domain of the organisation/);
    expect(code).toBe(0);
    for (const line of stderr.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('without a file is made from what the installation works by: what was decided since counts', async () => {
    const { folder } = work({
      'halflight.yaml': 'organisation: { domains: [acme.example] }\ninventory: inventory.yaml\n',
      'inventory.yaml': registerOf('jasper', 'deepseek'),
    });
    chmodSync(folder, 0o711);
    const hosts = async (): Promise<string> => {
      const { code, stdout, stderr } = await halflight(['export', 'blocklist', 'squid', '--confirm'], { cwd: folder });
      expect(stderr).not.toContain('not be noted');
      expect(code).toBe(0);
      return stdout;
    };
    expect(await hosts()).toMatch(/deepseek\.com[\s\S]*jasper\.ai/);
    expect((await halflight(['migrate'], { cwd: folder })).code).toBe(0);
    const config = await openSetup(join(folder, 'halflight.yaml'), () => {});
    const store = await openDatabase(config.loaded.config);
    try {
      // As the service does when it reads the file.
      const { entries } = readInventory(readText(folder, 'inventory.yaml'), {
        file: 'inventory.yaml',
        services: new Set(['jasper', 'deepseek', 'claude']),
      });
      const base = { hash: 'h', entries, origin: 'file', name: 'inventory.yaml', who: '', why: '' } as const;
      await store.db.transaction().execute((trx) => setBaseInventory(trx, base, Date.now()));
    } finally {
      await store.close();
    }
    const decided = await halflight(
      ['decide', 'jasper', 'except', '--until', '2099-01-01', '--why', 'a pilot', '--who', 'Ann'],
      { cwd: folder },
    );
    expect(decided.stderr).toBe('');
    expect(decided.code).toBe(0);
    const after = await hosts();
    expect(after).toContain('deepseek.com');
    expect(after).not.toContain('jasper.ai');
    // The folder by name, from elsewhere: the same register, without the configuration.
    const of = (...args: string[]) =>
      halflight(['export', 'blocklist', 'squid', '--data', ...args], { cwd: temporaryFolder() });
    expect(await of(join(folder, 'halflight-data'))).toMatchObject({ code: 0, stdout: after });
    expect(await of('none')).toMatchObject({ code: 2, stdout: '' });
    expect(await of(join(folder, 'halflight-data'), '--inventory', join(folder, 'inventory.yaml'))).toMatchObject({
      code: 2,
      stdout: '',
    });
  });

  it('stops before a change of more than 5 %, writes nothing, and writes it once it is confirmed', async () => {
    const { folder, run } = work();
    const out = join(folder, 'list.txt');
    expect((await run('hosts', '--out', 'list.txt')).code).toBe(0);
    const first = readText(out);
    writeFileSync(join(folder, 'inventory.yaml'), registerOf('jasper', 'deepseek'));
    const stopped = await run('hosts', '--out', 'list.txt');
    expect(stopped.code).toBe(1);
    expect(stopped.stdout.replace(/\s+/g, ' ')).toMatch(
      /Stopped, and no list is written: \d+ added and 0 removed: that is more than 5 % of the \d+ before\./,
    );
    expect(readText(out)).toBe(first);
    const confirmed = await run('hosts', '--out', 'list.txt', '--confirm');
    expect(confirmed.code).toBe(0);
    expect(readText(out)).toContain('0.0.0.0 jasper.ai\n');
    expect(readText(out)).not.toBe(first);
    // Again, and nothing has changed.
    expect((await run('hosts', '--out', 'list.txt')).stdout).toContain('0 added, 0 removed');
  });

  it('tells against another list what is gone and why, and prints nothing where it stops', async () => {
    const { run } = work({ 'old.txt': '.jasper.ai\n.claude.ai\n' });
    const { code, stdout } = await run('squid', '--diff', 'old.txt');
    expect(code).toBe(1);
    expect(stdout).not.toMatch(/^\.jasper/m);
    expect(stdout).toMatch(/- \.claude\.ai\n\s+Claude is allowed by entry claude/);
  });

  it('writes what is left to a person as a sheet', async () => {
    const { folder, run } = work();
    await run('squid', '--left-out', 'left.csv');
    expect(parse(readText(folder, 'left.csv'), { columns: true })).toMatchObject([
      { service: 'acme-bot', signature: 'bot.acme.example', reason: 'own-domain', entry: 'no-acme-bot' },
    ]);
  });

  it('prints it all as JSON', async () => {
    const { stdout, code } = await work().run('rpz', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      format: 'rpz',
      day: '2026-11-26',
      stopped: null,
      before: 0,
      entries: [{ text: 'jasper.ai CNAME .' }, { text: '*.jasper.ai CNAME .' }],
      left_out: [{ signature: 'bot.acme.example', reason: 'own-domain' }],
    });
    expect(code).toBe(0);
  });

  it('warns of what one person decided, and leaves it out where it is told to', async () => {
    const two = '  - { id: two, name: two, services: [deepseek], status: denied, decided_by: [ada, bob] }\n';
    const { folder, run } = work({ 'inventory.yaml': `${registerOf('jasper')}${two}` });
    const all = await run('hosts');
    expect(all.stdout).toContain('0.0.0.0 jasper.ai\n');
    expect(all.stderr).toContain('halflight: fewer than two people decided no-jasper: see --two-person\n');
    const some = await run('hosts', '--two-person', '--left-out', 'left.csv');
    expect(some.stdout).toContain('deepseek.com\n');
    expect(some.stdout).not.toContain('jasper');
    expect(some.stderr).not.toContain('fewer than two people');
    expect(parse(readText(folder, 'left.csv'), { columns: true })).toContainEqual(
      expect.objectContaining({ service: 'jasper', reason: 'one-person', entry: 'no-jasper' }),
    );
  });

  it('makes no list from an inventory with errors: a permission may be lost in one', async () => {
    const { folder, run } = work({ 'inventory.yaml': `${registerOf('jasper')}  - { id: broken, status: perhaps }\n` });
    const { code, stdout, stderr } = await run('hosts', '--out', 'list.txt');
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toContain('no list is made from an inventory with errors');
    expect(existsSync(join(folder, 'list.txt'))).toBe(false);
  });

  it('takes no file for the last list that is none', async () => {
    const { code, stderr } = await work({ 'old.txt': 'hello world\n' }).run('squid', '--diff', 'old.txt');
    expect(code).toBe(3);
    expect(stderr).toContain('old.txt is no list in the format squid: line 1 is no entry of this format');
  });

  it('asks for a format and a register that are there', async () => {
    const { folder, run } = work();
    const wrong = await run('squidd');
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean squid?') as string });
    const none = await halflight(['export', 'blocklist', 'squid'], { cwd: folder });
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('--inventory FILE') as string });
  });

  it('warns where no domains of the organisation are known', async () => {
    expect((await work({ 'halflight.yaml': '' }).run('hosts')).stderr).toContain('organisation.domains');
  });
});
