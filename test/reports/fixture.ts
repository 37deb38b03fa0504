import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Report, type ReportFinding, reportSchema } from '../../src/reports/schema.js';

type Input = Report['coverage']['inputs'][number];

/** A finding as fixture.yaml has it. */
interface Sketch
  extends Pick<ReportFinding, 'service' | 'name' | 'vendor' | 'category' | 'verdict' | 'reason' | 'people'> {
  account: ReportFinding['account_kind'];
  entry?: string;
  factors: readonly [ReportFinding['risk']['factors'][number]['group'], string, number, string][];
  others?: number;
  attempts?: number;
  /** Events of each day of October, from the first on. */
  days?: readonly number[];
  workdays?: readonly [level: number, growth?: number, from?: number];
  sent?: number;
  strength?: ReportFinding['strength'];
  groups?: readonly [string, number][];
  more?: Partial<ReportFinding>;
}

interface Source
  extends Pick<Report, 'unseen' | 'lapsing_soon' | 'measures' | 'inventory' | 'candidates' | 'problems'> {
  findings: readonly Sketch[];
  inputs: readonly (Partial<Input> & Pick<Input, 'file' | 'lines'>)[];
  not_read: Report['coverage']['not_read'];
  shows: Report['coverage']['shows'];
}

const actors = ['person-k3w7q2ma', 'person-z5hd2xq7', 'person-b4l6ttre', 'address-q2m3k7wd', 'person-7yx2mmka'];
const calm = new Set(['in-review', 'excepted', 'conditional', 'sanctioned', 'attempted']);
const dayOf = (index: number): string => `2026-10-${String(index + 1).padStart(2, '0')}`;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const sha = (seed: number): string =>
  Array.from({ length: 64 }, (_, i) => ((seed * 7919 + ((i * 2654435761) >>> 7)) % 16).toString(16)).join('');

const workdays = (level: number, growth = 0, from = 0): number[] =>
  Array.from({ length: 31 }, (_, i) =>
    i < from || (i + 3) % 7 >= 5 ? 0 : Math.round(level + growth * Math.floor(i / 7) + ((i * 13) % 7) * (level / 12)),
  );

/** The report as a user would get it, in Berlin, with pseudonyms. */
export function realisticReport(): Report {
  const source = parse(readFileSync(join(import.meta.dirname, 'fixture.yaml'), 'utf8')) as Source;
  const { unseen, lapsing_soon, measures, inventory, candidates, problems } = source;
  const findings = source.findings.map(finding);
  const inputs = source.inputs.map(input);
  const total = (key: 'events' | 'attempts'): number => sum(findings.map((row) => row[key]));
  const verdicts: Record<string, number> = {};
  for (const { verdict } of findings) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  return reportSchema.parse({
    report: 'halflight-scan/1',
    product: { name: 'Halflight', version: '0.1.0' },
    catalog: { hash: `sha256:${sha(5)}`, services: 512, version: 12, expires: '2027-01-01', notice: null },
    risk_rules: '2026.1',
    organisation_timezone: 'Europe/Berlin',
    log_timezone: 'UTC',
    period: { from: '2026-10-01', to: '2026-10-31' },
    as_of: '2026-11-01',
    names: false,
    answer:
      'From 2026-10-01 to 2026-10-31, 214 people used 11 AI services; 8 findings call for action (1 denied, 1 retired, 1 wrong-account, 1 out-of-scope, 1 lapsed, 3 unregistered), first DeepSeek (denied, personal account, risk 78).',
    totals: {
      services: 11,
      people: 214,
      actors: 223,
      findings_to_act_on: findings.filter(({ verdict }) => !calm.has(verdict)).length,
      events: total('events'),
      attempts: total('attempts'),
      hits: total('events') + total('attempts'),
      inputs: inputs.length,
      records: sum(inputs.map((row) => row.records)),
      rejected: sum(inputs.map((row) => row.rejected)),
      bytes: sum(inputs.map((row) => row.bytes)),
      repeated_payments: 0,
    },
    verdicts,
    findings,
    survey: null,
    subscriptions: [
      {
        service: 'chatgpt',
        name: 'ChatGPT',
        actor: 'person-1',
        kind: 'person',
        cadence: 'monthly',
        amount: 2000,
        currency: 'USD',
        payments: 6,
        since: '2026-05-05',
        last: '2026-10-05',
        next: '2026-11-05',
        state: 'running',
      },
    ],
    unseen,
    lapsing_soon,
    measures,
    inventory,
    candidates,
    other_candidates: 14,
    unresolved: { actors: 0, events: 0, share: 0, groups: [], by_actor: [] },
    coverage: { inputs, not_read: source.not_read, shows: source.shows },
    problems,
  });
}

/** The report with people by name and the records behind the evidence. */
export function namedReport(): Report {
  const report = realisticReport();
  const findings = report.findings.map((row) => ({
    ...row,
    evidence: row.evidence.map((item) => ({
      ...item,
      actor: 'Ada Example',
      sample: `1793001600.118 244 10.3.7.21 TCP_MISS/200 8812 POST https://chat.${row.service}.example/api/chat ada HIER_DIRECT/203.0.113.9 application/json`,
    })),
  }));
  return { ...report, names: true, findings };
}

