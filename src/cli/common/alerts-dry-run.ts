import { type AlertNews, alertNews } from '../../core/alert.js';
import type { Replayed, RuleSet, Waiting } from '../../rules/replay.js';

/** Notices that are kept; further ones are counted. */
const mostKept = 1000;

export type Counts = Record<AlertNews, number>;
export const noCounts = (): Counts => ({ opened: 0, reminded: 0, escalated: 0, acknowledged: 0, resolved: 0 });

/** What rules would have told, counted while it comes. Times are milliseconds since 1970. */
export class DryRun {
  readonly rules: readonly string[];
  readonly zone: string;
  /** When the first fact was learned; undefined: none is kept. */
  readonly first: number | undefined;
  readonly from: number;
  readonly until: number;
  /** Facts that were held against the rules. */
  facts = 0;
  notices = 0;
  /** Of these no channel would have taken. */
  untaken = 0;
  readonly byRule: Map<string, Counts>;
  /** By day and rule, where there was anything. */
  readonly byDay = new Map<string, Map<string, Counts>>();
  readonly kept: Replayed[] = [];
  /** What would have been told after the end; undefined: nothing waits. */
  waiting: Waiting | undefined;

  constructor({
    rules,
    zone,
    first,
    from,
    until,
  }: Pick<RuleSet, 'rules' | 'zone'> & Pick<DryRun, 'from' | 'until'> & { first: number | undefined }) {
    this.rules = rules.map(({ id }) => id);
    this.zone = zone;
    this.first = first;
    this.from = from;
    this.until = until;
    this.byRule = new Map(this.rules.map((id) => [id, noCounts()]));
  }

  /** Counts a notice, where it is of the time that is asked for. `day`: on which it would have been told. */
  add(told: Replayed, day: string): void {
    const { notice, channels } = told;
    const news = alertNews.find((one) => notice.kind === `alert.${one}`);
    if (news === undefined || notice.at < this.from) return;
    const rule = String(notice.details.rule);
    this.notices++;
    if (channels.length === 0) this.untaken++;
    const ofDay = this.byDay.get(day) ?? new Map<string, Counts>();
    this.byDay.set(day, ofDay);
    for (const counts of [this.byRule, ofDay]) {
      const own = counts.get(rule) ?? noCounts();
      own[news]++;
      counts.set(rule, own);
    }
    if (this.kept.length < mostKept) this.kept.push(told);
  }
}
