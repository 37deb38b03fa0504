import { protectedEntries } from '../../exports/blocklists/common/diff.js';
import type { BlockListFormat } from '../../exports/blocklists/common/format.js';
import { appendAudit } from '../../store/audit.js';
import { addVersion, loadBody, loadFeeds, loadVersions, saveFeed } from '../../store/blocklists.js';
import type { Db } from '../../store/tables.js';
import type { FeedContext } from './grounds.js';
import { guarded, tellOfFeeds } from './notices.js';
import { auditDetails, publish, versionOf } from './versions.js';

/**
 * Takes out of what is served whatever is protected by the configuration of now, as a new version, at once: also where the list is held
 * since a roll-back, where it stays because the register cannot be trusted, and where a change of that size would wait for a person. What
 * is never blocked waits for nobody. Nothing else changes, and a list that is held stays held. In the caller's transaction, under the lock.
 * @param judged entries that the register of now gives: these were judged one by one, by what exactly they reach
 * @returns what became of it; undefined: nothing that is served is protected
 */
export async function guardServed(
  trx: Db,
  { setup, now, log, signer }: Pick<FeedContext, 'setup' | 'now' | 'log' | 'signer'>,
  { id, format }: { id: string; format: BlockListFormat },
  judged: ReadonlySet<string> = new Set(),
): Promise<string | undefined> {
  const versions = await loadVersions(trx, id);
  const served = versions.find(({ state }) => state === 'published');
  if (served === undefined) return undefined;
  const before = format.read(((await loadBody(trx, id, served.version)) ?? '').toString());
  const taken = protectedEntries(format, before, setup().blocklists?.ownDomains ?? []).filter(
    (text) => !judged.has(text),
  );
  if (taken.length === 0) return undefined;
  const at = now();
  const out = new Set(taken);
  const { version, body } = versionOf(
    format,
    before.filter((text) => !out.has(text)),
    {
      format: id,
      versions,
      day: served.day,
      inventoryHash: served.inventoryHash,
      catalogHash: served.catalogHash,
      base: served.version,
      added: 0,
      removed: taken.length,
      waitsFor: undefined,
      at,
      who: 'service',
    },
  );
  const made = publish(version, { signer, at, bytes: body.length });
  const changes = taken.map((text) => ({ sign: '-' as const, text, why: 'it is protected now, and never blocked' }));
  await addVersion(trx, { version: made, body, changes });
  const pinned = (await loadFeeds(trx)).find((feed) => feed.format === id)?.pinned;
  if (pinned !== undefined) await saveFeed(trx, { format: id, pinned: made.version });
  await tellOfFeeds(trx, setup(), guarded(made, taken), at);
  await appendAudit(trx, {
    at,
    who: 'service',
    action: 'blocklist.guarded',
    subject: `${id}/${made.version}`,
    details: { ...auditDetails(made), taken_out: taken.slice(0, 100) },
  });
  log.warn(
    { format: id, version: made.version, entries: taken.length },
    'protected names were taken out of a block list',
  );
  return `${made.version} without ${taken.length} protected`;
}