const contractOf = (vendor: string): ReportFinding['contracts'][number] => ({
  vendor,
  name: 'Enterprise',
  number: 'MSA-123',
  start: null,
  end: '2027-03-31',
  owner: 'Jane Doe',
  state: 'running',
  by: 'product',
  sentence: `A contract with ${vendor} (Enterprise, MSA-123) runs until 2027-03-31, owner Jane Doe.`,
});

function finding(sketch: Sketch, index: number): ReportFinding {
  const { service, name, vendor, category, verdict, people, attempts = 0, others = 0, strength = 'visit' } = sketch;
  const perDay = sketch.days ?? workdays(...(sketch.workdays ?? [0]));
  const active = perDay.flatMap((events, i) => (events > 0 ? [i] : []));
  const [first, last] = [dayOf(active[0] ?? 0), dayOf(active.at(-1) ?? 0)];
  const tried = verdict === 'attempted';
  const all = sum(perDay);
  const who = [people > 0 ? `${people} people` : '', others > 0 ? `${others} other actors` : ''].filter(
    (t) => t !== '',
  );
  const score = sum(sketch.factors.map(([, , points]) => points));
  const shown = Math.min(actors.length, people + others);
  const evidence = active.slice(0, 6).map((day, i) => ({
    time: `${dayOf(day)}T0${6 + (i % 3)}:12:44Z`,
    actor: actors[i % Math.max(1, shown)] ?? 'unknown',
    file: i % 2 === 0 ? 'logs/proxy/access.log-20261031.gz' : 'logs/zscaler/web-2026-10.csv',
    line: 1204 + index * 511 + i * 37,
    sha256: sha(index * 17 + i),
    reason: `The host chat.${service}.example is a host of ${name}.`,
    signature: `host ${service}.example`,
    confidence: 'high' as const,
    strength,
    provenance: 'observed' as const,
    attempt: tried,
  }));
  return {
    id: `${service}/${sketch.account}`,
    service,
    name,
    vendor,
    category,
    summary: `${name} of ${vendor}, on the web and as an application.`,
    account_kind: sketch.account,
    verdict,
    reason: sketch.reason.replace(
      '{numbers}',
      `${who.join(' and ')} with ${all.toLocaleString('en-US')} events on ${active.length} days`,
    ),
    entry: sketch.entry ?? null,
    risk: {
      score,
      level: score >= 60 ? 'high' : score >= 35 ? 'medium' : 'low',
      rules: '2026.1',
      factors: sketch.factors.map(([group, factor, points, why]) => ({ group, name: factor, points, why })),
    },
    signals: [],
    strength,
    contact_only: strength === 'contact',
    provenance: 'observed',
    claimed_only: false,
    unverified: { actors: 0, events: 0, attempts: 0 },
    people,
    actors: people + others,
    events: tried ? 0 : all,
    attempts: tried ? all : attempts,
    bytes_out: sketch.sent ?? 0,
    bytes_in: (sketch.sent ?? 0) * 3,
    spend: {},
    uses: tried
      ? []
      : [
          { kind: 'web', means: 'web chat or site', events: all - 1, share: 0.8 },
          { kind: 'api', means: 'API integration', events: 1, share: 0.2 },
        ],
    models: index === 0 ? [{ model: 'claude-sonnet', events: 1 }] : [],
    first: `${first}T06:12:44Z`,
    last: `${last}T15:58:02.250Z`,
    days: active.map((i) => {
      const events = perDay[i] ?? 0;
      const blocked = Math.floor(attempts / active.length) + (i === active[0] ? attempts % active.length : 0);
      return { day: dayOf(i), events: tried ? 0 : events, attempts: tried ? events : blocked };
    }),
    groups: (sketch.groups ?? []).map(([group, count]) => ({
      group,
      people: count,
      events: tried ? 0 : Math.round((all * count) / Math.max(1, people)),
      attempts: tried ? Math.round((all * count) / Math.max(1, people)) : 0,
    })),
    verdicts_by_group: [],
    top_actors: actors.slice(0, shown).map((actor, i) => ({
      actor,
      kind: actor.startsWith('address') ? 'address' : 'person',
      events: tried ? 0 : Math.round(all / (i + 3)),
      attempts: i === 0 ? (tried ? all : attempts) : 0,
      last: `${last}T1${i}:20:10Z`,
    })),
    evidence,
    evidence_cut: Math.max(0, all + (tried ? 0 : attempts) - evidence.length),
    contracts: index === 1 ? [contractOf(vendor)] : [],
    alternatives: [],
    ...sketch.more,
  };
}

function input(row: Source['inputs'][number]): Input {
  const { lines, rejected = 0, skipped = 0 } = row;
  return {
    format: null,
    title: null,
    kinds: [],
    confidence: 0.97,
    why: 'The first 50 lines have the fields of this log in their order.',
    bytes: lines * 214,
    records: lines,
    records_with_events: lines - rejected - skipped,
    events: lines - rejected - skipped,
    skipped,
    rejected,
    hits: Math.round(lines / 60),
    first: '2026-09-30T22:00:03Z',
    last: '2026-10-31T22:59:51Z',
    skips: {},
    rejects: {},
    problem: null,
    ...row,
  };
}
