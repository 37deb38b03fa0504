import { longestWaitMs } from '../store/outbox.js';
import type { ChannelSetup } from './setup.js';

/** So many deliveries in a row that fail are no accident of one message: the other side is away. */
export const awayAfter = 3;
/** How many of the tries of a channel that is away are made with a new notice, too; then each of so many. */
const freshTries = 12;

/** One channel as this process delivers to it. What it remembers is how the last deliveries went; the database knows all else. */
export class Lane {
  #setup: ChannelSetup | undefined;
  readonly #failed = new Set<number>();
  /** Failures in a row that were no matter of the notice. */
  #noAnswer = 0;
  /** New notices tried since it is away, and tries since the last of them. */
  #fresh = 0;
  #sinceFresh = 0;
  #until = 0;

  /**
   * A changed configuration may be the remedy: then what was remembered counts no longer.
   * @returns whether nothing is remembered: it is changed, or used for the first time
   */
  use(setup: ChannelSetup): boolean {
    if (setup === this.#setup) return false;
    this.#setup = setup;
    this.answered();
    return true;
  }

  /** The other side took something, or refused it: it is there. */
  answered(): void {
    this.#failed.clear();
    this.#noAnswer = 0;
    this.#fresh = 0;
    this.#sinceFresh = 0;
    this.#until = 0;
  }

  /** A delivery failed. `noAnswer`: in one of its first tries, as any other would have, as far as one can tell. */
  failed(id: number, noAnswer: boolean): void {
    if (this.away) return;
    this.#failed.add(id);
    if (noAnswer) this.#noAnswer++;
  }

  /**
   * One more try of a channel that is away. Tells whether a notice that nobody tried may go along: what can never be delivered may be all
   * that fails. Not each time, as a receiver that takes notices and whose answers are lost would take each of these out of turn.
   */
  wantsFresh(): boolean {
    return this.#fresh < freshTries || ++this.#sinceFresh >= freshTries;
  }

  /** One that nobody tried went along. */
  triedFresh(): void {
    this.#fresh++;
    this.#sinceFresh = 0;
  }

  /** Nothing goes there before `at`, milliseconds since 1970. */
  pause(at: number): void {
    this.#until = Math.max(this.#until, at);
  }

  /** The other side seems to be away: one try shows. */
  get away(): boolean {
    return this.#failed.size >= awayAfter || this.#noAnswer >= awayAfter;
  }

  /** When it is tried again; undefined: now. A pause that no pause can be was made before the clock went back. */
  pausedUntil(now: number): number | undefined {
    return this.#until > now && this.#until <= now + longestWaitMs ? this.#until : undefined;
  }
}

/** The channels of a process, each by itself: one that is slow or away holds up no other. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  /** Those at work; true: somebody rang meanwhile. */
  readonly #running = new Map<string, boolean>();

  /** Works on a channel; where that is going on already, it is gone through once more at its end. */
  async run(channel: string, work: (lane: Lane) => Promise<void>): Promise<void> {
    if (this.#running.has(channel)) {
      this.#running.set(channel, true);
      return;
    }
    const lane = this.#lanes.get(channel) ?? new Lane();
    this.#lanes.set(channel, lane);
    try {
      do {
        this.#running.set(channel, false);
        await work(lane);
      } while (this.#running.get(channel) === true);
    } finally {
      this.#running.delete(channel);
    }
  }
}
