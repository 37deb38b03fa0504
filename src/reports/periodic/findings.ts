import type { Catalog } from '../../catalog/compile.js';
import { callsForAction, type Finding, type InventoryEntry } from '../../core/register.js';
import { dayOf } from '../../core/time.js';
import type { Usage } from '../../core/usage.js';
import { alternativesOf } from '../../inventory/alternatives.js';
import { addDays } from '../../inventory/days.js';
import { reconcile } from '../../inventory/reconcile.js';
import { historySignals } from '../../inventory/signals/signals.js';
import { loadActors, loadDailyUse, loadUse } from '../../store/findings.js';
import { servicesBetween } from '../../store/reads/period-use.js';
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
 * whenever they are asked for. The second list is the use that says whether an exception ended in time.
 */
export async function findingsOn(
  db: Db,
  day: string,
  { catalog, entries, zone, window, quiet, group }: Judging,
): Promise<{ findings: Finding[]; usage: Usage[] }> {
  const groupsBefore = instantsOf({ from: day, to: day }, zone).end;
  const days = { from: addDays(day, -window), to: day, groupsBefore };
  const ended = new Set(
    entries.flatMap(({ exception, services }) => (exception !== undefined && exception.until < day ? services : [])),
  );
  const findings: Finding[] = [];
  const late: Usage[] = [];
  for (const service of await servicesBetween(db, days)) {
    const all = await loadUse(db, service, { ...days, receivedSince: Number.MAX_SAFE_INTEGER });
    const usage =
      group === undefined ? all : all.filter(({ actor }) => actor.kind === 'person' && actor.group === group);
    if (usage.length === 0) continue;
    if (ended.has(service)) late.push(...usage);
    const beside =
      group === undefined ? await loadActors(db, alternativesOf(service, entries, catalog.services, day), days) : [];
    const { findings: found } = reconcile({
      usage: [...usage, ...beside],
      entries,
      services: catalog.services,
      period: days,
      asOf: day,
    });
    for (const finding of found) {
      if (finding.service !== service || isOver(finding, addDays(day, -quiet), zone)) continue;
      findings.push(group === undefined ? await withHistory(db, finding, { day, entries, groupsBefore }) : finding);
    }
  }
  return { findings: findings.sort(byUrgency), usage: late };
}

const isOver = ({ last }: Finding, since: string, zone: string): boolean =>
  last !== undefined && dayOf(last, zone) < since;

async function withHistory(
  db: Db,
  finding: Finding,
  { day, entries, groupsBefore }: { day: string; entries: readonly InventoryEntry[]; groupsBefore: number },
): Promise<Finding> {
  const rows = await loadDailyUse(db, finding, { from: addDays(day, -historyDays), to: day, groupsBefore });
  // In the order of days, then groups: sums of the signals must not depend on the order in which the database answers.
  rows.sort((a, b) => (`${a.day}\0${a.group}\0${a.strength}` < `${b.day}\0${b.group}\0${b.strength}` ? -1 : 1));
  const environment = entries.find(({ id }) => id === finding.entry)?.environment;
  return {
    ...finding,
    signals: [...finding.signals, ...historySignals({ rows, asOf: day, environment, groupSizes: undefined })],
  };
}

/** What calls for action first, the riskiest first. */
const byUrgency = (a: Finding, b: Finding): number =>
  Number(callsForAction(b)) - Number(callsForAction(a)) ||
  b.risk.score - a.risk.score ||
  b.people - a.people ||
  (a.id < b.id ? -1 : 1);
