import { dayStart } from '../../core/time.js';
import { allFormats } from '../../formats/common/registry.js';
import { addDays, daysBetween } from '../../inventory/days.js';
import {
  type InputInPeriod,
  loadDaysWithData,
  loadGapsIn,
  loadInputsIn,
  loadLedgerIn,
  loadSourcesAsOf,
} from '../../store/reads/period-state.js';
import type { Db } from '../../store/tables.js';
import { whatSourcesShow } from '../coverage.js';
import type { PeriodFacts, SourceFacts } from './facts.js';
import { instantsOf, type ReportPeriod } from './period.js';

const hourMs = 3_600_000;

/** What came of each source in the period, and what sources of their kinds can show. */
export async function loadSourceFacts(
  db: Db,
  period: ReportPeriod,
  zone: string,
): Promise<Pick<PeriodFacts, 'sources' | 'shows'>> {
  const instants = instantsOf(period, zone);
  const inputs = await loadInputsIn(db, instants);
  const known = new Map((await loadSourcesAsOf(db, instants)).map((source) => [source.id, source]));
  const ledger = new Map((await loadLedgerIn(db, instants)).map((row) => [row.source, row]));
  const gaps = new Map((await loadGapsIn(db, instants)).map((row) => [row.source, row]));
  const covered = await loadDaysWithData(db, daysOf(period, zone));
  const all = daysBetween(period.from, period.to) + 1;
  const ids = [...new Set([...known.keys(), ...inputs.map(({ source }) => source)])].sort();
  const sources = ids.map((id): SourceFacts => {
    const own = inputs.filter(({ source }) => source === id);
    const [source, hours, gap] = [known.get(id), ledger.get(id), gaps.get(id)];
    return {
      id,
      kind: source?.kind ?? 'files',
      chunks: sum(own, ({ chunks }) => chunks),
      records: sum(own, ({ records }) => records),
      rejected: sum(own, ({ rejected }) => rejected),
      hours:
        source === undefined
          ? undefined
          : {
              all: Math.round((instants.end - Math.max(instants.start, source.since)) / hourMs),
              withData: hours?.hours ?? 0,
            },
      days: { all, covered: covered.get(id) ?? 0 },
      refused: hours?.refused ?? 0,
      missing: hours?.missing ?? 0,
      gaps: gap?.gaps ?? 0,
      gapWhy: gap?.why ?? '',
    };
  });
  return { sources, shows: await showsOf(inputs) };
}

const sum = (rows: readonly InputInPeriod[], of: (row: InputInPeriod) => number): number =>
  rows.reduce((total, row) => total + of(row), 0);

function daysOf({ from, to }: ReportPeriod, zone: string): [number, number][] {
  const days: [number, number][] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) {
    const [start, end] = [dayStart(day, zone), dayStart(addDays(day, 1), zone)];
    if (start !== undefined && end !== undefined) days.push([start, end]);
  }
  return days;
}

async function showsOf(inputs: readonly InputInPeriod[]): Promise<PeriodFacts['shows']> {
  const formats = await allFormats();
  const bySource = new Map<string, Set<string>>();
  for (const { source, format } of inputs)
    bySource.set(source, new Set([...(bySource.get(source) ?? []), ...(formats.get(format)?.kinds ?? [])]));
  return whatSourcesShow([...bySource.values()].map((kinds) => ({ kinds: [...kinds], problem: null })));
}
