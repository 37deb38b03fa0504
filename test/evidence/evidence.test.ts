import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { halflight, ndjson, root, run } from '../helpers/cli.js';
import { type Files, filesOf } from './archive.js';
import { checkBoth, exportBundle, logs, type MadeBundle, makeBundle } from './bundle.js';

let bundle: MadeBundle;
let files: Files;
beforeAll(async () => {
  bundle = await makeBundle();
  files = await filesOf(bundle.bytes);
});

const text = (name: string, of = files): string => of.get(name)?.toString() ?? '';
const evidence = (...args: string[]) => halflight(['evidence', '--data', 'data', ...args], { cwd: bundle.folder });
const march = ['--from', '2026-03-01', '--until', '2026-04-01'];
const opened = async (name: string): Promise<Files> => filesOf(readFileSync(join(bundle.folder, name)));

describe('halflight evidence', () => {
  it('writes what was planted: who used what, from which piece of input, and every record of it', () => {
    // 40 requests of Ann in the first log and one in the second are one number of two parts.
    const chatgpt = ndjson(text('numbers.ndjson')).filter(({ service }) => service === 'chatgpt');
    const sha256 = (log: string): string => createHash('sha256').update(log).digest('hex');
    expect(chatgpt).toHaveLength(1);
    expect(chatgpt[0]).toMatchObject({ day: '2026-03-02', events: 41, attempts: 0, rest: null, group: 'other' });
    const parts = chatgpt[0]?.parts as { chunk: string; lines: number[]; events: number }[];
    const planted = [
      { chunk: `squid:${sha256(logs['logs/first.log'])}`, lines: [1, 42], events: 40 },
      { chunk: `squid:${sha256(logs['logs/second.log'])}`, lines: [1, 3], events: 1 },
    ].sort((a, b) => (a.chunk < b.chunk ? -1 : 1));
    expect(parts.map(({ chunk, lines, events }) => ({ chunk, lines, events }))).toEqual(planted);
    const hits = ndjson(text('evidence.ndjson'));
    expect(hits.filter(({ service }) => service === 'claude')).toHaveLength(2);
    const lines = [...logs['logs/first.log'].split('\n'), ...logs['logs/second.log'].split('\n')];
    for (const hit of hits) expect(lines.map(sha256)).toContain(hit.record_sha256);
    expect(JSON.parse(text('summary.json'))).toMatchObject({ total: { rows: 4, events: 44, not_traced: 0 } });
    expect(ndjson(text('findings.ndjson')).map(({ id }) => id)).toContain('chatgpt/unknown');
    expect(JSON.parse(text('inventory.json'))).toMatchObject({ as_of: 'now', entries: [{ id: 'claude-chat' }] });
    const chunks = ndjson(text('chunks.ndjson'));
    expect(chunks.map(({ records, rejected }) => [records, rejected])).toContainEqual([42, 1]);
  });

  it('names nobody unless it is asked to with a reason, which the audit log keeps', async () => {
    for (const [name, content] of files)
      if (name !== 'inventory.json')
        expect(content.toString(), name).not.toMatch(/\b(ann|bob|zoe|archer|bowman)\b|10\.0\.0\.1/i);
    const refused = await evidence(...march, '--out', 'names.zip', '--names');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--reason') });
    await exportBundle(bundle.folder, 'names.zip', '--names', '--reason', 'Case 2026-17');
    expect(text('usage.csv', await opened('names.zip'))).toContain('Ann Archer');
    expect((await checkBoth(readFileSync(join(bundle.folder, 'names.zip')), bundle.key)).ok).toBe(true);

    const all = ['--from', '2026-01-01', '--until', '2100-01-01', '--out', 'log.zip'];
    expect((await evidence(...all)).code).toBe(0);
    const log = ndjson(text('audit.ndjson', await opened('log.zip')));
    const revealed = log.filter(({ action }) => action === 'evidence.revealed');
    expect(revealed.map(({ details }) => JSON.parse(String(details)))).toEqual([
      expect.objectContaining({ names: true, reason: 'Case 2026-17' }),
    ]);
    expect(log.length).toBeGreaterThan(4);
    expect((await checkBoth(readFileSync(join(bundle.folder, 'log.zip')), bundle.key)).ok).toBe(true);
  });

  it('gives the same bytes for the same state, apart from what the checkpoint of the audit log says', async () => {
    await exportBundle(bundle.folder, 'again.zip');
    const again = await opened('again.zip');
    const differ = [...files.keys()].filter((name) => text(name) !== text(name, again));
    expect(differ).toEqual(['audit-checkpoint.txt', 'manifest.json', 'manifest.note']);
  });

  it('is about what was asked for', async () => {
    await exportBundle(bundle.folder, 'claude.zip', '--entry', 'claude-chat');
    const claude = await opened('claude.zip');
    for (const name of ['numbers.ndjson', 'evidence.ndjson', 'findings.ndjson']) {
      const services = ndjson(text(name, claude)).map(({ service }) => service);
      expect([...new Set(services)], name).toEqual(['claude']);
    }
    // What was read of the period stays in it.
    expect(text('chunks.ndjson', claude)).toBe(text('chunks.ndjson'));
    await exportBundle(bundle.folder, 'one.zip', '--finding', 'chatgpt/unknown', '--service', 'claude');
    const both = ndjson(text('numbers.ndjson', await opened('one.zip'))).map(({ service }) => service);
    expect([...new Set(both)].sort()).toEqual(['chatgpt', 'claude']);
    for (const name of ['claude.zip', 'one.zip'])
      expect((await checkBoth(readFileSync(join(bundle.folder, name)), bundle.key)).ok, name).toBe(true);
    for (const wrong of [
      ['--finding', 'no/such'],
      ['--entry', 'no-such'],
    ])
      expect((await evidence(...march, '--out', 'wrong.zip', ...wrong)).code).toBe(2);
  });

  it('says what is wrong with its arguments, and overwrites nothing', async () => {
    expect((await evidence('--from', 'May', '--until', '2026-04-01', '--out', 'x.zip')).code).toBe(2);
    expect((await evidence('--from', '2026-04-01', '--until', '2026-04-01', '--out', 'x.zip')).code).toBe(2);
    const there = await evidence(...march, '--out', 'bundle.zip');
    expect(there).toMatchObject({ code: 3, stderr: expect.stringContaining('is there already') });
    expect(readFileSync(bundle.file).equals(bundle.bytes)).toBe(true);
    expect((await evidence(...march, '--out', 'no-such-folder/x.zip')).code).toBe(3);
  });

  it('F7 leaves the whole file or none, wherever it is killed', async () => {
    const stages = ['evidence.file=kill@7', 'evidence.synced=kill', 'evidence.named=kill'];
    for (const [i, HALFLIGHT_FAULTS] of stages.entries()) {
      const out = `killed-${i}.zip`;
      const args = ['evidence', '--data', 'data', ...march, '--out', out];
      const killed = spawnSync(process.execPath, [join(root, 'bin/halflight.js'), ...args], {
        cwd: bundle.folder,
        env: { ...process.env, HALFLIGHT_FAULTS },
      });
      expect(killed.signal, HALFLIGHT_FAULTS).toBe('SIGKILL');
      const there = readdirSync(bundle.folder).includes(out);
      expect(there, HALFLIGHT_FAULTS).toBe(i === 2);
      if (there) expect((await checkBoth(readFileSync(join(bundle.folder, out)), bundle.key)).ok).toBe(true);
    }
  });

  it('refuses an audit log that was changed', async () => {
    const { openStore } = await import('../../src/store/db.js');
    const { sql } = await import('kysely');
    const store = await openStore({ dataDir: join(bundle.folder, 'data') });
    try {
      await sql`alter table audit disable trigger all`.execute(store.db);
      await sql`update audit set who = 'cli:somebody' where seq = 2`.execute(store.db);
    } finally {
      await store.close();
    }
    const refused = await evidence(...march, '--out', 'broken.zip');
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('record 2 of the audit log') });
    expect(readdirSync(bundle.folder)).not.toContain('broken.zip');
  });
});

