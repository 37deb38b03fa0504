import type { Alert } from '../core/alert.js';
import type { Notice } from '../core/notice.js';
import { Agenda } from './agenda.js';
import { type Fact, scopeOf } from './facts.js';
import { threadOf } from './notice.js';
import type { Rule } from './situation.js';
import { acknowledged, stepAll } from './step.js';
import { groups, type TellContext, tell } from './tell.js';

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

/** All alerts in memory. There may be very many, so that no step goes through all of them where it need not. */
class Board {
  readonly #set: RuleSet;
  readonly #rules: ReadonlyMap<string, Rule>;
  readonly #alerts = new Map<string, Alert>();
  /** Their places in the order in which they came. */
  readonly #places = new Map<string, number>();
  readonly #agenda = new Agenda();
  readonly #ofScope = new Map<string, Set<string>>();
  readonly #ofThread = new Map<string, Set<string>>();
  /** With news that wait, by rule. */
  readonly #pending = new Map<string, Set<string>>();
  /** When each rule last told; without those that have to be looked up anew. */
  readonly #lastTold = new Map<string, number>();

  constructor(set: RuleSet) {
    this.#set = set;
    this.#rules = new Map(set.rules.map((rule) => [rule.id, rule]));
  }

  *learn(fact: Fact, at: number): Generator<Replayed, void> {
    const known = this.#inOrder(this.#ofScope.get(scopeOf(fact)) ?? []);
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
      const [ack] = acks;
      const next = Math.min(this.#agenda.after(this.#now), ack?.at ?? Number.POSITIVE_INFINITY);
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
    const before = this.#alerts.get(alert.id);
    if (before === undefined) this.#places.set(alert.id, this.#places.size);
    this.#alerts.set(alert.id, alert);
    this.#agenda.set(alert.id, alert.nextAt);
    this.#noteTold(before, alert);
    const waits = (one: Alert | undefined) => (one !== undefined && one.pending.length > 0 ? one.rule : null);
    move(this.#ofScope, alert.id, before?.scope ?? null, alert.scope);
    move(this.#ofThread, alert.id, before?.thread ?? null, alert.thread);
    move(this.#pending, alert.id, waits(before), waits(alert));
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
    const ripe = this.#inOrder(this.#agenda.until(at));
    if (ripe.length === 0) return;
    const rules = [...new Set(ripe.map(({ rule }) => rule))];
    const due = this.#inOrder([
      ...ripe.map(({ id }) => id),
      ...rules.flatMap((rule) => [...(this.#pending.get(rule) ?? [])]),
    ]);
    const threads = new Set(due.flatMap(({ id, thread }) => [threadOf(id), ...(thread === null ? [] : [thread])]));
    const mates = this.#inOrder([...threads].flatMap((thread) => [...(this.#ofThread.get(thread) ?? [])]));
    const { zone, quietHours, channels } = this.#set;
    const told = tell(due, { at, zone, quietHours, channels, rules: this.#rules, mates, ...this.#beside(rules) });
    for (const alert of told.alerts) this.#put(alert);
    yield* told.notices;
  }

  /** What only some rules ask for: which alerts may stand for theirs, and when they last told. */
  #beside(rules: readonly string[]): { standing: Alert[]; lastTold: Map<string, number> } {
    const asking = rules.flatMap((id) => this.#rules.get(id) ?? []);
    const by = new Set(asking.flatMap(({ silenced_by }) => silenced_by));
    const standing = by.size === 0 ? [] : [...this.#alerts.values()].filter(({ rule }) => by.has(rule));
    const told = asking.flatMap((rule): [string, number][] => {
      const last = groups(rule) ? this.#lastToldBy(rule.id) : undefined;
      return last === undefined ? [] : [[rule.id, last]];
    });
    return { standing, lastTold: new Map(told) };
  }

  #noteTold(before: Alert | undefined, { rule, toldAt }: Alert): void {
    const last = this.#lastTold.get(rule);
    // One that begins again was not told yet: another was the last then.
    if (last !== undefined && before?.toldAt === last && toldAt !== last) this.#lastTold.delete(rule);
    else if (toldAt !== null && last !== undefined) this.#lastTold.set(rule, Math.max(last, toldAt));
  }

  #lastToldBy(rule: string): number | undefined {
    let last = this.#lastTold.get(rule);
    if (last !== undefined) return last;
    for (const alert of this.#alerts.values())
      if (alert.rule === rule && alert.toldAt !== null) last = Math.max(alert.toldAt, last ?? alert.toldAt);
    if (last !== undefined) this.#lastTold.set(rule, last);
    return last;
  }

  #inOrder(ids: Iterable<string>): Alert[] {
    const place = (id: string): number => this.#places.get(id) ?? 0;
    return [...new Set(ids)].sort((a, b) => place(a) - place(b)).flatMap((id) => this.#alerts.get(id) ?? []);
  }
}

/** Takes an id from one set of an index to another; null: from none, to none. */
function move(index: Map<string, Set<string>>, id: string, from: string | null, to: string | null): void {
  if (from === to) return;
  if (from !== null) index.get(from)?.delete(id);
  if (to === null) return;
  const set = index.get(to) ?? new Set();
  index.set(to, set.add(id));
}
