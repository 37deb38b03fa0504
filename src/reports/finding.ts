import type { Catalog } from '../catalog/compile.js';
import type { MatchedContract } from '../core/contract.js';
import { strengths } from '../core/hit.js';
import { isUnverified } from '../core/provenance.js';
import { type Finding, type InventoryEntry, verdicts } from '../core/register.js';
import { formatTime } from '../core/time.js';
import type { Actor, Evidence, Usage } from '../core/usage.js';
import { type Use, type UseKind, useWords } from '../core/use.js';
import { contractsOf, shownContracts } from '../inventory/contracts/evidence.js';
import { stateOf } from '../inventory/decide.js';
import { mergeSubRows } from '../inventory/sub-rows.js';
import { groupsOf, type Labels } from './people.js';
import type { ReportFinding } from './schema.js';

const shownActors = 10;
const shownEvidence = 20;
const shownModels = 20;

/** What all findings share. */
export interface FindingContext {
  catalog: Catalog;
  entries: readonly InventoryEntry[];
  labels: Labels;
  contracts?: readonly MatchedContract[];
  /** The day for which approvals are judged. */
  asOf: string;
}

export const instant = (time: number | undefined): string | null => (time === undefined ? null : formatTime(time));

/** What is behind a finding: all of its service and account kind. */
export interface Behind {
  usage: readonly Usage[];
  evidence: readonly Evidence[];
  uses: readonly Use[];
}

/** A finding with what is behind it, as reported. */
export function describeFinding(
  finding: Finding,
  { usage: all, evidence, uses }: Behind,
  context: FindingContext,
): ReportFinding {
  // What is only claimed is beside a finding, or all that there is.
  const usage = all.filter((row) => isUnverified(row.provenance) === finding.claimedOnly);
  const service = context.catalog.services.get(finding.service);
  const persons = finding.claimedOnly ? [] : usage;
  const groups = groupsOf(persons.map((row) => row.actor));
  const byGroup = new Map<string, { events: number; attempts: number }>();
  for (const row of persons) {
    if (row.actor.kind !== 'person') continue;
    const group = groups.shownAs(row.actor.group || 'other');
    const sum = byGroup.get(group) ?? { events: 0, attempts: 0 };
    byGroup.set(group, { events: sum.events + row.events, attempts: sum.attempts + row.attempts });
  }
  const spend = new Map<string, number>();
  for (const row of usage)
    for (const [currency, amount] of row.spend)
      spend.set(currency || 'unknown', (spend.get(currency || 'unknown') ?? 0) + amount);
  const shown = evidence.slice(0, shownEvidence);
  return {
    id: finding.id,
    service: finding.service,
    name: service?.name ?? finding.service,
    vendor: service?.vendor.name ?? '',
    category: service?.category ?? '',
    summary: service?.summary ?? '',
    account_kind: finding.accountKind,
    verdict: finding.verdict,
    reason: finding.reason,
    entry: finding.entry ?? null,
    risk: { ...finding.risk, factors: finding.risk.factors.map((factor) => ({ ...factor })) },
    signals: finding.signals.map((signal) => ({ ...signal, numbers: { ...signal.numbers } })),
    strength: strengths.find((strength) => strength === finding.strength) ?? 'contact',
    contact_only: finding.contactOnly,
    provenance: finding.provenance,
    claimed_only: finding.claimedOnly,
    unverified: { ...finding.unverified },
    people: finding.people,
    actors: finding.actors,
    events: finding.events,
    attempts: finding.attempts,
    bytes_out: finding.bytesOut,
    bytes_in: finding.bytesIn,
    spend: Object.fromEntries([...spend].sort()),
    ...describeUses(uses),
    first: instant(finding.first),
    last: instant(finding.last),
    days: byDay(usage),
    groups: [...groups.counts].map(([group, people]) => ({
      group,
      people,
      ...(byGroup.get(group) ?? { events: 0, attempts: 0 }),
    })),
    verdicts_by_group: mergeSubRows(finding.groups).map((row) => ({ ...row, group: row.group || 'without a group' })),
    top_actors: finding.claimedOnly ? [] : topActors(usage, context.labels),
    evidence: shown.map((item) => ({
      time: instant(item.time),
      actor: actorOf(item, context.labels),
      file: item.file,
      line: item.line,
      sha256: item.sha256,
      reason: item.reason,
      signature: item.signature,
      confidence: item.confidence,
      strength: item.strength,
      provenance: item.provenance,
      attempt: item.attempt,
      ...(context.labels.names && { sample: item.sample }),
    })),
    evidence_cut: Math.max(
      0,
      finding.events + finding.attempts + finding.unverified.events + finding.unverified.attempts - shown.length,
    ),
    alternatives: alternatives(finding, context),
    contracts: contractsOf(finding.service, context.contracts ?? [], context.asOf).slice(0, shownContracts),
  };
}

