import type { Signer } from '../../core/signed-note.js';
import { diffLists, protectedEntries } from '../../exports/blocklists/common/diff.js';
import type { BlockListFormat } from '../../exports/blocklists/common/format.js';
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
  markRolledBack,
  publishWaiting,
  saveFeed,
  withdrawWaiting,
} from '../../store/blocklists.js';
import type { Db } from '../../store/tables.js';
import type { ServiceSetup } from '../setup.js';
import { published, rolledBack, tellOfFeeds } from './notices.js';
import { auditDetails, publish, versionOf } from './versions.js';

/** A decision about a list that cannot be: what is in the way, and what to do. */
export class DecisionError extends Error {
  override readonly name = 'DecisionError';
}

/** Who decides about which list, and what it takes to publish it. */
export interface Decider {
  db: Db;
  setup: Pick<ServiceSetup, 'channels' | 'blocklists'>;
  signer: Signer;
  /** For the audit log and for who looks at the version. */
  who: string;
  /** Milliseconds since 1970. */
  at: number;
}

interface Known {
  feed: BlockListFeed | undefined;
  versions: BlockListVersion[];
  served: BlockListVersion | undefined;
}

/** Runs a decision with all that is known of the list; nobody else changes one meanwhile. */
const decide = <T>(db: Db, format: string, work: (trx: Db, known: Known) => Promise<T>): Promise<T> =>
  db.transaction().execute(async (trx) => {
    await lockBlockLists(trx);
    const versions = await loadVersions(trx, format);
    if (versions.length === 0)
      throw new DecisionError(
        `no version of ${format} was made yet: name it in blocklists.formats and start the service`,
      );
    const feed = (await loadFeeds(trx)).find((one) => one.format === format);
    return work(trx, { feed, versions, served: versions.find(({ state }) => state === 'published') });
  });

/** A format with its id. */
export interface NamedFormat {
  id: string;
  plugin: BlockListFormat;
}

/** Publishes a version that waits. @throws DecisionError, also where it would block what is protected today */
export async function approve(
  { db, setup, signer, who, at }: Decider,
  { id: format, plugin }: NamedFormat,
  number: number,
): Promise<BlockListVersion> {
  return decide(db, format, async (trx, { feed, versions }) => {
    const version = versionIn(versions, format, number);
    if (version.state !== 'pending') {
      const next = versions.find(({ state }) => state === 'pending');
      throw new DecisionError(
        `version ${number} of ${format} does not wait, it is ${version.state}; ${next === undefined ? 'nothing waits' : `version ${next.version} waits`}`,
      );
    }
    if (feed?.pinned !== undefined)
      throw new DecisionError(
        `${format} is held at version ${feed.pinned} since a roll-back; first: halflight blocklist rollback ${format} --release`,
      );
    const body = (await loadBody(trx, format, number)) ?? Buffer.alloc(0);
    const [reached] = protectedEntries(plugin, plugin.read(body.toString()), setup.blocklists?.ownDomains ?? []);
    if (reached !== undefined)
      throw new DecisionError(
        `version ${number} of ${format} was made before ${reached} was protected: the service makes another one within a minute or so`,
      );
    const bytes = body.length;
    const made = publish(version, { signer, at, bytes, who });
    await publishWaiting(trx, made, { who, at, note: made.note ?? '' });
    await tellOfFeeds(trx, setup, published(made), at);
    await appendAudit(trx, {
      at,
      who,
      action: 'blocklist.approved',
      subject: `${format}/${number}`,
      details: auditDetails(made),
    });
    return made;
  });
}

/**
 * Publishes the entries of an older version as a new one, and holds the list there until it is released: what the register says meanwhile
 * waits. @throws DecisionError
 */
export async function rollBack(
  { db, setup, signer, who, at }: Decider,
  format: NamedFormat,
  number: number,
): Promise<BlockListVersion> {
  const { id, plugin } = format;
  return decide(db, id, async (trx, { versions, served }) => {
    const target = versionIn(versions, id, number);
    if (served === undefined) throw new DecisionError(`nothing of ${id} is served: there is nothing to roll back`);
    if (target.publishedAt === undefined)
      throw new DecisionError(`version ${number} of ${id} was never served: only what was is gone back to`);
    if (target.version === served.version) throw new DecisionError(`version ${number} of ${id} is what is served`);
    const read = async (version: number): Promise<readonly string[]> =>
      plugin.read(((await loadBody(trx, id, version)) ?? '').toString());
    const [before, old] = [await read(served.version), await read(number)];
    const reached = new Set(protectedEntries(plugin, old, setup.blocklists?.ownDomains ?? []));
    const entries = old.filter((text) => !reached.has(text));
    const why = `rolled back to version ${number} by ${who}`;
    const listed = entries.map((text) => ({ text, why }));
    const diff = diffLists(before, listed, { day: target.day, blocks: [], leftOut: [], denied: [], allowed: [] });
    const changes: BlockListChange[] = [
      ...diff.added.map(({ text }) => ({ sign: '+' as const, text, why })),
      ...diff.removed.map(({ text }) => ({ sign: '-' as const, text, why })),
    ];
    await withdrawWaiting(trx, id, at);
    await markRolledBack(trx, id, number);
    const { version, body } = versionOf(plugin, entries, {
      format: id,
      versions,
      day: target.day,
      inventoryHash: target.inventoryHash,
      catalogHash: target.catalogHash,
      base: served.version,
      added: diff.added.length,
      removed: diff.removed.length,
      waitsFor: undefined,
      restores: number,
      at,
      who,
    });
    const made = publish(version, { signer, at, bytes: body.length, who });
    await addVersion(trx, { version: made, body, changes });
    // Made anew at once, so that what would be served without the roll-back waits and can be looked at.
    await saveFeed(trx, { format: id, pinned: made.version, grounds: undefined });
    await tellOfFeeds(trx, setup, rolledBack(made, served.version), at);
    await appendAudit(trx, {
      at,
      who,
      action: 'blocklist.rolled-back',
      subject: `${id}/${made.version}`,
      details: { ...auditDetails(made), taken_back: served.version },
    });
    return made;
  });
}

/** Lets a list that was rolled back follow the register again; what waits is made anew. @throws DecisionError */
export async function release({ db, who, at }: Decider, format: string): Promise<number> {
  return decide(db, format, async (trx, { feed }) => {
    if (feed?.pinned === undefined) throw new DecisionError(`${format} is not held: it follows the register`);
    await withdrawWaiting(trx, format, at);
    await saveFeed(trx, { format, pinned: undefined, grounds: undefined });
    await appendAudit(trx, {
      at,
      who,
      action: 'blocklist.released',
      subject: `${format}/${feed.pinned}`,
      details: {},
    });
    return feed.pinned;
  });
}

function versionIn(versions: readonly BlockListVersion[], format: string, number: number): BlockListVersion {
  const version = versions.find((one) => one.version === number);
  if (version !== undefined) return version;
  throw new DecisionError(
    `there is no version ${number} of ${format}; the newest is ${versions[0]?.version ?? 'none'}`,
  );
}
