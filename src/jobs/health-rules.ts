/** Records that came in one hour. */
export interface HourOfSource {
  /** Hours since 1970. */
  hour: number;
  received: number;
}

/** What a source is judged by. Times in milliseconds. */
export interface SourceHistory {
  now: number;
  /** When it was added. */
  since: number;
  lastDataAt: number | undefined;
  /** Silence that is normal, where the configuration says so. */
  expectEvery: number | undefined;
  /** The four weeks before the last data, and all since, by hour; hours without records may be missing. */
  hours: readonly HourOfSource[];
}

export interface Verdict {
  reason: string;
  numbers: Record<string, number>;
}

const hourMs = 3_600_000;
const week = 168;
const weeks = 4;
/** Against its own history: so many records in the same hours of earlier weeks make silence odd, and this share of them makes it thin. */
const enough = 50;
const thinShare = 0.2;
/** Hours without a record after which its own history is asked. */
const quietHours = 6;

/** That a source is silent: longer than is normal for it, or without a record where it had many at the same time of earlier weeks. */
export function silence(history: SourceHistory): Verdict | undefined {
  const { now, since, lastDataAt, expectEvery } = history;
  const from = Math.max(lastDataAt ?? since, since);
  const silentFor = now - from;
  if (expectEvery !== undefined) {
    if (silentFor <= expectEvery) return undefined;
    return {
      reason: `Nothing came for ${span(silentFor)}; ${span(expectEvery)} without data is normal. No data is not no use: check the source and what sends to it.`,
      numbers: { silent_hours: hours(silentFor), expected_hours: hours(expectEvery) },
    };
  }
  const nowHour = Math.floor(now / hourMs);
  const first = Math.floor(from / hourMs) + 1;
  if (nowHour - first < quietHours) return undefined;
  // After a week the hours before would be of the silence itself.
  const usual = median(earlierWeeks(history, first, Math.min(nowHour, first + week)));
  if (usual === undefined || usual < enough) return undefined;
  return {
    reason: `Nothing came for ${span(silentFor)}; in the same hours of earlier weeks there were ${Math.round(usual)} records. No data is not no use: check the source and what sends to it.`,
    numbers: { silent_hours: hours(silentFor), usual_records: Math.round(usual) },
  };
}

/** That a source sends much less in a day than on the same day of earlier weeks. */
export function thinness(history: SourceHistory): Verdict | undefined {
  const end = Math.floor(history.now / hourMs);
  const received = sumOf(history.hours, end - 24, end);
  const usual = median(earlierWeeks(history, end - 24, end));
  if (usual === undefined || usual < enough * 10 || received === 0 || received >= usual * thinShare) return undefined;
  return {
    reason: `In the last 24 hours ${received} records came, and ${Math.round(usual)} on the same day of earlier weeks: a part of what it sent may be missing.`,
    numbers: { records: received, usual_records: Math.round(usual) },
  };
}

/** Records in the same hours of each earlier week in which the source was there already. */
function earlierWeeks({ hours: known, since }: SourceHistory, from: number, to: number): number[] {
  const begin = Math.ceil(since / hourMs);
  return Array.from({ length: weeks }, (_, i) => (i + 1) * week)
    .filter((back) => from - back >= begin)
    .map((back) => sumOf(known, from - back, to - back));
}

const sumOf = (known: readonly HourOfSource[], from: number, to: number): number =>
  known.reduce((sum, { hour, received }) => (hour >= from && hour < to ? sum + received : sum), 0);

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

const hours = (ms: number): number => Math.round((ms / hourMs) * 10) / 10;

function span(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 1440)} days`;
}
