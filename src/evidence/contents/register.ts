import { loadDecisions } from '../../store/candidate-decisions.js';
import { loadRegister } from '../../store/registers.js';
import { type BundleContext, instant, line } from './context.js';

/** inventory.json: the register of AI systems. */
export async function* inventoryText({ trx }: BundleContext): AsyncGenerator<string> {
  const register = await loadRegister<readonly unknown[]>(trx, 'inventory');
  const { hash = null, loadedAt = null, body = [] } = register ?? {};
  yield `${JSON.stringify({ hash, loaded: instant(loadedAt), entries: body }, null, 2)}\n`;
}

/** decisions.ndjson: what was decided about hosts and apps that are in no catalog. */
export async function* decisionLines({ trx, people }: BundleContext): AsyncGenerator<string> {
  const decisions = [...(await loadDecisions(trx))].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [candidate, steps] of decisions)
    for (const { kind, subject, action, who, at, ...rest } of steps)
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
