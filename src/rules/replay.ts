import type { Alert } from '../core/alert.js';
import type { Notice } from '../core/notice.js';
import { type Fact, scopeOf } from './facts.js';
import type { Rule } from './situation.js';
import { acknowledged, stepAll } from './step.js';
import { type TellContext, tell } from './tell.js';

/** What rules are tried on. Times are milliseconds since 1970. */
export interface History {
  /** Facts in the order in which they were learned. */
  facts: Iterable<{ at: number; fact: Fact }> | AsyncIterable<{ at: number; fact: Fact }>;
  /** Acknowledgements in their order. */
  acknowledged: readonly { at: number; alert: string; who: string; why: string }[];
}

/** What rules are. */
export interface RuleSet extends Pick<TellContext, 'zone' | 'quietHours' | 'channels'> {
  rules: readonly Rule[];
}

/** A notice that rules would have made, and where it would have gone. */
export interface Replayed {
  notice: Notice;
  channels: string[];
}

/** Alerts whose notice waits at the end, for their group or for the end of quiet hours; `next`: when the first of them would be told. */
export interface Waiting {
  alerts: number;
  next: number;
}

/**
 * What rules would have told of a history, up to and with an instant: by the same steps as in the service, with a clock that jumps
 * from one thing to the next. It returns what waits at that instant; undefined: nothing.
 */
export async function* replay(
  set: RuleSet,
  history: History,
  until: number,
): AsyncGenerator<Replayed, Waiting | undefined> {
  const board = new Board(set);
  const acks = [...history.acknowledged];
  for await (const { at, fact } of history.facts) {
    if (at > until) break;
    yield* board.upTo(at, acks);
    yield* board.learn(fact, at);
  }
  yield* board.upTo(until, acks, true);
  return board.waiting();
}

/** All alerts in memory. */
class Board {
  readonly #set: RuleSet;
  readonly #rules: ReadonlyMap<string, Rule>;
  readonly #alerts = new Map<string, Alert>();
  readonly #scopes = new Map<string, Set<string>>();

  constructor(set: RuleSet) {
    this.#set = set;
    this.#rules = new Map(set.rules.map((rule) => [rule.id, rule]));
  }

  *learn(fact: Fact, at: number): Generator<Replayed, void> {
    const known = [...(this.#scopes.get(scopeOf(fact)) ?? [])].flatMap((id) => this.#alerts.get(id) ?? []);
    for (const alert of stepAll(this.#set.rules, fact, known, at).alerts) this.#put(alert);
    yield* this.#tell(at);
  }

  /** What time and people bring before an instant, or up to it. */
  *upTo(
    until: number,
    acks: { at: number; alert: string; who: string; why: string }[],
    inclusive = false,
  ): Generator<Replayed, void> {
    for (;;) {
      let due = Number.POSITIVE_INFINITY;
      for (const { nextAt } of this.#alerts.values())
        if (nextAt !== null && nextAt > this.#now) due = Math.min(due, nextAt);
      const [ack] = acks;
      const next = Math.min(due, ack?.at ?? Number.POSITIVE_INFINITY);
      if (next > until || (next === until && !inclusive) || next === Number.POSITIVE_INFINITY) return;
      if (ack !== undefined && ack.at === next) {
        acks.shift();
        this.#acknowledge(ack);
      }
      yield* this.#tell(next);
    }
  }

  #now = Number.NEGATIVE_INFINITY;

  #put(alert: Alert): void {
    this.#alerts.set(alert.id, alert);
    const scope = this.#scopes.get(alert.scope) ?? new Set();
    this.#scopes.set(alert.scope, scope.add(alert.id));
  }

  waiting(): Waiting | undefined {
    const waiting = [...this.#alerts.values()].filter(({ pending, nextAt }) => pending.length > 0 && nextAt !== null);
    if (waiting.length === 0) return undefined;
    return {
      alerts: waiting.length,
      next: waiting.reduce((least, { nextAt }) => Math.min(least, nextAt ?? least), Number.POSITIVE_INFINITY),
    };
  }

  #acknowledge({ alert: id, who, why, at }: { at: number; alert: string; who: string; why: string }): void {
    const alert = this.#alerts.get(id);
    if (alert?.state === 'open') this.#put(acknowledged(alert, { who, why, at }));
  }

  *#tell(at: number): Generator<Replayed, void> {
    this.#now = Math.max(this.#now, at);
    const all = [...this.#alerts.values()];
    const ripe = all.filter(({ nextAt }) => nextAt !== null && nextAt <= at);
    const rules = new Set(ripe.map(({ rule }) => rule));
    const due = all.filter((alert) => ripe.includes(alert) || (alert.pending.length > 0 && rules.has(alert.rule)));
    if (due.length === 0) return;
    const lastTold = new Map<string, number>();
    for (const { rule, toldAt } of all)
      if (toldAt !== null) lastTold.set(rule, Math.max(toldAt, lastTold.get(rule) ?? toldAt));
    const { zone, quietHours, channels } = this.#set;
    const told = tell(due, { at, zone, quietHours, channels, rules: this.#rules, standing: all, mates: all, lastTold });
    for (const alert of told.alerts) this.#put(alert);
    yield* told.notices;
  }
}
