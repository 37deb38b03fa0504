import { createHash } from 'node:crypto';
import type { Dice } from '../kill/random.js';
import type { Site } from '../kill/site.js';

/** Words of titles and texts, with what a careless sender would break on. */
const words = ['Notebook', 'héllo', '"quoted"', 'two\nlines', '<b>', '\\', '猫', 'upload', 'team', '%0a', '…'];
/** Each so many-th notice is for both endpoints. */
const healthyEach = 10;
const kinds = ['alert.opened', 'alert.reminded', 'alert.escalated', 'alert.resolved'];

/** The notices of a campaign, put into the outbox as news is: some in one transaction, one row for each channel. */
export class Backlog {
  /** How many were put in. */
  count = 0;
  readonly #site: Site;
  readonly #dice: Dice;
  /** Alerts that live at present: each has several notices, in between those of others. */
  readonly #alerts: string[] = [];

  constructor(site: Site, dice: Dice) {
    [this.#site, this.#dice] = [site, dice];
  }

  /** How many of the first so many notices go to the healthy endpoint, too. */
  static healthy(count: number): number {
    return Math.ceil(count / healthyEach);
  }

  /** Puts in so many. Is there once, also where the database ends in the middle of it and this is called again. */
  async add(count: number, now: number): Promise<void> {
    const notices = Array.from({ length: count }, (_, i) => this.#notice(this.count + i, now));
    for (;;) {
      try {
        await this.#site.query(
          `insert into outbox (notice_id, channel, subject, notice, next_at, created_at)
           select n->>'id', channel, n->>'subject', n, $3, $3
           from jsonb_array_elements($1::jsonb) with ordinality as notices (n, place), unnest('{dead,healthy}'::text[]) as channel
           where channel = 'dead' or (n->'details'->>'n')::int % $2 = 0
           order by place on conflict (notice_id, channel) do nothing`,
          [JSON.stringify(notices), healthyEach, now],
        );
        break;
      } catch {
        // The database is being started again.
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    this.count += count;
  }

  /** How many wait, by channel; undefined: the database does not answer at present. */
  async waiting(): Promise<Map<string, number> | undefined> {
    const rows = await this.#site
      .query<{ channel: string; count: string }>(
        `select channel, count(*) as count from outbox where state = 'pending' group by channel`,
      )
      .catch(() => undefined);
    return rows && new Map(rows.map(({ channel, count }) => [channel, Number(count)]));
  }

  /** What the outbox says of deliveries that did not end as sent. */
  async unsent(): Promise<string[]> {
    const rows = await this.#site.query<{ channel: string; notice_id: string; state: string; why: string | null }>(
      `select channel, notice_id, state, why from outbox where state <> 'sent' limit 20`,
    );
    return rows.map(({ channel, notice_id, state, why }) => `${channel}: notice ${notice_id} is ${state}: ${why}`);
  }

  #notice(n: number, now: number): object {
    const dice = this.#dice;
    if (this.#alerts.length < 20 || dice.chance(0.3)) this.#alerts.push(`alert-${n}`);
    if (this.#alerts.length > 400) this.#alerts.splice(dice.below(200), 1);
    const text = Array.from({ length: dice.between(5, 40) }, () => dice.pick(words)).join(' ');
    return {
      id: `n_${createHash('sha256').update(String(n)).digest('hex').slice(0, 32)}`,
      kind: dice.pick(kinds),
      at: now,
      title: `Notice ${n}: ${dice.pick(words)}`,
      text,
      subject: dice.pick(this.#alerts),
      severity: dice.pick(['info', 'warning', 'high']),
      details: { n, service: dice.pick(words), people: dice.below(100) },
    };
  }
}
