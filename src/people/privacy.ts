import { createHmac } from 'node:crypto';
import type { Actor } from '../core/usage.js';

const base32 = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * A stable name that does not tell who it is: `person-k3w7q2ma`. The same actor has the same name under the same key and
 * another one under every other key. Eight letters are 40 bits of HMAC-SHA-256: among 10,000 people the chance that any two
 * share a name is 1 in 20,000. An unknown actor is nobody and stays `unknown`.
 */
export function pseudonym(key: string | Buffer, actor: Pick<Actor, 'kind' | 'id'>): string {
  if (actor.kind === 'unknown') return 'unknown';
  const bytes = createHmac('sha256', key).update(`${actor.kind}\0${actor.id}`).digest();
  let text = '';
  for (let i = 0; i < 8; i++) {
    const bit = i * 5;
    const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    text += base32[(pair >> (11 - (bit & 7))) & 31] ?? '';
  }
  return `${actor.kind}-${text}`;
}

/** The name of the merged group. */
export const otherGroup = 'other';

export interface MergedGroups {
  /** People by group as they may be shown. Only `other` can have fewer than the threshold, and only when nothing else is left. */
  counts: ReadonlyMap<string, number>;
  /** The group under which a group's people are shown. */
  shownAs: (group: string) => string;
}

/**
 * Merges groups with fewer people than the threshold into `other`. When `other` would itself have too few, anyone could work out
 * the small group as total minus the rest; so the next smallest group joins it (by count, then name), until it is large enough or
 * no group is left. Groups without people are left out.
 */
export function mergeSmallGroups(counts: ReadonlyMap<string, number>, threshold = 5): MergedGroups {
  const bySize = [...counts]
    .filter(([, people]) => people > 0)
    .sort(([a, m], [b, n]) => m - n || (a < b ? -1 : a > b ? 1 : 0));
  let merged = 0;
  const visible = new Map<string, number>();
  for (const [group, people] of bySize) {
    // In the order of size: what is small comes first, and joins while `other` is not yet large enough to hide it.
    if (group === otherGroup || people < threshold || (merged > 0 && merged < threshold)) merged += people;
    else visible.set(group, people);
  }
  // A real group named `other` may have come last; it can only have made the merged group larger.
  const shown = new Map([...visible].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  if (merged > 0) shown.set(otherGroup, merged);
  return { counts: shown, shownAs: (group) => (visible.has(group) ? group : otherGroup) };
}
