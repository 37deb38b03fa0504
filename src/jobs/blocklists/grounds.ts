import { createHash } from 'node:crypto';
import type { InventoryEntry } from '../../core/register.js';
import { dayOf } from '../../core/time.js';
import { loadFeeds } from '../../store/blocklists.js';
import { loadRegisterTrouble } from '../../store/register-trouble.js';
import { loadRegister, registerHashIn } from '../../store/registers.js';
import type { Db } from '../../store/tables.js';
import type { ServiceContext } from '../context.js';

/** What making block lists uses of the context. */
export type FeedContext = Pick<ServiceContext, 'db' | 'log' | 'now' | 'setup' | 'catalog' | 'ring' | 'signer'>;

/** What lists are made by at this moment. No log is among it. */
export interface Grounds {
  day: string;
  entries: readonly InventoryEntry[];
  inventoryHash: string;
  /** Why no list may be made from them: what is served stays. */
  trouble: string | undefined;
  /** The same grounds have the same key. */
  key: string;
}

/** @returns the grounds of now; the entries are read only where they are asked for */
export async function groundsOf(context: FeedContext, withEntries = true): Promise<Grounds> {
  const { db, now, setup, catalog } = context;
  const { blocklists, zone } = setup();
  const day = dayOf(now(), zone);
  const found = withEntries ? await loadRegister<InventoryEntry[]>(db, 'inventory') : undefined;
  const hash = withEntries ? found?.hash : await registerHashIn(db, 'inventory');
  const trouble = await troubleOf(db, hash);
  const key = createHash('sha256')
    .update(JSON.stringify([day, hash ?? null, catalog.hash, blocklists ?? null, trouble ?? null]))
    .digest('hex');
  return { day, entries: found?.body ?? [], inventoryHash: hash ?? '', trouble, key };
}

async function troubleOf(db: Db, hash: string | undefined): Promise<string | undefined> {
  if (hash === undefined) return 'there is no register: name its file as inventory in the configuration';
  return (await loadRegisterTrouble(db, 'inventory'))?.why;
}

/** Whether a list that is configured was made by other grounds than those of now, or one is served that is not. */
export async function areFeedsStale(context: FeedContext): Promise<boolean> {
  const formats = context.setup().blocklists?.formats ?? [];
  const feeds = await loadFeeds(context.db);
  if (feeds.some(({ format, active }) => active && !formats.includes(format))) return true;
  if (formats.length === 0) return false;
  const { key } = await groundsOf(context, false);
  return formats.some((id) => {
    const feed = feeds.find(({ format }) => format === id);
    return feed?.active !== true || feed.grounds !== key;
  });
}
