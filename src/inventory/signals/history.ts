import { type Strength, strengths } from '../../core/hit.js';

/** One finding on one day, by group and strength. */
export interface DayUse {
  /** `YYYY-MM-DD`; rows without a day, or of a later day than the one looked at, are left out. */
  day: string;
  /** Empty where there is none. */
  group: string;
  strength: Strength;
  /** Different people; 0 where only devices, addresses or programs were seen. */
  people: number;
  events: number;
  attempts: number;
  bytesOut: number;
}

/** What went through on one day. */
interface Day {
  bytesOut: number;
  /** Group -> people. Somebody can be in several rows of a day, so it is the largest number of one of them. */
  groups: Map<string, number>;
}

const dayMs = 86_400_000;

/** Days since 1970: whole numbers order and subtract. */
export const dayNumber = (day: string): number => Math.round(Date.parse(`${day}T00:00:00Z`) / dayMs);
export const dayText = (number: number): string => new Date(number * dayMs).toISOString().slice(0, 10);

/** The daily use of one finding up to a day; attempts are no use. The order of the rows does not matter. */
export class History {
  /** The day looked at. */
  readonly today: number;
  /** First day with use; undefined where there is none. */
  readonly first: number | undefined;
  readonly #days = new Map<number, Day>();
  /** First day of each group, and the days on which it was seen. */
  readonly groupDays = new Map<string, Set<number>>();
  /** Days of each strength; what is only declared is left out. */
  readonly strengthDays = new Map<Strength, Set<number>>();
  readonly #weekend: readonly number[];

  constructor(rows: Iterable<DayUse>, asOf: string, weekend: readonly number[]) {
    this.today = dayNumber(asOf);
    this.#weekend = weekend;
    let first: number | undefined;
    for (const row of rows) {
      const day = dayNumber(row.day);
      if (!(day <= this.today) || row.events <= 0) continue;
      first = Math.min(first ?? day, day);
      const known = this.#days.get(day) ?? { bytesOut: 0, groups: new Map<string, number>() };
      this.#days.set(day, known);
      known.bytesOut += row.bytesOut;
      known.groups.set(row.group, Math.max(known.groups.get(row.group) ?? 0, row.people));
      if (row.group !== '') put(this.groupDays, row.group, day);
      if (row.strength !== 'declared') put(this.strengthDays, row.strength, day);
    }
    this.first = first;
  }

  used(day: number): boolean {
    return this.#days.has(day);
  }
  usedDays(from: number, to: number): number {
    return within(this.#days.keys(), from, to).length;
  }
  bytesOut(day: number): number {
    return this.#days.get(day)?.bytesOut ?? 0;
  }
  people(day: number): number {
    let sum = 0;
    for (const people of this.#days.get(day)?.groups.values() ?? []) sum += people;
    return sum;
  }
  /** Most people of a group on one day. */
  mostPeople(group: string): number {
    let most = 0;
    for (const day of this.groupDays.get(group) ?? [])
      most = Math.max(most, this.#days.get(day)?.groups.get(group) ?? 0);
    return most;
  }

  /** 1 January 1970 was a Thursday, the fourth day of a week that begins with Sunday as 0. */
  isWorkingDay(day: number): boolean {
    return !this.#weekend.includes((((day + 4) % 7) + 7) % 7);
  }
  /** Working days from one day to another, both inclusive, earliest first. */
  workingDays(from: number, to: number): number[] {
    const days: number[] = [];
    for (let day = from; day <= to; day++) if (this.isWorkingDay(day)) days.push(day);
    return days;
  }

  /** The strongest proof that `days` of days in the range hold, with its first day there. */
  strongest(
    from: number,
    to: number,
    days: (strength: Strength) => number,
  ): { strength: Strength; since: number } | undefined {
    for (const strength of strengths.toReversed()) {
      const seen = within(this.strengthDays.get(strength), from, to);
      if (seen.length > 0 && seen.length >= days(strength)) return { strength, since: Math.min(...seen) };
    }
    return undefined;
  }
}

/** Days of a set that lie in a range, both ends inclusive. */
export const within = (days: Iterable<number> | undefined, from: number, to: number): number[] =>
  [...(days ?? [])].filter((day) => day >= from && day <= to);

function put<K>(index: Map<K, Set<number>>, key: K, day: number): void {
  const days = index.get(key) ?? new Set<number>();
  index.set(key, days);
  days.add(day);
}
