import type { Catalog } from '../../catalog/compile.js';
import { callsForAction, type Finding, type InventoryEntry } from '../../core/register.js';
import { dayOf } from '../../core/time.js';
import type { Usage } from '../../core/usage.js';
import { approvedByCategory } from '../../inventory/alternatives.js';
import { lapsingSoon } from '../../inventory/drift.js';
import { type Measure, measures } from '../../inventory/metrics.js';
import { type AnswerWithin, answeredInTime } from '../../inventory/requests.js';
import { riskRules } from '../../inventory/risk-rules.js';
import { mergeSmallGroups } from '../../people/privacy.js';
import type { Member } from '../../store/person-history.js';
import { groupBy } from '../../store/reads/group.js';
import { loadCandidatesIn, loadDecisionsIn, loadOpenedBefore, newestDay } from '../../store/reads/period-state.js';
import {
  type GroupInPeriod,
  loadActiveActors,
  loadActorCounts,
  loadGroupsIn,
  loadServicesIn,
  loadUsedDays,
  type ServiceInPeriod,
} from '../../store/reads/period-use.js';
import type { Db } from '../../store/tables.js';
import { createLabels, type Labels } from '../people.js';
import { loadSourceFacts } from './coverage.js';
import type { Audience, FindingFacts, GroupFacts, PeriodFacts, ServiceFacts, Used } from './facts.js';
import { findingsOn } from './findings.js';
import { moneyOf } from './money.js';
import { instantsOf, periodBefore, type ReportPeriod } from './period.js';
import { loadRequests, waitingOn } from './requests.js';

/** What a report is asked for. */
export interface FactsAsk {
  period: ReportPeriod;
  audience: Audience;
  /** Zone of the organisation. */
  zone: string;
  catalog: Catalog;
  /** The register as it was on a day, and its version. */
  inventoryOn(day: string): Promise<{ hash: string; entries: readonly InventoryEntry[] }>;
  /** As they were at the end of the period. */
  people: readonly Member[];
  /** Key of the pseudonyms. */
  pseudonymKey: string;
  /** Days: how far back use counts for a finding, and how long without use it is over. */
  window: number;
  quiet: number;
  /** How soon who asks for a service is promised an answer. */
  answerWithin: AnswerWithin;
  product: string;
  /** Last checkpoint of the audit log before an instant, for the end of the report; empty: none. */
  checkpoint(before: number): Promise<string>;
}

/** A group below this is nobody's report. */
export const leastMembers = 5;
const shownActors = 5;
const shownAlternatives = 5;
const shownCandidates = 20;
const shownDecisions = 50;