/** Whom nobody vouches for is not named: anybody can say that it was somebody else. */
const actorOf = (
  { actor, provenance }: { actor: Actor; provenance: Evidence['provenance'] },
  labels: Labels,
): string => (isUnverified(provenance) ? 'unverified' : labels.actor(actor));

/** Kinds of use with their share of the events, and the models that paths named. */
export function describeUses(uses: readonly Use[]): Pick<ReportFinding, 'uses' | 'models'> {
  const [kinds, models] = [new Map<UseKind, number>(), new Map<string, number>()];
  let total = 0;
  for (const { kind, model, events } of uses) {
    total += events;
    kinds.set(kind, (kinds.get(kind) ?? 0) + events);
    if (model !== '') models.set(model, (models.get(model) ?? 0) + events);
  }
  const most = ([a, x]: [string, number], [b, y]: [string, number]): number => y - x || (a < b ? -1 : 1);
  return {
    uses: [...kinds].sort(most).map(([kind, events]) => ({
      kind,
      means: useWords[kind],
      events,
      share: Math.round((events / total) * 1000) / 1000,
    })),
    models: [...models]
      .sort(most)
      .slice(0, shownModels)
      .map(([model, events]) => ({ model, events })),
  };
}

function byDay(usage: readonly Usage[]): ReportFinding['days'] {
  const days = new Map<string, { events: number; attempts: number }>();
  for (const { day, events, attempts } of usage) {
    const sum = days.get(day) ?? { events: 0, attempts: 0 };
    days.set(day, { events: sum.events + events, attempts: sum.attempts + attempts });
  }
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, sum]) => ({ day, ...sum }));
}

function topActors(usage: readonly Usage[], labels: Labels): ReportFinding['top_actors'] {
  const actors = new Map<
    string,
    { actor: string; kind: string; events: number; attempts: number; last: number | undefined }
  >();
  for (const row of usage) {
    const key = `${row.actor.kind} ${row.actor.id}`;
    const sum = actors.get(key) ?? {
      actor: labels.actor(row.actor),
      kind: row.actor.kind,
      events: 0,
      attempts: 0,
      last: undefined,
    };
    sum.events += row.events;
    sum.attempts += row.attempts;
    if (row.last !== undefined && (sum.last === undefined || row.last > sum.last)) sum.last = row.last;
    actors.set(key, sum);
  }
  return [...actors.values()]
    .sort((a, b) => b.events + b.attempts - (a.events + a.attempts) || (a.actor < b.actor ? -1 : 1))
    .slice(0, shownActors)
    .map((row) => ({ ...row, last: instant(row.last) }));
}

/**
 * Services of the category that an entry permits, as of the day of the report, for good. Nearest to a wrong account is the right account of
 * the same service, which comes first.
 */
function alternatives(finding: Finding, { catalog, entries, asOf }: FindingContext): string[] {
  const category = catalog.services.get(finding.service)?.category;
  const permitted = entries
    .filter((entry) => ['sanctioned', 'conditional'].includes(stateOf(entry, asOf).verdict))
    .flatMap((entry) => entry.services.map((id) => ({ id, entry })));
  const same = permitted.filter(({ id, entry }) => id === finding.service && entry.allowed_account === 'enterprise');
  const others = permitted.filter(
    ({ id }) => id !== finding.service && catalog.services.get(id)?.category === category,
  );
  const named = (list: typeof permitted): string[] =>
    list.map(({ id, entry }) => nameWithScope(catalog.services.get(id)?.name ?? id, entry)).sort();
  return [...new Set([...(finding.verdict === 'wrong-account' ? named(same) : []), ...named(others)])];
}

/** An approval for some groups, or for one kind of account, is none for the others: they are named with it. */
function nameWithScope(name: string, { allowed_account: account, allowed_groups: groups }: InventoryEntry): string {
  const scope = [account === 'any' ? '' : `${account} account`, groups.length === 0 ? '' : `for ${groups.join(', ')}`]
    .filter((part) => part !== '')
    .join(' ');
  return scope === '' ? name : `${name} (${scope})`;
}

/** Order of verdicts in lists: that of the table, then attempts. */
export const verdictOrder = (verdict: ReportFinding['verdict']): number =>
  verdict === 'attempted' ? verdicts.length : verdicts.indexOf(verdict);
