import type { Catalog } from '../catalog/compile.js';
import { candidateId, reasonOf } from '../core/candidate.js';
import type { MatchedContract } from '../core/contract.js';
import type { CandidateHit } from '../core/hit.js';
import { isUnverified } from '../core/provenance.js';
import { callsForAction as actionNeeded, type InventoryEntry } from '../core/register.js';
import type { Evidence, Period, Usage } from '../core/usage.js';
import type { Use } from '../core/use.js';
import { completeness } from '../inventory/completeness.js';
import { surveyCheck } from '../inventory/declared.js';
import { measures } from '../inventory/metrics.js';
import type { Reconciled } from '../inventory/reconcile.js';
import { riskRules } from '../inventory/risk-rules.js';
import { subscriptionsOf } from '../inventory/subscriptions.js';
import { whatSourcesShow } from './coverage.js';
import { describeFinding, instant, verdictOrder } from './finding.js';
import type { Labels } from './people.js';
import type { Report, ReportFinding } from './schema.js';
import { describeUnresolved } from './unresolved.js';

/** Everything that a report is made of. */
export interface ReportInput {
  version: string;
  catalog: Catalog;
  /** That the catalog expires soon, or has expired. */
  catalogNotice?: string | undefined;
  zone: string;
  logZone: string;
  period: Period;
  asOf: string;
  labels: Labels;
  usage: readonly Usage[];
  uses: readonly Use[];
  evidence: readonly Evidence[];
  hits: number;
  /** Payments that another input held already. */
  repeated: number;
  candidates: readonly (CandidateHit & {
    events: number;
    bytesOut: number;
    bytesIn: number;
    actors: number;
    first: number | undefined;
    last: number | undefined;
    file: string;
    line: number;
  })[];
  otherCandidates: number;
  inputs: Report['coverage']['inputs'];
  notRead: Report['coverage']['not_read'];
  entries: readonly InventoryEntry[];
  contracts?: readonly MatchedContract[];
  reconciled: Reconciled;
  problems: readonly string[];
}

const shownCandidates = 200;

/** Puts the report together. The same input gives the same report. */
export function buildReport(input: ReportInput): Report {
  const findings = describeFindings(input);
  const verified = input.usage.filter((row) => !isUnverified(row.provenance));
  const used = verified.filter((row) => row.events > 0);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const totals: Report['totals'] = {
    services: new Set(used.map((row) => row.service)).size,
    people: new Set(used.filter((row) => row.actor.kind === 'person').map((row) => row.actor.id)).size,
    actors: new Set(used.map((row) => `${row.actor.kind} ${row.actor.id}`)).size,
    findings_to_act_on: findings.filter(callsForAction).length,
    events: sum(verified.map((row) => row.events)),
    attempts: sum(verified.map((row) => row.attempts)),
    hits: input.hits,
    inputs: input.inputs.length,
    records: sum(input.inputs.map((row) => row.records)),
    rejected: sum(input.inputs.map((row) => row.rejected)),
    bytes: sum(input.inputs.map((row) => row.bytes)),
    repeated_payments: input.repeated,
  };
  const byVerdict: Record<string, number> = {};
  for (const finding of findings.toSorted((a, b) => verdictOrder(a.verdict) - verdictOrder(b.verdict)))
    byVerdict[finding.verdict] = (byVerdict[finding.verdict] ?? 0) + 1;
  return {
    report: 'halflight-scan/1',
    product: { name: 'Halflight', version: input.version },
    catalog: {
      hash: input.catalog.hash,
      services: input.catalog.services.size,
      version: input.catalog.release?.version ?? null,
      expires: input.catalog.release?.expires ?? null,
      notice: input.catalogNotice ?? null,
    },
    risk_rules: riskRules.version,
    organisation_timezone: input.zone,
    log_timezone: input.logZone,
    period: input.period,
    as_of: input.asOf,
    names: input.labels.names,
    answer: answer(input.period, totals, findings),
    totals,
    verdicts: byVerdict,
    findings,
    survey: surveyOf(input),
    unresolved: describeUnresolved(input.usage, findings, input.labels),
    subscriptions: describeSubscriptions(input),
    unseen: input.reconciled.unseen.map(({ entry, name, reason }) => ({ entry, name, reason })),
    lapsing_soon: input.reconciled.lapsingSoon.map(({ entry, name, what, date, daysLeft }) => ({
      entry,
      name,
      what,
      date,
      days: daysLeft,
    })),
    measures: measures({
      findings: input.reconciled.findings,
      entries: input.entries,
      usage: input.usage,
      asOf: input.asOf,
    }).map(({ name, numerator, denominator, sentence }) => ({ name, numerator, denominator, sentence })),
    inventory: {
      entries: input.entries.length,
      completeness: input.entries.map((entry) => {
        const { score, missing } = completeness(entry);
        return { entry: entry.id, name: entry.name, score, missing: [...missing] };
      }),
    },
    candidates: input.candidates.slice(0, shownCandidates).map((row) => ({
      id: candidateId(row),
      kind: row.kind,
      subject: row.subject,
      score: row.score,
      reason: reasonOf(row),
      reasons: row.reasons.map(({ rule, points, why }) => ({ rule, points, why })),
      events: row.events,
      bytes_out: row.bytesOut,
      bytes_in: row.bytesIn,
      actors: row.actors,
      first: instant(row.first),
      last: instant(row.last),
      file: row.file,
      line: row.line,
    })),
    other_candidates: input.otherCandidates + sum(input.candidates.slice(shownCandidates).map((row) => row.events)),
    coverage: { inputs: [...input.inputs], not_read: [...input.notRead], shows: whatSourcesShow(input.inputs) },
    problems: [...input.problems],
  };
}

