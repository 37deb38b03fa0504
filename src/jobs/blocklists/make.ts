import { diffLists, tooLarge } from '../../exports/blocklists/common/diff.js';
import type { BlockListFormat } from '../../exports/blocklists/common/format.js';
import { blockListOf } from '../../exports/blocklists/common/list.js';
import { allBlockListFormats } from '../../exports/blocklists/common/registry.js';
import type { BlockList } from '../../exports/blocklists/common/types.js';
import { appendAudit } from '../../store/audit.js';
import type { BlockListChange } from '../../store/blocklist-tables.js';
import {
  addVersion,
  type BlockListFeed,
  type BlockListVersion,
  loadBody,
  loadFeeds,
  loadVersions,
  lockBlockLists,
  onlyActive,
  saveFeed,
  withdrawWaiting,
} from '../../store/blocklists.js';
import { exclusively } from '../../store/job-runs.js';
import type { Db } from '../../store/tables.js';
import type { BlockListSetup } from '../setup.js';
import { type FeedContext, type Grounds, groundsOf } from './grounds.js';
import { guardServed } from './guard.js';
import { back, kept, published, settled, tellOfFeeds, waiting } from './notices.js';
import { auditDetails, entriesHashOf, publish, versionOf } from './versions.js';

const dayMs = 86_400_000;

/**
 * Makes a new version of each configured list whose entries are others by the register, the catalog and the configuration of now. It is
 * published by itself where little changes, and waits for a person otherwise. Where the register is missing or has errors nothing is
 * made, and what is served stays. What is protected since is taken out of what is served at once. May run twice, and again after it was killed anywhere.
 */
export async function makeBlockLists(context: FeedContext): Promise<string> {
  const ran = await exclusively(context.db, 'blocklists', () => makeAll(context));
  if (!ran.ran) return 'another process is at it';
  context.ring('deliver', 'due');
  return ran.value;
}

async function makeAll(context: FeedContext): Promise<string> {
  const { db, setup, catalog } = context;
  const { blocklists } = setup();
  const formats = blocklists?.formats ?? [];
  await onlyActive(db, formats);
  if (blocklists === undefined || formats.length === 0) return 'no list is configured';
  const grounds = await groundsOf(context);
  if (grounds.trouble !== undefined) return keepAll(context, blocklists, grounds, grounds.trouble);
  const known = await allBlockListFormats();
  const list = blockListOf({
    catalog,
    entries: grounds.entries,
    ownDomains: blocklists.ownDomains,
    day: grounds.day,
    twoPeople: blocklists.twoPeople,
  });
  const outcomes: string[] = [];
  for (const id of formats) {
    const format = known.get(id);
    // The configuration was checked: one is missing only where an older program runs beside.
    if (format === undefined) continue;
    const outcome = await db
      .transaction()
      .execute((trx) => makeOne(trx, context, blocklists, { id, format, list, grounds }));
    if (outcome !== undefined) outcomes.push(`${id} ${outcome}`);
  }
  return outcomes.length === 0 ? 'nothing is new' : outcomes.join(', ');
}

/** What is served stays, but for what is protected since, and that is told once. */
async function keepAll(
  context: FeedContext,
  { formats }: BlockListSetup,
  { key }: Grounds,
  why: string,
): Promise<string> {
  const { db, setup, now, log } = context;
  const at = now();
  const known = await allBlockListFormats();
  await db.transaction().execute(async (trx) => {
    await lockBlockLists(trx);
    for (const id of formats) {
      const format = known.get(id);
      if (format !== undefined) await guardServed(trx, context, { id, format });
    }
    const before = await loadFeeds(trx);
    for (const format of formats) {
      const feed = before.find((one) => one.format === format);
      await saveFeed(trx, { format, active: true, grounds: key, keptWhy: why, keptSince: feed?.keptSince ?? at });
    }
    if (before.some(({ active, keptWhy }) => active && keptWhy === why)) return;
    await tellOfFeeds(trx, setup(), kept(why), at);
    log.warn({ why }, 'block lists stay as they are');
  });
  return `nothing is made: ${why}`;
}

interface Making {
  id: string;
  format: BlockListFormat;
  list: BlockList;
  grounds: Grounds;
}

