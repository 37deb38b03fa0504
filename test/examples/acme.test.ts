import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAcme } from '../../examples/generate/build.js';
import type { Expected } from '../../examples/generate/expected/types.js';
import { silentHosts } from '../../examples/generate/ordinary/hosts.js';
import { everybody } from '../../examples/generate/people.js';
import { broken } from '../../examples/generate/plan/broken.js';
import { type Plan, plan } from '../../examples/generate/plan/index.js';
import { writeAcme } from '../../examples/generate/write.js';
import { runScan, type ScanOutcome } from '../../src/cli/common/scan-run.js';
import { compareFindings } from '../helpers/acme.js';
import { AcmeScanner } from '../helpers/acme-scan.js';

const examples = join(import.meta.dirname, '../../examples');
const acme = join(examples, 'acme');
const expected = JSON.parse(readFileSync(join(examples, 'acme.expected.json'), 'utf8')) as Expected;
const scratch = mkdtempSync(join(tmpdir(), 'halflight-acme-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** All files below a folder with their bytes. */
function tree(folder: string): Map<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path)]));
}

describe('examples/acme', () => {
  it('is byte for byte what the generator writes', () => {
    const target = join(scratch, 'again');
    writeAcme(target);
    const [again, kept] = [tree(join(target, 'acme')), tree(acme)];
    expect([...again.keys()]).toEqual([...kept.keys()]);
    for (const [path, content] of again) expect(kept.get(path)?.equals(content), path).toBe(true);
    expect([...tree(join(target, 'acme-more'))]).toEqual([...tree(join(examples, 'acme-more'))]);
    expect(readFileSync(join(target, 'acme.expected.json'), 'utf8')).toBe(
      readFileSync(join(examples, 'acme.expected.json'), 'utf8'),
    );
  });

  it('is small enough to live in the repository', () => {
    const bytes = [...tree(acme).values()].reduce((sum, content) => sum + content.length, 0);
    expect(bytes).toBeLessThan(3_500_000);
  });
});

describe('a scan of examples/acme', () => {
  let outcome: ScanOutcome;
  beforeAll(async () => {
    const [inventory, people] = [join(acme, 'inventory.yaml'), join(acme, 'people.csv')];
    const bounds = { since: undefined, until: undefined };
    outcome = await runScan([acme], { inventory, people, zone: 'UTC', logZone: 'UTC', ...bounds });
  });

  it('finds what was planted, and nothing else', () => {
    expect(compareFindings(outcome.report, expected)).toEqual([]);
    expect(outcome.incomplete).toEqual([]);
  });

  it('names the line of every record that it could not read', () => {
    const lines: Record<string, number[]> = {};
    for (const { file, line } of outcome.rejects) {
      const path = file.slice(join(acme, 'logs/').length);
      lines[path] = [...(lines[path] ?? []), line];
    }
    expect(lines).toEqual(expected.rejectLines);
  });

  it('says nothing of look-alikes and of wider products', () => {
    const report = JSON.stringify(outcome.report);
    expect(silentHosts.map(([host]) => host).filter((host) => report.includes(host))).toEqual([]);
  });

  it('shows no names, and not the group of four', () => {
    const report = JSON.stringify(outcome.report);
    const traces = everybody.flatMap(({ email, device, first, last }) => [email, device, `${first} ${last}`]);
    expect(['Executive Board', ...traces].filter((trace) => report.includes(trace))).toEqual([]);
  });
});

describe('the comparison with what was planted', () => {
  let scanner: AcmeScanner;
  beforeAll(async () => {
    scanner = await AcmeScanner.open(join(scratch, 'changing'), buildAcme().files);
  });

  /** The plans under which the comparison would have noticed nothing. */
  async function unnoticed(plans: readonly (readonly [name: string, plan: Plan])[]): Promise<string[]> {
    const missed: string[] = [];
    for (const [name, reduced] of plans) {
      const report = await scanner.scan(buildAcme(reduced).files);
      if (compareFindings(report, expected).length === 0) missed.push(name);
    }
    return missed;
  }
  const without = <T>(items: readonly T[], item: T): T[] => items.filter((other) => other !== item);

  it('agrees when nothing is missing', async () => {
    expect(compareFindings(await scanner.scan(buildAcme().files), expected)).toEqual([]);
  });

  it('fails without any one of the planted facts', async () => {
    const plans = plan.facts.map((fact) => [fact.id, { ...plan, facts: without(plan.facts, fact) }] as const);
    expect(plans.length).toBeGreaterThan(50);
    expect(await unnoticed(plans)).toEqual([]);
  }, 180_000);

  it('fails without any one of the candidates', async () => {
    const plans = plan.candidates.map(
      (candidate) => [candidate.id, { ...plan, candidates: without(plan.candidates, candidate) }] as const,
    );
    expect(await unnoticed(plans)).toEqual([]);
  });

  it('fails without any one entry of the inventory', async () => {
    const plans = plan.inventory.map(
      (entry) => [entry.id, { ...plan, inventory: without(plan.inventory, entry) }] as const,
    );
    expect(await unnoticed(plans)).toEqual([]);
  });

  it('fails without the broken records of any one file', async () => {
    const plans = Object.keys(broken).map((key) => [key, { ...plan, withoutBroken: new Set([key]) }] as const);
    expect(await unnoticed(plans)).toEqual([]);
  });

  it('fails when something is found that was not planted', async () => {
    const report = await scanner.scan(buildAcme().files);
    const [fact] = plan.facts;
    const less = buildAcme({ ...plan, facts: plan.facts.filter((other) => other !== fact) }).expected;
    expect(compareFindings(report, less)).not.toEqual([]);
  });
});
