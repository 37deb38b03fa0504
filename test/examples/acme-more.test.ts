import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildAcme } from '../../examples/generate/build.js';
import type { Expected } from '../../examples/generate/expected/types.js';
import { runScan } from '../../src/cli/common/scan-run.js';
import { compareFindings } from '../helpers/acme.js';
import { AcmeScanner } from '../helpers/acme-scan.js';

const examples = join(import.meta.dirname, '../../examples');
const [acme, more] = [join(examples, 'acme'), join(examples, 'acme-more')];
const expected = JSON.parse(readFileSync(join(examples, 'acme.expected.json'), 'utf8')) as Expected;
type Finding = Expected['findings'][number];
const idOf = ({ service, accountKind }: Finding): string => `${service}/${accountKind}`;
const [inventory, people] = [join(acme, 'inventory.yaml'), join(acme, 'people.csv')];
const bounds = { since: undefined, until: undefined, zone: 'UTC', logZone: 'UTC' };
const scan = async (paths: string[], rest: { leases?: string[]; contracts?: string } = {}) =>
  (await runScan(paths, { inventory, people, ...bounds, ...rest })).report;

/** What was expected, with these findings in the place of those of the same name. */
function replaced(findings: readonly Finding[]): Finding[] {
  const others = new Map(findings.map((finding) => [idOf(finding), finding]));
  return expected.findings.map((finding) => others.get(idOf(finding)) ?? finding);
}

describe('a scan of examples/acme, with what lies in examples/acme-more', () => {
  it('tells the people behind addresses by the leases, each at its time, and nothing else changes', async () => {
    const { findings, bypass, metrics } = expected.more.leases;
    const all = replaced(findings);
    const report = await scan([acme], { leases: [join(more, 'leases')] });
    expect(compareFindings(report, { ...expected, findings: all, bypass, metrics })).toEqual([]);
    const of = (service: string, from: readonly Finding[]) =>
      from.find((finding) => finding.service === service && finding.accountKind === 'unknown');
    // The lawyer who had the address in the afternoon is not among those who used what is denied.
    expect(of('deepseek', expected.findings)?.people).toBe(8);
    expect(of('deepseek', all)).toMatchObject({ people: 9, actors: 9 });
    expect(of('notebooklm', expected.findings)).toMatchObject({ people: 0, actors: 4 });
    expect(of('notebooklm', all)).toMatchObject({ people: 4, actors: 4 });
  });

  it('tells on findings what was bought officially, what has run out, and leaves the verdict as it is', async () => {
    const report = await scan([acme], { contracts: join(more, 'contracts.csv') });
    expect(compareFindings(report, expected)).toEqual([]);
    for (const { service, contracts } of report.findings)
      expect(
        contracts.map(({ number, state }) => ({ service, number, state })),
        service,
      ).toEqual(expected.more.contracts.filter((contract) => contract.service === service));
    expect(report.findings.filter(({ contracts }) => contracts.length > 0).length).toBeGreaterThan(4);
  });

  it('tells subscriptions by a year of card payments, of which October is known already', async () => {
    const both = await scan([acme, join(more, 'cards-2026.xlsx')]);
    const subscriptions = both.subscriptions.map(({ name, actor, kind, ...rest }) => rest);
    expect(subscriptions).toEqual(expected.more.subscriptions);
    expect(both.subscriptions.map(({ kind }) => kind)).toEqual(['person', 'person']);
    // Three exports have October: the two that repeat it add nothing.
    const once = await scan([acme]);
    expect(once.totals.repeated_payments).toBeGreaterThan(0);
    expect(both.totals.repeated_payments).toBe(2 * once.totals.repeated_payments);
    const spend = (report: typeof both) => report.findings.find(({ id }) => id === 'claude/personal')?.spend;
    expect(spend(both)).toEqual(spend(once));
  });

  it('believes browsers that sent it telemetry themselves, and nobody who is not enrolled', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'halflight-acme-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { files } = buildAcme();
    const scanner = await AcmeScanner.open(folder, files, { stampedBy: 'telemetry' });
    const { findings, bypass, metrics } = expected.more.received;
    const report = await scanner.scan(files);
    expect(compareFindings(report, { ...expected, findings: replaced(findings), bypass, metrics })).toEqual([]);
    const of = (id: string, from: readonly Finding[]) => from.find((finding) => idOf(finding) === id);
    expect(of('merlin/unknown', expected.findings)).toMatchObject({ claimedOnly: true, people: 0 });
    expect(of('merlin/unknown', findings)).toMatchObject({ claimedOnly: false, people: 3 });
    expect(of('chatgpt/personal', findings)?.people).toBe((of('chatgpt/personal', expected.findings)?.people ?? 0) + 2);
    expect(report.findings.find(({ id }) => id === 'replika/unknown')).toMatchObject({ claimed_only: true, people: 0 });
  });
});
