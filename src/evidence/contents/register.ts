import { loadDecisions } from '../../store/candidate-decisions.js';
import { loadRecordedDecisions } from '../../store/decisions.js';
import { currentInventory, inventoryAsOf } from '../../store/inventory.js';
import type { BundleScope } from '../../store/reads/bundle.js';
import type { Db } from '../../store/tables.js';
import { type BundleContext, instant, line } from './context.js';

/** The register as a bundle shows it. */
export interface BundleInventory {
  /** Version; null: none was ever given. */
  hash: string | null;
  text: string;
}

/**
 * inventory.json: the register as it was on the last day of the period. Where none was known yet, as in a scan of old logs, it is that of
 * now, and says so.
 */
export async function inventoryOf(trx: Db, { end }: BundleScope, zone: string): Promise<BundleInventory> {
  const lastDay = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(end - 1);
  const then = await inventoryAsOf(trx, lastDay, zone);
  const known = then.base !== undefined || then.holding.length > 0;
  const { base, hash, entries } = known ? then : await currentInventory(trx);
  const version = hash === 'none' ? null : hash;
  const stated = { hash: version, as_of: known ? lastDay : 'now', loaded: instant(base?.loadedAt), entries };
  return { hash: version, text: `${JSON.stringify(stated, null, 2)}\n` };
}

/** decisions.ndjson: what people decided until the end of the period: about entries of the register, and about candidates. */
export async function* decisionLines({ trx, scope, people }: BundleContext): AsyncGenerator<string> {
  const only = scope.only === undefined ? undefined : new Set([...scope.only.entries, ...scope.only.services]);
  for (const decision of await loadRecordedDecisions(trx, { before: scope.end })) {
    if (only !== undefined && !only.has(decision.entry) && !only.has(decision.subject)) continue;
    const {
      id,
      subject,
      entry,
      action,
      until = null,
      conditions,
      why,
      who,
      recordedBy,
      at,
      secondedBy = null,
    } = decision;
    const { set, made = null } = decision.body;
    const seconded_at = instant(decision.secondedAt);
    const stated = { about: 'entry', id, subject, entry, action, until, conditions, why: people.mask(why), who };
    yield line({
      ...stated,
      recorded_by: recordedBy,
      at: instant(at),
      seconded_by: secondedBy,
      seconded_at,
      set,
      made,
    });
  }
  if (only !== undefined) return;
  const decisions = [...(await loadDecisions(trx))].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [candidate, steps] of decisions)
    for (const { kind, subject, action, who, at, ...rest } of steps)
      if (at < scope.end)
        yield line({
          about: 'candidate',
          candidate,
          kind,
          subject: people.mask(subject),
          action,
          who,
          at: instant(at),
          service: 'service' in rest ? rest.service : null,
          why: 'why' in rest ? people.mask(rest.why) : null,
        });
}
