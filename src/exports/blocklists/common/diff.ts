import type { BlockListFormat, ListEntry } from './format.js';
import { becauseOf } from './format.js';
import { protectionOf } from './protected.js';
import { includes } from './reach.js';
import type { BlockList } from './types.js';

/** What one list has and the last one had not, and the other way round. */
export interface ListDiff {
  added: readonly ListEntry[];
  removed: readonly ListEntry[];
  /** Entries of the last list. */
  before: number;
  after: number;
}

/** Above either of them a change waits until a person confirms it. */
export interface ChangeLimits {
  entries: number;
  /** Of the last list: 0.05 is 5 %. */
  share: number;
}
export const changeLimits: ChangeLimits = { entries: 50, share: 0.05 };

/** Holds the entries of a list against those of the last; without a last one everything is new. */
export function diffLists(last: readonly string[], next: readonly ListEntry[], list: BlockList): ListDiff {
  const had = new Set(last);
  const has = new Set(next.map(({ text }) => text));
  return {
    added: next.filter(({ text }) => !had.has(text)),
    removed: [...had].filter((text) => !has.has(text)).map((text) => ({ text, why: whyGone(text, list) })),
    before: had.size,
    after: has.size,
  };
}

/**
 * Why a change must be confirmed, as a sentence; undefined where it is small enough. A first list is measured by its entries alone: a
 * share of nothing means nothing.
 */
export function tooLarge(
  { added, removed, before }: Pick<ListDiff, 'added' | 'removed' | 'before'>,
  limits: ChangeLimits = changeLimits,
): string | undefined {
  const changed = added.length + removed.length;
  const share = before === 0 ? 0 : changed / before;
  const reasons = [
    ...(changed > limits.entries ? [`more than ${limits.entries} entries`] : []),
    ...(share > limits.share ? [`more than ${Math.round(limits.share * 100)} % of the ${before} before`] : []),
  ];
  if (reasons.length === 0) return undefined;
  return `${added.length} added and ${removed.length} removed: that is ${reasons.join(' and ')}`;
}

/**
 * The entries of an older list that would reach a name that is protected today: a domain of the organisation that was added since, or a
 * place to sign in. By name with all below it, whatever the entry reaches: rather one too many than one too few.
 */
export function protectedEntries(
  { blocksNothing }: Pick<BlockListFormat, 'blocksNothing'>,
  entries: readonly string[],
  ownDomains: readonly string[],
): readonly string[] {
  if (blocksNothing === true) return [];
  return entries.filter((text) => {
    const name = nameIn(text);
    return name === undefined || protectionOf(name, 'tree', ownDomains) !== undefined;
  });
}

/** The name in an entry of whichever format, without what stands around it. */
const nameIn = (text: string): string | undefined =>
  /(?:[a-z0-9-]+\.)+[a-z0-9-]+/.exec(text.slice(0, 400).replace(/^0\.0\.0\.0 /, ''))?.[0];

function whyGone(text: string, list: BlockList): string {
  const name = nameIn(text);
  if (name === undefined) return 'nothing asks for it any more';
  const covering = list.blocks.find((block) => includes(block, { host: name, reach: 'host' }));
  if (covering !== undefined) return `${covering.host} is blocked in another way: ${becauseOf(covering.grounds)}`;
  const left = list.leftOut.find(({ signature }) => signature.replace(/^\*\./, '') === name);
  if (left !== undefined) return left.why;
  const allowed = list.allowed.find(({ service }) =>
    service.hosts.some(({ host }) => host.replace(/^\*\./, '') === name),
  );
  if (allowed !== undefined) return `${allowed.service.name} is allowed by entry ${allowed.entry.id}`;
  return 'no entry decides against a service that has it';
}
