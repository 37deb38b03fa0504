import type { Service } from '../catalog/schema.js';
import { isUnverified } from '../core/provenance.js';
import type { Finding, InventoryEntry, Signal } from '../core/register.js';
import type { Period, Usage } from '../core/usage.js';
import { BypassTally } from './bypass.js';
import { daysBetween } from './days.js';
import { allowing, compareVerdicts, type Decision, foldName } from './decide.js';
import { Decider } from './decider.js';
import { type DeclaredCheck, surveyCheck } from './declared.js';
import { type Lapsing, lapsingSoon, type UnseenEntry, unseenEntries } from './drift.js';
import { countsAsPersonal, type JoinedAccounts, joinAccounts, noSignInSignal } from './joined.js';
import { explainVerdict, type ReasonContext } from './reasons.js';
import { riskOf } from './risk.js';
import { type RiskRules, riskRules } from './risk-rules.js';
import { type Bucket, deciding, mergeCounts, Tally, verdictOf } from './tally.js';

export type { Lapsing, UnseenEntry } from './drift.js';

export interface ReconcileInput {
  /** Rows of the period; embedded and weak matches are no use and must not be among them. */
  usage: readonly Usage[];
  entries: readonly InventoryEntry[];
  /** Catalog services by id. */
  services: ReadonlyMap<string, Service>;
  period: Period;
  /** The day of the report, `YYYY-MM-DD`; rows without a date are judged as of it. */
  asOf: string;
  /** Name of a service's vendor; default: from the catalog. */
  vendorOf?: ((service: string) => string | undefined) | undefined;
  /** Groups that work with sensitive data: their use adds to the risk. */
  sensitiveGroups?: ReadonlySet<string> | undefined;
  rules?: RiskRules | undefined;
}

export interface Reconciled {
  /** By verdict in the order of the table, then highest risk first. */
  findings: Finding[];
  /** Entries with no usage in the period. */
  unseen: UnseenEntry[];
  lapsingSoon: Lapsing[];
}

/**
 * Holds usage against the inventory. Every row counts in exactly one finding: one per service and account kind. A finding's verdict is
 * the first in the table among its rows'. Rows that are only claimed or unauthenticated decide nothing and count for nobody beside
 * others; alone they make a finding about no person, which calls for no action. Pure, and the same for any order of the rows.
 */
