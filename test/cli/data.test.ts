import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { verifyAudit } from '../../src/store/audit.js';
import type { Db } from '../../src/store/tables.js';
import { halflight, type Ran, root, temporaryFolder } from '../helpers/cli.js';
import { serverDatabases } from '../store/helpers/databases.js';
import { dumpWhole, fillWhole } from '../store/helpers/whole.js';

const newDatabase = serverDatabases();

describe('halflight data', () => {
  const folder = temporaryFolder();
  const run = (args: string[], url: string, faults = ''): Promise<Ran> =>
    halflight(args, { cwd: folder, env: { DATABASE_URL: url, ...(faults !== '' && { HALFLIGHT_FAULTS: faults }) } });
  let source: { url: string; db: Db };
  beforeAll(async () => {
    source = await newDatabase('up to date');
    await fillWhole(source.db);
  });

  it.each([
    ['before its first table', 'export.table=kill@1', false],
    ['in the middle', 'export.table=kill@9', false],
    ['when all is written', 'export.synced=kill', false],
    ['after the rename', 'export.renamed=kill', true],
  ])('F7 an export that is killed %s is there as a whole or not at all', async (_when, faults, there) => {
    const name = `killed-${faults.replaceAll(/\W/g, '-')}`;
    const killed = await run(['data', 'export', name], source.url, faults);
    expect(killed.code).toBe(null);
    expect(existsSync(join(folder, name))).toBe(there);
    if (!there) expect((await run(['data', 'export', name], source.url)).code).toBe(0);
    expect(existsSync(join(folder, name, 'manifest.json'))).toBe(true);
  });

  it('F7 an import that is killed leaves the database empty or whole, and an empty one takes the next', async () => {
    await run(['data', 'export', 'whole'], source.url);
    // With the record of the export, which was made before it was read.
    const rows = await dumpWhole(source.db);
    expect(rows.audit?.some((row) => row.includes('data.exported') && row.includes('whole'))).toBe(true);
    const target = await newDatabase('empty');
    expect((await run(['data', 'import', 'whole'], target.url, 'import.table=kill@8')).code).toBe(null);
    expect((await dumpWhole(target.db)).chunk).toEqual([]);
    expect((await run(['data', 'import', 'whole'], target.url, 'import.committed=kill')).code).toBe(null);
    expect(await dumpWhole(target.db)).toEqual(rows);
    const again = await run(['data', 'import', 'whole'], target.url);
    expect([again.code, again.stderr]).toEqual([3, expect.stringMatching(/not empty .*name a new data folder/)]);
  });

  it('says what is not in an export, and never replaces one', async () => {
    const ran = await run(['data', 'export', 'told', '--json'], source.url);
    expect(ran.stderr).toMatch(/names of people and hashes of tokens/);
    expect(ran.stderr).toMatch(/not in it: .*seal\.key/);
    const summary = JSON.parse(ran.stdout) as { rows: number; audit: { records: number } };
    expect(summary.audit.records).toBe((await dumpWhole(source.db)).audit?.length);
    const again = await run(['data', 'export', 'told'], source.url);
    expect([again.code, again.stderr]).toEqual([3, expect.stringContaining('is there already')]);
    const nothing = await run(['data', 'import', 'nowhere'], source.url);
    expect([nothing.code, nothing.stderr]).toEqual([
      3,
      expect.stringContaining('name the folder that "halflight data export" made'),
    ]);
    const file = await run(['data', 'export', 'told/manifest.json/below'], source.url);
    expect([file.code, file.stderr]).toEqual([
      3,
      expect.stringMatching(/could not be written \((EEXIST|ENOTDIR).*name a folder/),
    ]);
    const away = await run(['data', 'export', 'away'], 'postgresql://ada:canary-pw@127.0.0.1:9/x');
    expect([away.code, away.stderr]).toEqual([3, expect.stringContaining('nothing answers there')]);
    expect(away.stderr).not.toContain('canary-pw');
  });
});

describe('halflight audit verify', () => {
  it('names the first record that does not fit, and exits with 1', async () => {
    const { url, db } = await newDatabase('up to date');
    await fillWhole(db);
    // Its checkpoint is made up, and signed by nobody.
    await sql`alter table audit_checkpoint disable trigger all`.execute(db);
    await sql`delete from audit_checkpoint`.execute(db);
    const { records, head } = await verifyAudit(db);
    const verify = (...args: string[]) =>
      halflight(['audit', 'verify', ...args], { cwd: temporaryFolder(), env: { DATABASE_URL: url } });
    const good = await verify();
    expect([good.code, good.stdout]).toEqual([
      0,
      `${records} records fit the chain. The hash of the last is\n  ${head}\nThere is no checkpoint: only the chain itself was looked at.\n`,
    ]);
    await sql`alter table audit disable trigger all`.execute(db);
    await sql`update audit set at = at + 1 where seq = 7`.execute(db);
    const bad = await verify('--json');
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({ ok: false, records: 6, bad: 7 });
    expect((await verify()).stdout).toMatch(/^Record 7 does not fit/);
    await sql`delete from audit where seq = 7`.execute(db);
    expect(JSON.parse((await verify('--json')).stdout)).toMatchObject({ ok: false, bad: 7 });
  });
});

describe('with the embedded database', () => {
  it('A31 a running service is exported and moved to a new data folder; its tokens are in no file', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    const env = { HALFLIGHT_DATA: join(folder, 'old'), HALFLIGHT_PORT: '0' };
    const { HALFLIGHT_FAULTS: _faults, ...inherited } = process.env;
    const service = spawn(process.execPath, [join(root, 'bin/halflight.js'), 'serve'], {
      cwd: folder,
      env: { ...inherited, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise((resolve) => service.once('exit', resolve));
    let audit: unknown;
    try {
      service.stdout.resume();
      for await (const text of service.stderr) if (String(text).includes('runs on http')) break;
      service.stderr.resume();
      const token = await halflight(['source', 'add-token', '--read'], { cwd: folder, env });
      expect(token.stdout).toMatch(/^hlf_/);
      // Beside the service, which goes on.
      const doctor = await halflight(['doctor', '--json'], { cwd: folder, env });
      const { checks } = JSON.parse(doctor.stdout) as { checks: { name: string; outcome: string; found: string }[] };
      expect(checks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
      expect(checks.find(({ name }) => name === 'data folder owner')?.found).toBe(`process ${service.pid} runs it`);
      expect(checks.find(({ name }) => name === 'processes')?.found).toContain(`serve (process ${service.pid}`);
      expect(checks.find(({ name }) => name === 'scheduler')?.outcome).toBe('ok');
      const ran = await halflight(['data', 'export', 'out', '--json'], { cwd: folder, env });
      expect(ran.code).toBe(0);
      ({ audit } = JSON.parse(ran.stdout) as { audit: unknown });
      expect(service.exitCode).toBe(null);
      const secret = token.stdout.trim().split('.')[1] ?? '';
      expect(secret.length).toBeGreaterThan(20);
      const key = readFileSync(join(folder, 'old/seal.key'), 'utf8').trim();
      for (const file of readdirSync(join(folder, 'out'))) {
        const bytes = readFileSync(join(folder, 'out', file));
        const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
        expect(text.includes(secret) || text.includes(key), file).toBe(false);
      }
      expect(readdirSync(join(folder, 'out'))).not.toContain('seal.key');
    } finally {
      service.kill('SIGTERM');
      await ended;
    }
    const moved = { ...env, HALFLIGHT_DATA: join(folder, 'new') };
    // A damaged export makes no database.
    cpSync(join(folder, 'out'), join(folder, 'cut'), { recursive: true });
    const refused = await halflight(['data', 'import', join(folder, 'cut', 'nothing')], { cwd: folder, env: moved });
    expect(refused.code).toBe(3);
    expect(existsSync(join(folder, 'new'))).toBe(false);
    const imported = await halflight(['data', 'import', 'out'], { cwd: folder, env: moved });
    expect(imported.stderr).toMatch(/copy seal\.key of the old data folder to .*new\/seal\.key/);
    expect(imported.code).toBe(0);
    const chain = await halflight(['audit', 'verify', '--json'], { cwd: folder, env: moved });
    // The token is in it, and what the service itself wrote.
    const { ok, records, head } = JSON.parse(chain.stdout) as { ok: boolean; records: number; head: string };
    expect([ok, { records, head, badSeq: null }]).toEqual([true, audit]);
    expect(records).toBeGreaterThan(0);
    expect((await halflight(['doctor'], { cwd: folder, env: moved })).code).toBe(0);
  });
});
