import type { Dice } from '../kill/random.js';
import { type Way, ways } from './endpoint.js';

/** Hours that the endpoint is dead in one way. */
const hours = { from: 3, to: 15 };

/** In which ways the endpoint is dead on its days, in an order by chance, each of them several times; and how often it was asked. */
export class Outage {
  readonly tries: { way: Way; asked: number }[] = [];
  readonly #phases: { until: number; way: Way }[] = [];

  constructor(days: number, dice: Dice) {
    let [hour, left] = [0, [] as Way[]];
    while (hour < days * 24) {
      if (left.length === 0) left = ways.filter((way) => way !== 'up');
      const way = dice.pick(left);
      left = left.filter((other) => other !== way);
      hour += dice.between(hours.from, hours.to);
      this.#phases.push({ until: hour / (days * 24), way });
    }
  }

  /** How it is dead when this share of the days is over. */
  at(share: number): Way {
    return this.#phases.find(({ until }) => share < until)?.way ?? 'reset';
  }

  /** One way is over; `asked`: how many requests it got. */
  ended(way: Way, asked: number): void {
    if (way !== 'up') this.tries.push({ way, asked });
  }

  /** So many notices may take effect out of their turn: those whose answers were lost, and one or two at each moment at which it came back. */
  mostOutOfTurn(returns: number): number {
    return this.tries.reduce((sum, { way, asked }) => sum + (way === 'lost' ? asked : 0), 2 * returns);
  }
}