/** One format, in one transaction with what is told and recorded. @returns what became of it; undefined: nothing is new */
async function makeOne(
  trx: Db,
  context: FeedContext,
  { limits }: BlockListSetup,
  { id, format, list, grounds }: Making,
): Promise<string | undefined> {
  const { setup, now, log, signer, catalog } = context;
  await lockBlockLists(trx);
  const at = now();
  const { entries } = format.entries(list);
  const guarded = await guardServed(trx, context, { id, format }, new Set(entries.map(({ text }) => text)));
  const feed = (await loadFeeds(trx)).find((one) => one.format === id);
  const versions = await loadVersions(trx, id);
  const served = versions.find(({ state }) => state === 'published');
  const pending = versions.find(({ state }) => state === 'pending');
  // Told once for all lists: all stayed since the same moment.
  if (feed?.keptWhy !== undefined) await tellOfFeeds(trx, setup(), back(), at, feed.keptSince);
  await saveFeed(trx, { format: id, active: true, grounds: grounds.key, keptWhy: undefined, keptSince: undefined });

  const entriesHash = entriesHashOf(entries.map(({ text }) => text));
  if (entriesHash === served?.entriesHash) {
    const withdrawn = await withdrawWaiting(trx, id, at);
    if (withdrawn !== undefined) await tellOfFeeds(trx, setup(), settled(id, withdrawn), at);
    return withdrawn === undefined ? guarded : `${withdrawn} withdrawn`;
  }
  if (entriesHash === pending?.entriesHash) return guarded;
  await withdrawWaiting(trx, id, at);

  const entriesOf = async (version: BlockListVersion | undefined): Promise<readonly string[]> =>
    version === undefined ? [] : format.read(((await loadBody(trx, id, version.version)) ?? '').toString());
  const diff = diffLists(await entriesOf(served), entries, list);
  const anchor = anchorOf(versions, at);
  const waitsFor =
    reasonToWait(feed, entries.length, tooLarge(diff, limits)) ??
    (anchor === undefined || anchor.version === served?.version
      ? undefined
      : sinceAnchor(anchor, tooLarge(diffLists(await entriesOf(anchor), entries, list), limits)));
  const changes: BlockListChange[] = [
    ...diff.added.map(({ text, why }) => ({ sign: '+' as const, text, why })),
    ...diff.removed.map(({ text, why }) => ({ sign: '-' as const, text, why })),
  ];
  const made = versionOf(
    format,
    entries.map(({ text }) => text),
    {
      format: id,
      versions,
      day: grounds.day,
      inventoryHash: grounds.inventoryHash,
      catalogHash: catalog.hash,
      base: served?.version,
      added: diff.added.length,
      removed: diff.removed.length,
      waitsFor,
      at,
      who: 'service',
    },
  );
  const version =
    waitsFor === undefined ? publish(made.version, { signer, at, bytes: made.body.length }) : made.version;
  await addVersion(trx, { version, body: made.body, changes });
  await tellOfFeeds(trx, setup(), waitsFor === undefined ? published(version) : waiting(version), at);
  await appendAudit(trx, {
    at,
    who: 'service',
    action: waitsFor === undefined ? 'blocklist.published' : 'blocklist.made',
    subject: `${id}/${version.version}`,
    details: auditDetails(version),
  });
  log.info(
    { format: id, version: version.version, entries: version.entries, why: waitsFor },
    waitsFor === undefined ? 'a block list was published' : 'a block list waits for approval',
  );
  return `${version.version} ${waitsFor === undefined ? 'published' : 'waits'}`;
}

function reasonToWait(feed: BlockListFeed | undefined, entries: number, large: string | undefined): string | undefined {
  if (feed?.pinned !== undefined) return `the list is held at version ${feed.pinned} since a roll-back`;
  if (entries === 0) return 'it is empty, which nothing but a person decides';
  return large;
}

/**
 * What is held against besides the list that is served, so that many small changes are not one large one that nobody saw: the newest
 * version that a person approved or that was served a day ago, else the first.
 */
function anchorOf(versions: readonly BlockListVersion[], at: number): BlockListVersion | undefined {
  const served = versions.filter(({ state }) => state === 'published');
  return (
    served.find(({ approvedBy, publishedAt = at }) => approvedBy !== undefined || publishedAt <= at - dayMs) ??
    served.at(-1)
  );
}

const sinceAnchor = ({ version }: BlockListVersion, large: string | undefined): string | undefined =>
  large === undefined ? undefined : `since version ${version}, within a day, ${large}`;
