import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Expected } from '../../examples/generate/expected/types.js';
import { runScan } from '../../src/cli/common/scan-run.js';
import { compareFindings } from '../helpers/acme.js';

const examples = join(import.meta.dirname, '../../examples');
const [acme, more] = [join(examples, 'acme'), join(examples, 'acme-more')];
const expected = JSON.parse(readFileSync(join(examples, 'acme.expected.json'), 'utf8')) as Expected;
const [inventory, people] = [join(acme, 'inventory.yaml'), join(acme, 'people.csv')];
const bounds = { since: undefined, until: undefined, zone: 'UTC', logZone: 'UTC' };
const scan = async (paths: string[], rest: { leases?: string[]; contracts?: string } = {}) =>
  (await runScan(paths, { inventory, people, ...bounds, ...rest })).report;

describe('a scan of examples/acme, with what lies in examples/acme-more', () => {
  it('tells the people behind addresses by the leases, each at its time, and nothing else changes', async () => {
    const { findings, bypass, metrics } = expected.more.leases;
    const idOf = ({ service, accountKind }: Expected['findings'][number]) => `${service}/${accountKind}`;
    const others = new Map(findings.map((finding) => [idOf(finding), finding]));
    const all = expected.findings.map((finding) => others.get(idOf(finding)) ?? finding);
    const report = await scan([acme], { leases: [join(more, 'leases')] });
    expect(compareFindings(report, { ...expected, findings: all, bypass, metrics })).toEqual([]);
    const of = (service: string, from: readonly Expected['findings'][number][]) =>
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
});
