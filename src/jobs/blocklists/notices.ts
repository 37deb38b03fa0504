import { createHash } from 'node:crypto';
import type { Notice } from '../../core/notice.js';
import type { BlockListVersion } from '../../store/blocklists.js';
import { addNotice } from '../../store/outbox.js';
import type { Db } from '../../store/tables.js';
import type { ServiceSetup } from '../setup.js';

type FeedNews = Pick<Notice, 'kind' | 'title' | 'text' | 'subject' | 'severity' | 'details'>;

/**
 * Puts news about feeds into the outbox, for the channels that carry them. Part of the caller's transaction. `mark`: the same news with the
 * same mark is told once.
 */
export async function tellOfFeeds(
  trx: Db,
  { channels }: Pick<ServiceSetup, 'channels'>,
  news: FeedNews,
  at: number,
  mark: number = at,
): Promise<void> {
  const id = `n_${createHash('sha256').update(`${news.kind}\0${news.subject}\0${news.text}\0${mark}`).digest('hex').slice(0, 32)}`;
  const wanted = channels.filter(({ notices }) => notices.includes(news.kind));
  await addNotice(
    trx,
    { id, at, ...news },
    wanted.map(({ id: channel }) => channel),
    at,
  );
}

const detailsOf = ({ format, version, entries, added, removed }: BlockListVersion): Notice['details'] => ({
  format,
  version,
  entries,
  added,
  removed,
});
const subjectOf = ({ format }: Pick<BlockListVersion, 'format'>): string => `blocklist/${format}`;
const counted = ({ entries, added, removed }: BlockListVersion): string =>
  `${entries} ${entries === 1 ? 'entry' : 'entries'}, ${added} added, ${removed} removed`;

export const waiting = (made: BlockListVersion): FeedNews => ({
  kind: 'blocklist.waiting',
  title: `Block list ${made.format}: version ${made.version} waits for approval`,
  text: `${counted(made)}: ${made.waitsFor}. What is served stays until then. Look at it: halflight blocklist diff ${made.format} ${made.version}; then: halflight blocklist approve ${made.format} ${made.version}`,
  subject: subjectOf(made),
  severity: 'warning',
  details: detailsOf(made),
});

export const published = (made: BlockListVersion): FeedNews => ({
  kind: 'blocklist.published',
  title: `Block list ${made.format}: version ${made.version} is served`,
  text: `${counted(made)}${made.approvedBy === undefined ? '' : `, approved by ${made.approvedBy}`}.`,
  subject: subjectOf(made),
  severity: 'info',
  details: detailsOf(made),
});

/** Names that are protected since were taken out of what is served, without waiting for anybody. */
export const guarded = (made: BlockListVersion, taken: readonly string[]): FeedNews => ({
  kind: 'blocklist.published',
  title: `Block list ${made.format}: ${taken.length} ${taken.length === 1 ? 'entry is' : 'entries are'} protected now and taken out`,
  text: `Version ${made.version} is served without ${taken.slice(0, 5).join(', ')}${taken.length > 5 ? ` and ${taken.length - 5} more` : ''}: a domain of the organisation, or a place to sign in, is never blocked. What else waits goes on waiting.`,
  subject: subjectOf(made),
  severity: 'warning',
  details: detailsOf(made),
});

export const rolledBack = (made: BlockListVersion, from: number): FeedNews => ({
  kind: 'blocklist.rolled-back',
  title: `Block list ${made.format}: rolled back to version ${made.restores}`,
  text: `${made.approvedBy} took back version ${from}. The entries of version ${made.restores} are served as version ${made.version}, and nothing newer is until: halflight blocklist rollback ${made.format} --release`,
  subject: subjectOf(made),
  severity: 'warning',
  details: { ...detailsOf(made), restores: made.restores ?? null, taken_back: from },
});

/** What waited is of no use any more. */
export const settled = (format: string, version: number): FeedNews => ({
  kind: 'blocklist.back',
  title: `Block list ${format}: version ${version} waits no more`,
  text: 'The register is as it was for the list that is served: there is nothing to approve.',
  subject: subjectOf({ format }),
  severity: 'info',
  details: { format, version },
});

/** The register cannot be trusted: every list stays. */
export const kept = (why: string): FeedNews => ({
  kind: 'blocklist.kept',
  title: 'Block lists: nothing new is made',
  text: `Because ${why}. What is served stays as it is, until that is corrected.`,
  subject: 'blocklists',
  severity: 'high',
  details: { why },
});

export const back = (): FeedNews => ({
  kind: 'blocklist.back',
  title: 'Block lists: they are made again',
  text: 'The register is there and whole again.',
  subject: 'blocklists',
  severity: 'info',
  details: {},
});
