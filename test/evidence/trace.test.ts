import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { halflight, root, run, temporaryFolder } from '../helpers/cli.js';
import { filesOf } from './archive.js';

// The bundle of the example company, by the program and by the verifier that shares no code with it.

const acme = join(root, 'examples/acme');
const log = join(acme, 'logs/hq-proxy/access.log.gz');
let folder: string;
let key: string;
interface Hit {
  id: string;
  service: string;
  account_kind: string;
  chunk: string;
  line: number;
}
let hits: Hit[];
let findings: { id: string }[];
beforeAll(async () => {
  folder = temporaryFolder();
  // A server started by root runs as another user, who must be able to reach its folder.
  chmodSync(folder, 0o711);
  const registers = ['--people', join(acme, 'people.csv'), '--inventory', join(acme, 'inventory.yaml')];
  const scanned = await halflight(['scan', acme, ...registers, '--data', 'data'], { cwd: folder });
  // The folder also has files that are no logs, which is said by the exit code.
  expect([0, 3], scanned.stderr).toContain(scanned.code);
  const period = ['--from', '2026-10-01', '--until', '2026-12-01', '--out', 'acme.zip', '--json'];
  const made = await halflight(['evidence', '--data', 'data', ...period], { cwd: folder });
  ({ key } = JSON.parse(made.stdout) as { key: string });
  const files = await filesOf(readFileSync(join(folder, 'acme.zip')));
  const rows = <T>(name: string): T[] =>
    (files.get(name)?.toString() ?? '')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as T);
  hits = rows('evidence.ndjson');
  findings = rows('findings.ndjson');
}, 120_000);

const ours = (...args: string[]) => halflight(['verify', 'acme.zip', '--key', key, ...args], { cwd: folder });
const theirs = (...args: string[]) =>
  run(process.execPath, [join(root, 'verifier/halflight-verify.mjs'), 'acme.zip', '--key', key, ...args], {
    cwd: folder,
  });
const proxyHit = (): Hit => hits.find(({ chunk, line }) => chunk.startsWith('squid:') && line > 1) ?? expect.fail();

/** What both say, which has to be the same. */
async function both(...args: string[]): Promise<{ code: number | null; stdout: string }> {
  const [own, other] = [await ours(...args), await theirs(...args)];
  expect(own.stdout).toBe(other.stdout);
  expect(own.code).toBe(other.code);
  return own;
}

describe('verify --trace', () => {
  it('names the records of a finding, as the other verifier does', async () => {
    for (const { id } of findings.slice(0, 3)) {
      const { code, stdout } = await both('--trace', id);
      expect(code).toBe(0);
      expect(stdout).toContain(`Finding:       ${id}, `);
    }
  });

  it('follows records of each kind of input to their place', async () => {
    const kinds = new Map(hits.map((hit) => [hit.chunk.split(':')[0], hit]));
    expect(kinds.size).toBeGreaterThan(3);
    for (const { id, line } of [...kinds.values()].slice(0, 5)) {
      const { code, stdout } = await both('--trace', id);
      expect(code).toBe(0);
      expect(stdout).toContain(`Record:        line ${line}, `);
    }
  });

  it('finds the line in the original log, and says so where that is another log', async () => {
    const { id } = proxyHit();
    const found = await both('--trace', id, '--raw', log);
    expect(found.code).toBe(0);
    expect(found.stdout).toContain(`Original:      ${log}: the same bytes`);
    expect(found.stdout).toMatch(/ {2}its line: {4}\d+\.\d+ /);
    writeFileSync(join(folder, 'other.log'), 'another log\n'.repeat(40));
    const other = await both('--trace', id, '--raw', 'other.log');
    expect(other.code).toBe(1);
    expect(other.stdout).toContain('OTHER BYTES');
    expect(other.stdout).toContain('NO RECORD');
  });

  it('says the same as JSON', async () => {
    const { id, line } = proxyHit();
    const { code, stdout } = await ours('--trace', id, '--raw', log, '--json');
    expect(code).toBe(0);
    const { ok, trace } = JSON.parse(stdout) as { ok: boolean; trace: Record<string, Record<string, unknown>> };
    expect(ok).toBe(true);
    expect(trace).toMatchObject({ kind: 'record', record: { line }, original: { same: true } });
    const text = (await theirs('--trace', id, '--raw', log)).stdout;
    for (const fact of [
      trace.input?.sha256,
      trace.record?.sha256,
      trace.original?.record,
      trace.number?.actor,
      trace.finding?.id,
    ])
      expect(text).toContain(String(fact));
  });

  it('says what to do where there is nothing to follow', async () => {
    expect((await ours('--trace', 'no-such')).code).toBe(2);
    expect((await ours('--raw', log)).code).toBe(2);
    const { code, stderr } = await ours('--trace', proxyHit().id, '--raw', 'no-such.log');
    expect([code, stderr]).toEqual([3, expect.stringContaining('no-such.log')]);
    writeFileSync(join(folder, 'cut.gz'), readFileSync(log).subarray(0, 1000));
    const cut = await ours('--trace', proxyHit().id, '--raw', 'cut.gz');
    expect([cut.code, cut.stderr]).toEqual([3, expect.stringContaining('damaged')]);
    expect((await theirs('--trace', proxyHit().id, '--raw', 'cut.gz')).code).toBe(3);
  });

  it('follows nothing in a bundle that is not good', async () => {
    const bytes = readFileSync(join(folder, 'acme.zip'));
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    writeFileSync(join(folder, 'changed.zip'), bytes);
    const args = ['verify', 'changed.zip', '--key', key, '--trace', proxyHit().id];
    const { code, stdout } = await halflight(args, { cwd: folder });
    expect([code, stdout]).toEqual([1, expect.stringContaining('NOT good')]);
  });
});