/** Reads what is known of a period: within one snapshot of the database. */
export async function loadFacts(db: Db, ask: FactsAsk): Promise<PeriodFacts> {
  const { period, audience, zone, catalog, people } = ask;
  const before = periodBefore(period);
  const instants = instantsOf(period, zone);
  const { group } = audience;
  const sizes = groupSizes(people);
  const known = new Map(people.map((person) => [person.id, person]));
  const labels = createLabels(audience.names, known, ask.pseudonymKey, sizes);
  const members = group === undefined ? 0 : (sizes.get(group) ?? 0);
  const days = {
    now: { ...period, before: instants.end },
    before: { ...before, before: instantsOf(before, zone).end },
  };
  const [inventory, earlier] = [await ask.inventoryOn(period.to), await ask.inventoryOn(before.to)];
  const judging = { ...ask, group };
  const now = await findingsOn(db, period.to, { ...judging, entries: inventory.entries });
  const then = await findingsOn(db, before.to, { ...judging, entries: earlier.entries });
  const used = { now: await loadServicesIn(db, days.now, group), before: await loadServicesIn(db, days.before, group) };
  const coverage = await loadSourceFacts(db, period, zone);
  const requests = await loadRequests(db, instants.end);
  const answered = (of: { start: number; end: number }) => answeredInTime(requests, of, ask.answerWithin);
  const silent = new Set(coverage.sources.filter((source) => source.days.covered === 0).map(({ id }) => id));
  const candidates = await loadCandidatesIn(db, instants, shownCandidates);
  const hasData = coverage.sources.some((source) => source.days.covered > 0 || source.records > 0);
  return {
    period,
    before,
    end: instants.end,
    zone,
    audience,
    members,
    totals: { now: await loadActorCounts(db, days.now, group), before: await loadActorCounts(db, days.before, group) },
    services: servicesOf(used, await loadUsedDays(db, days.now, group), silent, catalog),
    findings: await findingFacts(db, now.findings, used.now, { ...ask, labels, entries: inventory.entries }),
    groups: groupsOf(await loadGroupsIn(db, days.now), await loadGroupsIn(db, days.before)),
    entries: inventory.entries,
    waiting: waitingOn(inventory.entries, requests, {
      end: instants.end,
      zone,
      within: ask.answerWithin,
      used: new Set(used.now.filter(({ events }) => events > 0).map(({ service }) => service)),
    }),
    due: lapsingSoon(inventory.entries, period.to),
    measures: compared(
      [...measuresOf(now, inventory.entries, period.to), answered(instants)],
      then.findings.length === 0 && used.before.length === 0
        ? []
        : [...measuresOf(then, earlier.entries, before.to), answered(instantsOf(before, zone))],
    ),
    candidates: {
      all: candidates.all,
      list: candidates.candidates.map(({ first, ...row }) => ({
        ...row,
        firstDay: first === null ? '' : dayOf(first, zone),
        isNew: first !== null && first >= instants.start,
      })),
    },
    decisions: (await loadDecisionsIn(db, instants, shownDecisions)).map(({ at, ...row }) => ({
      day: dayOf(at, zone),
      ...row,
    })),
    ...(await moneyOf(db, period, before, { labels, catalog })),
    ...coverage,
    newestDay: hasData ? undefined : await newestDay(db, period.from),
    versions: {
      product: ask.product,
      catalog: catalog.hash,
      catalogRelease: String(catalog.release?.version ?? ''),
      inventory: inventory.hash,
      entries: inventory.entries.length,
      riskRules: String(riskRules.version),
      checkpoint: await ask.checkpoint(instants.end),
    },
  };
}

/** Members by group: who is no longer at work, or not yet, is none. */
function groupSizes(people: readonly Member[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { group, disabled } of people)
    if (group !== '' && disabled !== true) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  return sizes;
}

const none: Used = { events: 0, attempts: 0, bytesOut: 0, people: 0, actors: 0 };
const usedOf = (row: ServiceInPeriod | undefined): Used =>
  row === undefined
    ? none
    : { events: row.events, attempts: row.attempts, bytesOut: row.bytesOut, people: row.people, actors: row.actors };

function servicesOf(
  used: { now: readonly ServiceInPeriod[]; before: readonly ServiceInPeriod[] },
  days: ReadonlyMap<string, { first: string; last: string }>,
  silent: ReadonlySet<string>,
  catalog: Catalog,
): ServiceFacts[] {
  const whole = (rows: readonly ServiceInPeriod[]): Map<string, ServiceInPeriod> =>
    new Map(rows.filter(({ accountKind }) => accountKind === null).map((row) => [row.service, row]));
  const [now, before] = [whole(used.now), whole(used.before)];
  return [...new Set([...now.keys(), ...before.keys()])].sort().map((id) => {
    const service = catalog.services.get(id);
    return {
      id,
      name: service?.name ?? id,
      vendor: service?.vendor.name ?? '',
      category: service?.category ?? '',
      now: usedOf(now.get(id)),
      before: usedOf(before.get(id)),
      firstDay: days.get(id)?.first,
      lastDay: days.get(id)?.last,
      contactOnly: (now.get(id) ?? before.get(id))?.contactOnly ?? false,
      silentSources: (before.get(id)?.sources ?? []).filter((source) => silent.has(source)),
    };
  });
}