const callsForAction = ({ verdict, claimed_only: claimedOnly }: ReportFinding): boolean =>
  actionNeeded({ verdict, claimedOnly });

const shownSubscriptions = 500;

/** Those that go on first; within these by service, payer and amount. */
const describeSubscriptions = ({ usage, asOf, catalog, labels }: ReportInput): Report['subscriptions'] =>
  subscriptionsOf(usage, asOf)
    .sort((a, b) => Number(a.stopped) - Number(b.stopped))
    .slice(0, shownSubscriptions)
    .map(({ service, actor, stopped, currency, ...rest }) => ({
      service,
      name: catalog.services.get(service)?.name ?? service,
      actor: labels.actor(actor),
      kind: actor.kind,
      currency: currency || 'unknown',
      ...rest,
      state: stopped ? 'stopped' : 'running',
    }));

function describeFindings(input: ReportInput): ReportFinding[] {
  const keyOf = (row: { service: string; accountKind: string }): string => `${row.service}/${row.accountKind}`;
  const usage = groupBy(input.usage, keyOf);
  const evidence = groupBy(input.evidence, keyOf);
  const uses = groupBy(input.uses, keyOf);
  return input.reconciled.findings
    .map((finding) => {
      const key = keyOf(finding);
      const behind = { usage: usage.get(key) ?? [], evidence: evidence.get(key) ?? [], uses: uses.get(key) ?? [] };
      return describeFinding(finding, behind, input);
    })
    .sort(
      (a, b) =>
        Number(callsForAction(b)) - Number(callsForAction(a)) ||
        (callsForAction(a) ? 0 : verdictOrder(a.verdict) - verdictOrder(b.verdict)) ||
        b.risk.score - a.risk.score ||
        b.people - a.people ||
        (a.id < b.id ? -1 : 1),
    );
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function surveyOf({ usage, catalog }: ReportInput): Report['survey'] {
  const check = surveyCheck(usage);
  if (check === undefined) return null;
  return {
    answered: check.answered,
    services: check.services.map((row) => ({
      service: row.service,
      name: catalog.services.get(row.service)?.name ?? row.service,
      declared_and_seen: row.declaredAndSeen,
      declared_not_seen: row.declaredNotSeen,
      seen_not_declared: row.seenNotDeclared,
    })),
  };
}

const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;

/** The result in one sentence. */
function answer(period: Period, totals: Report['totals'], findings: readonly ReportFinding[]): string {
  const when =
    period.from === ''
      ? 'In what was read'
      : period.from === period.to
        ? `On ${period.from}`
        : `From ${period.from} to ${period.to}`;
  if (totals.inputs === 0) return 'Nothing could be read, so nothing can be said.';
  const known = new Set(findings.flatMap((finding) => (finding.claimed_only ? [] : [finding.service])));
  const claimed = new Set(findings.map(({ service }) => service).filter((service) => !known.has(service))).size;
  const claims =
    claimed === 0
      ? ''
      : ` ${plural(claimed, 'service is', 'services are')} only claimed: nothing that was read confirms ${claimed === 1 ? 'it' : 'them'}.`;
  if (totals.services === 0) {
    const tried = totals.attempts > 0 ? `; ${plural(totals.attempts, 'attempt')} failed or were blocked` : '';
    return `${when}, no AI service of the catalog was used${tried}.${claims}`;
  }
  const who = totals.people > 0 ? plural(totals.people, 'person', 'people') : plural(totals.actors, 'actor');
  // A look-up proves no use, and the first sentence must not claim one.
  const sure = new Set(
    findings.flatMap((finding) =>
      finding.events > 0 && !finding.contact_only && !finding.claimed_only ? [finding.service] : [],
    ),
  );
  const unsure = totals.services - sure.size;
  const dns = unsure > 0 ? ` (${unsure.toLocaleString('en-US')} of them only looked up in DNS)` : '';
  const used = `${when}, ${who} used ${plural(totals.services, 'AI service')}${dns}`;
  const acting = findings.filter(callsForAction);
  const [first] = acting;
  if (first === undefined) return `${used}, and nothing of it calls for action.${claims}`;
  const verdicts = new Map<string, number>();
  for (const finding of acting.toSorted((a, b) => verdictOrder(a.verdict) - verdictOrder(b.verdict)))
    verdicts.set(finding.verdict, (verdicts.get(finding.verdict) ?? 0) + 1);
  const list = [...verdicts].map(([verdict, number]) => `${number} ${verdict}`).join(', ');
  return `${used}; ${plural(acting.length, 'finding calls', 'findings call')} for action (${list}), first ${first.name} (${first.verdict}, ${first.account_kind} account, risk ${first.risk.score}).${claims}`;
}
