import type { Check } from '../../../core/check.js';
import { loadFeeds, loadVersions } from '../../../store/blocklists.js';
import { readOnly } from '../../../store/reads/read-only.js';
import type { Db } from '../../../store/tables.js';
import { ageText, bounded, failed, ok, patienceMs, warning } from './bounded.js';

/** The lists that are served: whether they follow the register, and what waits for a person. */
export function checkBlockLists(db: Db, formats: readonly string[], now: number): Promise<Check[]> {
  return bounded('block lists', 'Try again; see the log of the database.', async () => {
    const [feeds, versions] = await readOnly(db, patienceMs, async (trx) => [
      await loadFeeds(trx),
      await loadVersions(trx),
    ]);
    return formats.map((format) => {
      const name = `block list ${format}`;
      const feed = feeds.find((one) => one.format === format);
      const own = versions.filter((version) => version.format === format);
      const served = own.find(({ state }) => state === 'published');
      const waits = own.find(({ state }) => state === 'pending');
      const found =
        served === undefined
          ? 'nothing is served yet'
          : `version ${served.version} with ${served.entries} ${served.entries === 1 ? 'entry' : 'entries'} is served`;
      if (feed?.keptWhy !== undefined)
        return failed(
          name,
          `${feed.keptWhy}, for ${ageText(now - (feed.keptSince ?? now))}; ${found}`,
          'Correct the register; until then no decision reaches the list.',
        );
      if (waits !== undefined)
        return warning(
          name,
          `version ${waits.version} waits for ${ageText(now - waits.madeAt)}: ${waits.waitsFor}; ${found}`,
          feed?.pinned === undefined
            ? `Look at it, then approve it: halflight blocklist diff ${format}`
            : `To follow the register again: halflight blocklist rollback ${format} --release`,
        );
      if (feed?.pinned !== undefined)
        return warning(
          name,
          `held at version ${feed.pinned} since a roll-back`,
          `To follow the register again: halflight blocklist rollback ${format} --release`,
        );
      if (served === undefined)
        return warning(name, found, 'Start the service: it makes the list within a minute or so.');
      return ok(name, found);
    });
  });
}
