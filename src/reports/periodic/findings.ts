import type { Catalog } from '../../catalog/compile.js';
import { callsForAction, type Finding, type InventoryEntry } from '../../core/register.js';
import { dayOf } from '../../core/time.js';
import type { Usage } from '../../core/usage.js';
import { approvedByCategory } from '../../inventory/alternatives.js';
import { addDays } from '../../inventory/days.js';
import { reconcile } from '../../inventory/reconcile.js';
import { historySignals } from '../../inventory/signals/signals.js';
import { loadActors, loadDailyUse, loadUse } from '../../store/findings.js';
import { groupBy } from '../../store/reads/group.js';
import { countRowsBetween } from '../../store/reads/period-use.js';
import type { Db } from '../../store/tables.js';
import { instantsOf } from './period.js';

/** Days of history that signals look at, as in the running service. */
const historyDays = 365;

/** What findings of a day are judged by. */
export interface Judging {
  catalog: Catalog;
  entries: readonly InventoryEntry[];
  zone: string;
  /** Days: how far back use counts, and how long without use a finding is over. */
  window: number;
  quiet: number;
  /** Only what persons of this group did. */
  group: string | undefined;
}

/**
 * Findings as of the end of a day, from the use up to it and the register of that day, so that the same day gives the same findings
 * whenever they are asked for. The second list is the use that says whether an exception ended in time. Services are judged some
 * together and one category after the other: thousands of services cost most by being asked for each alone. Memory holds the use of one
 * such batch, and who of the groups is on approved tools of the category.
 */
export async function findingsOn(
  db: Db,
  day: string,
  judging: Judging,
  batchRows = 50_000,
): Promise<{ findings: Finding[]; usage: Usage[] }> {
  const { catalog, entries, zone, window, quiet, group } = judging;
  const groupsBefore = instantsOf({ from: day, to: day }, zone).end;
  const days = { from: addDays(day, -window), to: day, groupsBefore };
  const ended = new Set(
    entries.flatMap(({ exception, services }) => (exception !== undefined && exception.until < day ? services : [])),
  );
  const approved = approvedByCategory(entries, catalog.services, day);
  const since = addDays(day, -quiet);
  const ofGroup = (rows: Usage[]): Usage[] =>
    group === undefined ? rows : rows.filter(({ actor }) => actor.kind === 'person' && actor.group === group);
  const findings: Finding[] = [];
  const late: Usage[] = [];
  const byCategory = groupBy(
    await countRowsBetween(db, days),
    ({ service }) => catalog.services.get(service)?.category,
  );
  for (const [category, ofCategory] of byCategory) {
    const onApproved = ofGroup(await loadActors(db, [...(approved.get(category) ?? [])], days));
    for (const services of batchesOf(ofCategory, batchRows)) {
      const usage = ofGroup(await loadUse(db, services, { ...days, receivedSince: Number.MAX_SAFE_INTEGER }));
      for (const row of usage) if (ended.has(row.service)) late.push(row);
      const judged = new Set(services);
      const { findings: found } = reconcile({
        usage: [...usage, ...onApproved.filter(({ service }) => !judged.has(service))],
        entries,
        services: catalog.services,
        period: days,
        asOf: day,
      });
      const standing = found.filter((finding) => judged.has(finding.service) && !isOver(finding, since, zone));
      const whole =
        group === undefined ? await withHistory(db, standing, services, { day, entries, groupsBefore }) : standing;
      for (const finding of whole) findings.push(finding);
    }
  }
  return { findings: findings.sort(byUrgency), usage: late };
}

/** Services in the order of their ids, so many together that their rows are no more than asked for; one with more stands alone. */
function* batchesOf(services: readonly { service: string; rows: number }[], most: number): Generator<string[]> {
  let [batch, sum]: [string[], number] = [[], 0];
  for (const { service, rows } of services) {
    if (batch.length > 0 && sum + rows > most) {
      yield batch;
      [batch, sum] = [[], 0];
    }
    batch.push(service);
    sum += rows;
  }
  if (batch.length > 0) yield batch;
}

const isOver = ({ last }: Finding, since: string, zone: string): boolean =>
  last !== undefined && dayOf(last, zone) < since;

/** With the signals that need history. `services`: those that the findings are of. */
async function withHistory(
  db: Db,
  findings: readonly Finding[],
  services: readonly string[],
  { day, entries, groupsBefore }: { day: string; entries: readonly InventoryEntry[]; groupsBefore: number },
): Promise<Finding[]> {
  const range = { from: addDays(day, -historyDays), to: day, groupsBefore };
  const use = groupBy(await loadDailyUse(db, services, range), (row) => `${row.service}/${row.accountKind}`);
  const environments = new Map(entries.map(({ id, environment }) => [id, environment]));
  return findings.map((finding) => {
    const environment = finding.entry === undefined ? undefined : environments.get(finding.entry);
    const rows = use.get(finding.id) ?? [];
    return {
      ...finding,
      signals: [...finding.signals, ...historySignals({ rows, asOf: day, environment, groupSizes: undefined })],
    };
  });
}

/** What calls for action first, the riskiest first. */
const byUrgency = (a: Finding, b: Finding): number =>
  Number(callsForAction(b)) - Number(callsForAction(a)) ||
  b.risk.score - a.risk.score ||
  b.people - a.people ||
  (a.id < b.id ? -1 : 1);