async function findingFacts(
  db: Db,
  findings: readonly Finding[],
  used: readonly ServiceInPeriod[],
  ask: FactsAsk & { labels: Labels; entries: readonly InventoryEntry[] },
): Promise<FindingFacts[]> {
  const { period, audience, zone, catalog, labels } = ask;
  const now = new Map(used.map((row) => [`${row.service}/${row.accountKind}`, row]));
  const acting = findings.filter(callsForAction).map(({ service }) => service);
  // Of a group nobody is told who of it did what.
  const { end } = instantsOf(period, zone);
  const days = { ...period, before: end };
  const active = audience.role === 'manager' ? [] : await loadActiveActors(db, [...new Set(acting)], days, shownActors);
  const opened = await loadOpenedBefore(db, end);
  const whoOf = groupBy(active, ({ service, accountKind }) => `${service}/${accountKind}`);
  const permitted = permittedIn(ask);
  return findings.map((finding) => {
    const service = catalog.services.get(finding.service);
    const since = opened.get(finding.id) ?? finding.first;
    return {
      ...finding,
      name: service?.name ?? finding.service,
      vendor: service?.vendor.name ?? '',
      now: usedOf(now.get(finding.id)),
      since: since === undefined ? '' : dayOf(since, zone),
      who: (finding.claimedOnly ? [] : (whoOf.get(finding.id) ?? [])).map(
        ({ kind, actor, group, events, attempts }) => ({
          actor: labels.actor({ kind, id: actor, group }),
          group: labels.group({ kind, id: actor, group }),
          events,
          attempts,
        }),
      ),
      alternatives: permitted(finding),
    };
  });
}

/** Services of the category of a finding that an entry permits on the last day of the period, by name. */
function permittedIn({
  catalog,
  entries,
  period,
}: Pick<FactsAsk, 'catalog' | 'period'> & { entries: readonly InventoryEntry[] }): (finding: Finding) => string[] {
  const name = (id: string): string => catalog.services.get(id)?.name ?? id;
  const approved = approvedByCategory(entries, catalog.services, period.to);
  const byName = new Map(
    [...approved].map(([category, ids]) => [
      category,
      [...ids].map((id) => ({ id, name: name(id) })).sort((a, b) => (a.name < b.name ? -1 : 1)),
    ]),
  );
  const own = new Set(entries.flatMap((entry) => (entry.allowed_account === 'enterprise' ? entry.services : [])));
  return ({ service, verdict }) => [
    ...(verdict === 'wrong-account' && own.has(service) ? [`${name(service)} (enterprise account)`] : []),
    ...(byName.get(catalog.services.get(service)?.category) ?? [])
      .filter(({ id }) => id !== service)
      .slice(0, shownAlternatives)
      .map((tool) => tool.name),
  ];
}

/** Groups of the period, small ones merged, so that no difference between the two periods tells of one either. */
export function groupsOf(now: readonly GroupInPeriod[], before: readonly GroupInPeriod[]): GroupFacts[] {
  const merged = mergedOf(now);
  const earlier = mergedOf(before);
  const services = new Map<string, Set<string>>();
  for (const row of now) {
    const shown = merged.shownAs(row.group || 'other');
    services.set(shown, new Set([...(services.get(shown) ?? []), ...row.services]));
  }
  return [...merged.counts].map(([group, people]) => ({
    group,
    people,
    services: services.get(group)?.size ?? 0,
    before: group === 'other' ? undefined : earlier.counts.get(group),
  }));
}

const mergedOf = (rows: readonly GroupInPeriod[]) => {
  const sizes = new Map<string, number>();
  for (const { group, people } of rows) sizes.set(group || 'other', (sizes.get(group || 'other') ?? 0) + people);
  return mergeSmallGroups(sizes, leastMembers);
};

const measuresOf = (
  { findings, usage }: { findings: readonly Finding[]; usage: readonly Usage[] },
  entries: readonly InventoryEntry[],
  asOf: string,
): Measure[] => measures({ findings, entries, usage, asOf });

const compared = (now: readonly Measure[], before: readonly Measure[]): PeriodFacts['measures'] =>
  now.map((measure) => ({ now: measure, before: before.find(({ name }) => name === measure.name) }));
