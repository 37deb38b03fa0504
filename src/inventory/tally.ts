import { type AccountKind, type Strength, strengths } from '../core/hit.js';
import { type Provenance, stronger as strongerProvenance } from '../core/provenance.js';
import type { Usage } from '../core/usage.js';
import { compareVerdicts, type Decision } from './decide.js';

/** Who did how much on which days. */
export class Count {
  readonly people = new Set<string>();
  /** Actors that are no persons: devices, addresses, unresolved users. */
  readonly others = new Set<string>();
  readonly days = new Set<string>();
  events = 0;
  attempts = 0;
  /** Events without a date. */
  undated = 0;

  add(row: Usage): void {
    const { kind, id } = row.actor;
    if (kind === 'person') this.people.add(id);
    else this.others.add(`${kind}\0${id}`);
    if (row.day === '') this.undated += row.events;
    else this.days.add(row.day);
    this.events += row.events;
    this.attempts += row.attempts;
  }
  get actors(): number {
    return this.people.size + this.others.size;
  }
}

/** The sum of counts: people and days count once. */
export function mergeCounts(counts: Iterable<Count>): Count {
  const sum = new Count();
  for (const part of counts) {
    for (const person of part.people) sum.people.add(person);
    for (const other of part.others) sum.others.add(other);
    for (const day of part.days) sum.days.add(day);
    sum.events += part.events;
    sum.attempts += part.attempts;
    sum.undated += part.undated;
  }
  return sum;
}

/** Uses that one entry decided in one way, within one group. `undefined`: attempts only, on which nothing is decided. */
export interface Bucket {
  group: string;
  decision: Decision | undefined;
  count: Count;
  /** Events on days before the entry's approval. */
  early: number;
}

/** Everything seen of one service with one account kind. */
export class Tally {
  readonly service: string;
  readonly accountKind: AccountKind;
  readonly buckets = new Map<string, Bucket>();
  /** The same buckets by what they were asked with: rows repeat it, and building their key costs more than all else. */
  readonly #asked = new Map<string, Map<Decision | undefined, Bucket>>();
  events = 0;
  bytesOut = 0;
  bytesIn = 0;
  first: number | undefined;
  last: number | undefined;
  lastUsed: number | undefined;
  firstDay = '';
  /** Whether any use told its workspace. */
  workspaceKnown = false;
  /** The best of its rows. */
  provenance: Provenance = 'unauthenticated';
  #used: Strength | undefined;
  #tried: Strength = 'declared';

  constructor(service: string, accountKind: AccountKind) {
    this.service = service;
    this.accountKind = accountKind;
  }

  add(row: Usage, decision: Decision | undefined): void {
    const { group } = row.actor;
    this.provenance = strongerProvenance(this.provenance, row.provenance);
    this.events += row.events;
    this.bytesOut += row.bytesOut;
    this.bytesIn += row.bytesIn;
    if (row.first !== undefined) this.first = Math.min(this.first ?? row.first, row.first);
    if (row.last !== undefined) this.last = Math.max(this.last ?? row.last, row.last);
    if (row.day !== '' && (this.firstDay === '' || row.day < this.firstDay)) this.firstDay = row.day;
    if (decision === undefined) this.#tried = stronger(this.#tried, row.strength);
    else {
      this.#used = stronger(this.#used ?? 'declared', row.strength);
      if (row.last !== undefined) this.lastUsed = Math.max(this.lastUsed ?? row.last, row.last);
    }
    if (row.workspace) this.workspaceKnown = true;
    const bucket = this.#bucket(group, decision);
    bucket.count.add(row);
    const approval = decision?.entry?.approval_date;
    if (approval !== undefined && row.day !== '' && row.day < approval) bucket.early += row.events;
  }

  #bucket(group: string, decision: Decision | undefined): Bucket {
    const asked = this.#asked.get(group) ?? new Map<Decision | undefined, Bucket>();
    this.#asked.set(group, asked);
    const known = asked.get(decision);
    if (known !== undefined) return known;
    const key = [group, decision?.verdict, decision?.rule, decision?.entry?.id].join('\0');
    const bucket = this.buckets.get(key) ?? { group, decision, count: new Count(), early: 0 };
    this.buckets.set(key, bucket);
    asked.set(decision, bucket);
    return bucket;
  }

  /** Everything that was seen. */
  total(): Count {
    return mergeCounts([...this.buckets.values()].map((bucket) => bucket.count));
  }

  /** Strongest proof of use; of attempts where nothing went through. */
  get strength(): Strength {
    return this.#used ?? this.#tried;
  }
}

const stronger = (a: Strength, b: Strength): Strength => (strengths.indexOf(b) > strengths.indexOf(a) ? b : a);

/** The buckets that make the verdict: all that share the first verdict in the table, most events first. */
export function deciding(buckets: Iterable<Bucket>): Bucket[] {
  const all = [...buckets].sort(
    (a, b) => compareBuckets(a, b) || b.count.events - a.count.events || (bucketName(a) < bucketName(b) ? -1 : 1),
  );
  return all.filter((bucket) => all[0] !== undefined && compareBuckets(bucket, all[0]) === 0);
}

export const verdictOf = (bucket: Bucket) => bucket.decision?.verdict ?? 'attempted';
const compareBuckets = (a: Bucket, b: Bucket): number => compareVerdicts(verdictOf(a), verdictOf(b));
const bucketName = (bucket: Bucket): string =>
  `${bucket.decision?.entry?.id ?? ''}\0${bucket.decision?.rule ?? ''}\0${bucket.group}`;
