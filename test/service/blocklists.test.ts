import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { halflight } from '../helpers/cli.js';
import { Site, until } from '../kill/site.js';

// The built service and command line, from the configuration to what a firewall fetches.

describe('block lists, from the register to the firewall', () => {
  const site = new Site({ kind: 'embedded' });
  const cli = (...args: string[]) => halflight(args, { cwd: site.folder });
  let basic = '';

  const register = (...denied: (readonly [service: string, people: readonly string[]])[]): void => {
    const entries = denied.map(([service, decided_by]) => ({
      id: `no-${service}`,
      name: service,
      services: [service],
      status: 'denied',
      approval_date: '2026-03-02',
      decided_by,
    }));
    writeFileSync(join(site.folder, 'inventory.new'), JSON.stringify({ entries }));
    renameSync(join(site.folder, 'inventory.new'), join(site.folder, 'inventory.yaml'));
  };
  const fetchList = (file: string, headers: Record<string, string> = {}) =>
    fetch(`${site.url}/v1/blocklists/${file}`, { headers: { authorization: basic, ...headers } });
  const overview = async (): Promise<{ version: number | null; waiting: number | null; kept_why: string | null }> => {
    // 120 a minute are answered.
    await sleep(600);
    const answer = await fetch(`${site.url}/v1/blocklists`, { headers: { authorization: basic } });
    const { blocklists } = (await answer.json()) as {
      blocklists: { version: number | null; waiting: number | null; kept_why: string | null }[];
    };
    return blocklists[0] ?? { version: null, waiting: null, kept_why: null };
  };

  beforeAll(async () => {
    await site.prepare();
    const file = join(site.folder, 'halflight.yaml');
    const config = JSON.parse(readFileSync(file, 'utf8')) as object;
    const more = { organisation: { domains: ['acme.example'] }, blocklists: { formats: ['squid'] } };
    writeFileSync(file, JSON.stringify({ ...config, ...more }));
    register(['jasper', ['ada', 'bob']], ['deepseek', ['ada']]);
    await site.start('serve').ready;
    const { code, stdout } = await cli('source', 'add-token', '--feed');
    expect(code).toBe(0);
    basic = `Basic ${Buffer.from(stdout.trim().replace(/^hlf_/, '').replace('.', ':')).toString('base64')}`;
    await until('the first version is served', async () => (await fetchList('squid')).status === 200);
  });
  afterAll(() => site.close());

  it('a firewall gets what two people denied, with user name and password, and 304 while it has it', async () => {
    const answer = await fetchList('squid');
    expect(await answer.text()).toBe('# Halflight: AI services that the register decides against\n.jasper.ai\n');
    const again = await fetchList('squid', { 'if-none-match': answer.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
  });

  it('what it fetched fits the signed note, and no other does', async () => {
    writeFileSync(join(site.folder, 'squid.txt'), await (await fetchList('squid')).text());
    writeFileSync(join(site.folder, 'squid.sig'), await (await fetchList('squid.sig')).text());
    const key = (await cli('audit', 'key')).stdout.trim();
    const good = await cli('blocklist', 'verify', 'squid.txt', 'squid.sig', '--key', key);
    expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining('Version 1 of squid') as string });
    writeFileSync(join(site.folder, 'other.txt'), '.com\n');
    const bad = await cli('blocklist', 'verify', 'other.txt', 'squid.sig');
    expect(bad).toMatchObject({ code: 1, stdout: expect.stringContaining('do not use it') as string });
    const note = readFileSync(join(site.folder, 'squid.sig'), 'utf8');
    writeFileSync(join(site.folder, 'forged.sig'), note.replace('version 1', 'version 9'));
    expect((await cli('blocklist', 'verify', 'squid.txt', 'forged.sig')).code).toBe(1);
  });

  it('a larger change waits until a person approves it, and can be taken back', async () => {
    register(['jasper', ['ada', 'bob']], ['deepseek', ['ada', 'bob']]);
    await until('a version waits', async () => (await overview()).waiting === 2);
    expect(await (await fetchList('squid')).text()).not.toContain('deepseek');
    const diff = await cli('blocklist', 'diff', 'squid');
    expect(diff.stdout).toMatch(/\+ deepseek\.com\n\s+DeepSeek is denied by entry no-deepseek \(2026-03-02\)/);
    for (const line of diff.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect((await cli('doctor')).stdout).toMatch(/block list squid\s+version 2 waits/);
    expect((await cli('blocklist', 'approve', 'squid', '3')).stderr).toContain('there is no version 3 of squid');
    expect((await cli('blocklist', 'approve', 'squid', '2', '--who', 'Ada')).code).toBe(0);
    expect(await (await fetchList('squid')).text()).toContain('\ndeepseek.com\n');
    expect((await cli('blocklist', 'rollback', 'squid', '1')).code).toBe(0);
    const answer = await fetchList('squid');
    expect(answer.headers.get('halflight-version')).toBe('3');
    expect(await answer.text()).not.toContain('deepseek');
    const versions = JSON.parse((await cli('blocklist', 'list', 'squid', '--json')).stdout) as {
      versions: { version: number; state: string; approved_by: string | null }[];
    };
    const published = versions.versions.filter(({ state }) => state !== 'pending' && state !== 'withdrawn');
    expect(published.map(({ version, state }) => [version, state])).toEqual([
      [3, 'published'],
      [2, 'rolled-back'],
      [1, 'published'],
    ]);
    expect(published[1]?.approved_by).toMatch(/^Ada \(cli:.+\)$/);
    expect((await cli('blocklist', 'show', 'squid')).stdout).toBe(await (await fetchList('squid')).text());
    expect((await cli('blocklist', 'rollback', 'squid', '--release')).code).toBe(0);
  });

  it('a register that breaks or is gone leaves what is served, and says why', async () => {
    const before = await (await fetchList('squid')).text();
    writeFileSync(join(site.folder, 'inventory.yaml'), 'entries:\n  - { id: broken, status: perhaps }\n');
    await until('it is told', async () => (await overview()).kept_why?.includes('error') === true);
    expect(await (await fetchList('squid')).text()).toBe(before);
    renameSync(join(site.folder, 'inventory.yaml'), join(site.folder, 'gone.yaml'));
    await until('it is told', async () => (await overview()).kept_why?.includes('not there') === true);
    expect(await (await fetchList('squid')).text()).toBe(before);
    const audit = await site.query<{ action: string }>(
      "select action from audit where action like 'blocklist.%' and who <> 'service' order by seq",
    );
    expect(audit.map(({ action }) => action)).toEqual([
      'blocklist.approved',
      'blocklist.rolled-back',
      'blocklist.released',
    ]);
  });
});