export function reconcile(input: ReconcileInput): Reconciled {
  const tallies = new Map<string, Tally>();
  const claims = new Map<string, Tally>();
  const bypass = new BypassTally(input.services, input.entries, input.asOf);
  const decider = new Decider(input.entries, input.asOf);
  const joined = joinedServices(input);
  const personal = new Map<string, Decision>();
  const seen = { entries: new Set<string>(), used: new Set<string>(), tried: new Set<string>() };
  for (const row of input.usage) {
    const id = `${row.service}/${row.accountKind}`;
    if (isUnverified(row.provenance)) {
      const anonymous = ofNobody(row);
      tallyOf(claims, id, row).add(anonymous, row.events === 0 ? undefined : decider.decide(anonymous).decision);
      continue;
    }
    const tally = tallyOf(tallies, id, row);
    if (row.events === 0) {
      tally.add(row, undefined);
      seen.tried.add(row.service);
      continue;
    }
    const { decision, covering } = decider.decide(row);
    tally.add(row, countsAsPersonal(joined.get(row.service), row) ? asPersonal(decision, personal) : decision);
    bypass.add(id, row, decision.verdict);
    seen.used.add(row.service);
    for (const entry of covering) seen.entries.add(entry);
  }
  const survey = new Map(surveyCheck(input.usage)?.services.map((check) => [check.service, check]));
  const findings = [
    ...[...tallies].map(([id, tally]) =>
      finding(
        id,
        tally,
        { tallies, signals: signalsOf(id, tally, bypass, joined, input), claims: claims.get(id), survey },
        input,
      ),
    ),
    ...[...claims].flatMap(([id, tally]) =>
      tallies.has(id) ? [] : finding(id, tally, { tallies: claims, signals: [], claims: tally, survey }, input),
    ),
  ];
  findings.sort(
    (a, b) =>
      compareVerdicts(a.verdict, b.verdict) ||
      b.risk.score - a.risk.score ||
      b.actors - a.actors ||
      (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  const nameOf = (service: string): string => input.services.get(service)?.name ?? service;
  return {
    findings,
    unseen: unseenEntries(input.entries, seen, input.period, nameOf),
    lapsingSoon: lapsingSoon(input.entries, input.asOf),
  };
}

/** Services that are approved for enterprise accounts only, with what joining their sources shows of the people who use them. */
function joinedServices({ entries, usage }: ReconcileInput): Map<string, JoinedAccounts | undefined> {
  const rows = new Map<string, Usage[]>();
  for (const entry of entries)
    if (entry.allowed_account === 'enterprise') for (const service of entry.services) rows.set(service, []);
  if (rows.size > 0) for (const row of usage) rows.get(row.service)?.push(row);
  return new Map([...rows].map(([service, own]) => [service, joinAccounts(own)]));
}

/** The same use once it is known to be personal: what only enterprise accounts are allowed to do is the wrong account then. */
function asPersonal(decision: Decision, made: Map<string, Decision>): Decision {
  const { entry, verdict } = decision;
  if (entry?.allowed_account !== 'enterprise' || !allowing.has(verdict)) return decision;
  const other = made.get(entry.id) ?? { verdict: 'wrong-account', rule: 'no-sign-in', entry };
  made.set(entry.id, other);
  return other;
}

function signalsOf(
  id: string,
  { service, accountKind }: Tally,
  bypass: BypassTally,
  joined: ReadonlyMap<string, JoinedAccounts | undefined>,
  { services }: ReconcileInput,
): Signal[] {
  const alone = accountKind === 'unknown' ? noSignInSignal(joined.get(service), services.get(service)) : undefined;
  return [bypass.signal(id, service), alone].filter((signal) => signal !== undefined);
}

function tallyOf(tallies: Map<string, Tally>, id: string, { service, accountKind }: Usage): Tally {
  const tally = tallies.get(id) ?? new Tally(service, accountKind);
  tallies.set(id, tally);
  return tally;
}

/** The row with an actor that is no person and in no group: whom it names is only said. */
const ofNobody = (row: Usage): Usage => ({
  ...row,
  actor: { kind: 'unknown', id: `${row.actor.kind}\0${row.actor.id}`, group: '' },
});

/** What a finding is made from beside its tally: all of the same kind, and what is only claimed of it. */
interface Beside {
  tallies: ReadonlyMap<string, Tally>;
  signals: readonly Signal[];
  claims: Tally | undefined;
  /** What people say, by service. */
  survey: ReadonlyMap<string, DeclaredCheck>;
}

function finding(
  id: string,
  tally: Tally,
  { tallies, signals, claims, survey }: Beside,
  input: ReconcileInput,
): Finding {
  const [first] = deciding(tally.buckets.values());
  const verdict = first === undefined ? 'attempted' : verdictOf(first);
  const entry = first?.decision?.entry;
  const service = input.services.get(tally.service);
  const vendorOf = input.vendorOf ?? ((of: string) => input.services.get(of)?.vendor.name);
  const vendor = vendorOf(tally.service);
  const kinds = (['enterprise', 'personal', 'unknown'] as const).map((kind) => tallies.get(`${tally.service}/${kind}`));
  const claimedOnly = claims === tally;
  const claimed = claimedOnly ? undefined : claims?.total();
  const unverified = {
    actors: claimed?.actors ?? 0,
    events: claimed?.events ?? 0,
    attempts: claimed?.attempts ?? 0,
  };
  const context: ReasonContext = {
    claimedOnly,
    unverified,
    declared: survey.get(tally.service),
    service: service?.name ?? tally.service,
    vendor,
    asOf: input.asOf,
    serviceEvents: kinds.reduce((sum, other) => sum + (other?.events ?? 0), 0),
    unknownEvents: kinds[2]?.events ?? 0,
    vendorEntries: input.entries.filter(
      (other) => vendor !== undefined && other.vendor !== undefined && foldName(other.vendor) === foldName(vendor),
    ),
  };
  const sensitive = new Set([...(input.sensitiveGroups ?? [])].map(foldName));
  const inSensitive = [...tally.buckets.values()].filter((bucket) => sensitive.has(foldName(bucket.group)));
  const used = [...tally.buckets.values()].filter((bucket) => bucket.decision !== undefined);
  const total = tally.total();
  return {
    id,
    service: tally.service,
    accountKind: tally.accountKind,
    verdict,
    reason: explainVerdict(tally.buckets.values(), tally, context),
    entry: entry?.id,
    groups: subRows(tally, context),
    risk: riskOf(
      {
        service,
        accountKind: tally.accountKind,
        strength: tally.strength,
        people: mergeCounts(used.map((bucket) => bucket.count)).people.size,
        bytesOut: tally.bytesOut,
        sensitivePeople: mergeCounts(inSensitive.map((bucket) => bucket.count)).people.size,
        verdict,
        ageDays: Math.max(0, tally.firstDay === '' ? 0 : daysBetween(tally.firstDay, input.asOf)),
        owner: entry?.business_owner ?? entry?.technical_owner,
      },
      input.rules ?? riskRules,
    ),
    signals,
    strength: tally.strength,
    contactOnly: tally.strength === 'contact',
    provenance: tally.provenance,
    claimedOnly,
    unverified,
    actors: total.actors,
    people: total.people.size,
    events: total.events,
    attempts: total.attempts,
    bytesOut: tally.bytesOut,
    bytesIn: tally.bytesIn,
    first: tally.first,
    last: tally.last,
    lastUsed: tally.lastUsed,
  };
}

/** One row for each group, when they do not all have the same verdict. */
function subRows(tally: Tally, context: ReasonContext): Finding['groups'] {
  const byGroup = new Map<string, Bucket[]>();
  for (const bucket of tally.buckets.values())
    byGroup.set(bucket.group, [...(byGroup.get(bucket.group) ?? []), bucket]);
  const rows = [...byGroup].map(([group, buckets]) => {
    const [first] = deciding(buckets);
    const count = mergeCounts(buckets.map((bucket) => bucket.count));
    return {
      group,
      verdict: first === undefined ? ('attempted' as const) : verdictOf(first),
      reason: explainVerdict(buckets, tally, context),
      actors: count.actors,
      events: count.events,
    };
  });
  if (new Set(rows.map((row) => row.verdict)).size < 2) return [];
  return rows.sort(
    (a, b) => compareVerdicts(a.verdict, b.verdict) || b.actors - a.actors || (a.group < b.group ? -1 : 1),
  );
}
