import type { RegisterStep } from '../../inventory/requests.js';
import { loadRecordedDecisions } from '../decisions.js';
import type { Db } from '../tables.js';

/** What happened to the register before an instant, oldest first. Of the versions of the base one at a time is in memory. */
export async function* registerSteps(db: Db, before: number): AsyncGenerator<RegisterStep> {
  const decisions = await loadRecordedDecisions(db, { before });
  const loads = await db
    .selectFrom('inventory_load')
    .select(['hash', 'loaded_at'])
    .where('loaded_at', '<', before)
    .orderBy('id')
    .execute();
  let next = 0;
  for (const { hash, loaded_at: at } of loads) {
    for (let decision = decisions[next]; decision !== undefined && decision.at < at; decision = decisions[++next])
      yield { at: decision.at, decision };
    const version = await db
      .selectFrom('inventory_version')
      .select('body')
      .where('hash', '=', hash)
      .executeTakeFirstOrThrow();
    yield { at, base: version.body };
  }
  for (const decision of decisions.slice(next)) yield { at: decision.at, decision };
}
