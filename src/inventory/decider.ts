import type { InventoryEntry } from '../core/register.js';
import type { Usage } from '../core/usage.js';
import { covers, type Decision, decide } from './decide.js';

/** Rows repeat the same question many times: one answer for each service, group, account kind, workspace and day. */
export class Decider {
  readonly #asOf: string;
  readonly #entries = new Map<string, InventoryEntry[]>();
  readonly #known = new Map<string, { decision: Decision; covering: readonly string[] }>();

  constructor(entries: readonly InventoryEntry[], asOf: string) {
    this.#asOf = asOf;
    for (const entry of entries)
      for (const service of new Set(entry.services))
        this.#entries.set(service, [...(this.#entries.get(service) ?? []), entry]);
  }

  /** The decision on a row, and the ids of all entries whose scope it lies in. */
  decide(row: Usage): { decision: Decision; covering: readonly string[] } {
    const { service, accountKind, workspace } = row;
    const { group } = row.actor;
    const key = `${service}\0${accountKind}\0${row.day}\0${group}\0${workspace ?? ''}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const entries = this.#entries.get(service) ?? [];
    const use = { accountKind, group, workspace, day: row.day === '' ? this.#asOf : row.day };
    const covering = entries.filter((entry) => covers(entry, use)).map((entry) => entry.id);
    const answer = { decision: decide(entries, use), covering };
    this.#known.set(key, answer);
    return answer;
  }
}
