import type { Config } from '../config/schema.js';
import type { RecordedDecision } from '../core/decision.js';
import type { InventoryEntry } from '../core/register.js';
import type { Measure } from './metrics.js';
import { withDecisions } from './overlay.js';
import { count } from './words.js';

/** How soon an answer is promised, milliseconds by tier. */
export type AnswerWithin = Readonly<Record<1 | 2 | 3, number>>;

/** As it is configured. */
export const answerWithinOf = ({ answer_within }: Pick<Config, 'answer_within'>): AnswerWithin => ({
  1: answer_within.low,
  2: answer_within.moderate,
  3: answer_within.high,
});

/** An entry that waits for a decision, or waited for one. Times in milliseconds since 1970. */
export interface Request {
  entry: string;
  /** When the register first said that it waits. */
  since: number;
  /** When it was decided; undefined: it waits, or nobody asks any more. */
  answered: number | undefined;
  /** It was taken out, put off or retired without an answer. */
  withdrawn: boolean;
  /** Tier when it was last seen waiting. */
  tier: InventoryEntry['risk_tier'];
}

/** What happened to the register: another base was loaded, or a decision recorded. */
export type RegisterStep = { at: number; base: readonly InventoryEntry[] } | { at: number; decision: RecordedDecision };

const isWaiting = ({ status, exception }: InventoryEntry): boolean =>
  (status === 'requested' || status === 'in-review') && exception === undefined;
const isAnswer = ({ status, exception }: InventoryEntry): boolean =>
  exception !== undefined || status === 'approved' || status === 'conditional' || status === 'denied';

/**
 * Follows entries through the steps of the register, oldest first: who waits since when, and who got an answer. A decision touches one entry
 * and is looked at alone, since there may be thousands.
 */
export class Requests {
  readonly #waiting = new Map<string, Request>();
  readonly #done: Request[] = [];
  readonly #decisions: RecordedDecision[] = [];
  #base: readonly InventoryEntry[] = [];

  add(step: RegisterStep): void {
    if ('base' in step) {
      this.#base = step.base;
      const now = new Map(withDecisions(step.base, this.#decisions).map((entry) => [entry.id, entry]));
      for (const id of new Set([...this.#waiting.keys(), ...now.keys()])) this.#look(id, now.get(id), step.at);
      return;
    }
    const { decision } = step;
    this.#decisions.push(decision);
    const now = withDecisions(this.#base, [decision]).find(({ id }) => id === decision.entry);
    this.#look(decision.entry, now, step.at);
  }

  #look(id: string, entry: InventoryEntry | undefined, at: number): void {
    const known = this.#waiting.get(id);
    if (entry !== undefined && isWaiting(entry)) {
      if (known !== undefined) known.tier = entry.risk_tier;
      else
        this.#waiting.set(id, {
          entry: id,
          since: at,
          answered: undefined,
          withdrawn: false,
          tier: entry.risk_tier,
        });
    } else if (known !== undefined) {
      this.#waiting.delete(id);
      const answered = entry !== undefined && isAnswer(entry);
      this.#done.push({ ...known, answered: answered ? at : undefined, withdrawn: !answered });
    }
  }

  /** All requests there were: those that ended in the order of their end, then those that wait, in the order of their ids. */
  all(): Request[] {
    const waiting = [...this.#waiting.values()].sort((a, b) => (a.entry < b.entry ? -1 : 1));
    return [...this.#done, ...waiting.map((request) => ({ ...request }))];
  }
}

/** Until when an answer is promised. An entry whose tier nobody has found yet is given the time of tier 2. */
export const promisedBy = ({ since, tier }: Pick<Request, 'since' | 'tier'>, within: AnswerWithin): number =>
  since + within[tier ?? 2];

/**
 * Requests that were answered within the promised time, of all whose answer came in a period or whose time ran out in it, so that one that
 * waits on and on is told once and not forgotten. `end` is the first instant behind the period.
 */
export function answeredInTime(
  requests: readonly Request[],
  { start, end }: { start: number; end: number },
  within: AnswerWithin,
): Measure {
  const isIn = (at: number | undefined): boolean => at !== undefined && at >= start && at < end;
  const inTime = requests.filter(
    (request) => isIn(request.answered) && (request.answered ?? 0) <= promisedBy(request, within),
  );
  const late = requests.filter(
    (request) =>
      !request.withdrawn &&
      isIn(promisedBy(request, within)) &&
      (request.answered ?? end) > promisedBy(request, within),
  );
  const all = inTime.length + late.length;
  return {
    name: 'answered-in-time',
    numerator: inTime.length,
    denominator: all,
    sentence: `${inTime.length} of ${count(all, 'request')} ${inTime.length === 1 ? 'was' : 'were'} answered within the promised time.`,
  };
}