describe('halflight verify', () => {
  it('is good for what was made, and bad for what was changed, with each problem named', async () => {
    const good = await halflight(['verify', bundle.file, '--key', bundle.key]);
    expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining('is good') });
    const bad = await halflight(['verify', join(root, 'package.json'), '--key', bundle.key, '--json']);
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({ ok: false, signer: null, problems: [{ code: 'archive' }] });
    expect((await halflight(['verify', bundle.file])).code).toBe(2);
    expect((await halflight(['verify', bundle.file, '--key', 'a+b'])).code).toBe(2);
    expect((await halflight(['verify', 'no-such.zip', '--key', bundle.key])).code).toBe(3);
  });
});

describe('the verifier', () => {
  it('follows a record to its line in the original log, and says where a log is another one', async () => {
    const hit = ndjson(text('evidence.ndjson')).find(({ service }) => service === 'perplexity');
    const verifier = join(root, 'verifier/halflight-verify.mjs');
    const trace = (...args: string[]) =>
      run(process.execPath, [verifier, bundle.file, '--key', bundle.key, '--trace', ...args], { cwd: bundle.folder });
    const followed = await trace(String(hit?.id), '--raw', 'second.log');
    expect(followed.stdout).toContain('Finding:       perplexity/unknown');
    expect(followed.stdout).toContain(`its line:    ${logs['logs/second.log'].split('\n')[1]}`);
    expect(followed.stdout).toContain('Original:      second.log: the same bytes');
    expect(followed.code).toBe(0);
    const other = await trace(String(hit?.id), '--raw', 'first.log');
    expect(other).toMatchObject({ code: 1, stdout: expect.stringContaining('OTHER BYTES') });
    expect((await trace('chatgpt/unknown')).stdout).toContain('Record:');
    expect((await trace('no-such')).code).toBe(2);
  });
});
