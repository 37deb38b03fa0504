import { loadHours } from '../store/ledger.js';
import { addNotice } from '../store/outbox.js';
import { noteSourceFinding } from '../store/source-findings.js';
import { loadSources } from '../store/sources.js';
import { evaluate } from './alerts/evaluate.js';
import { sourceFact } from './alerts/facts.js';
import type { ServiceContext } from './context.js';
import { silence, thinness } from './health-rules.js';
import { sourceNotice } from './notices.js';

const historyMs = 29 * 24 * 3_600_000;

/** Looks at every source: whether it is silent or thin is a finding of its own, told once when it begins and once when it ends. */
export async function checkSources(context: ServiceContext): Promise<void> {
  const { db, now, setup, log } = context;
  for (const source of await loadSources(db)) {
    const at = now();
    const watched = source.state === 'active';
    const history = {
      now: at,
      since: source.since,
      lastDataAt: source.lastDataAt,
      expectEvery: source.expectEvery,
      hours: watched ? await loadHours(db, source.id, Math.min(at, source.lastDataAt ?? at) - historyMs) : [],
    };
    const said = { silent: watched ? silence(history) : undefined, thin: watched ? thinness(history) : undefined };
    await db.transaction().execute(async (trx) => {
      for (const kind of ['silent', 'thin'] as const) {
        const news = await noteSourceFinding(trx, { source: source.id, kind }, said[kind], at);
        if (news === undefined) continue;
        const reason = said[kind]?.reason ?? (watched ? 'Data come as usual again.' : `The source is ${source.state}.`);
        log.warn({ source: source.id, kind, news, why: reason }, 'source health');
        if (kind === 'thin') continue;
        const notice = sourceNotice(source.id, news === 'opened' ? 'source.silent' : 'source.back', reason, at);
        const channels = setup().channels.filter(({ notices }) => notices.includes(notice.kind));
        await addNotice(
          trx,
          notice,
          channels.map(({ id }) => id),
          at,
        );
      }
      await evaluate(trx, context, [await sourceFact(trx, source.id, at)]);
    });
  }
  context.ring('deliver', 'due');
}
