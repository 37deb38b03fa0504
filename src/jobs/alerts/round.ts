import type { CandidateFact, Fact, GrantFact } from '../../rules/facts.js';
import { decidedCandidates, lastFacts, newestFacts } from '../../store/alert-facts.js';
import { loadAlerts, lookSoon } from '../../store/alerts.js';
import { appsWithGrants } from '../../store/collected.js';
import type { ServiceContext } from '../context.js';
import { evaluate, rulesPrint, tellDue } from './evaluate.js';

const page = 500;

/** What each process has held all facts against. */
const heldAgainst = new WeakMap<object, string>();

/**
 * What only time brings, each minute: reminders, escalations, quiet hours and groups that end; alerts whose candidate was decided or
 * whose grant was taken back; and after a change of the rules, of quiet hours or of the zone, all that is known is held against them again, and timed anew.
 */
export async function alertRound(context: ServiceContext): Promise<void> {
  const { db } = context;
  let deliver = false;
  const print = rulesPrint(context);
  if (heldAgainst.get(context) !== print) {
    deliver = await evaluateAll(context);
    // When to remind, to escalate, or to end a quiet time was reckoned by the rules of before.
    await db.transaction().execute((trx) => lookSoon(trx, context.now()));
    heldAgainst.set(context, print);
  }
  deliver = (await lookAgain(context)) || deliver;
  deliver = (await db.transaction().execute((trx) => tellDue(trx, context))) || deliver;
  if (deliver) context.ring('deliver', 'due');
}

async function evaluateAll(context: ServiceContext): Promise<boolean> {
  let deliver = false;
  for (let after = ''; ; ) {
    const known = await newestFacts<Fact>(context.db, after, page);
    const last = known.at(-1);
    if (last === undefined) return deliver;
    const scopes = known.map(({ scope }) => scope);
    deliver =
      (await context.db.transaction().execute(async (trx) => {
        // As they are under the lock: one of them may be another by now.
        const facts = await lastFacts<Fact>(trx, scopes);
        return evaluate(trx, context, [...facts.values()], { again: true });
      })) || deliver;
    after = last.scope;
  }
}

/** Candidates and grants of open alerts: what a person decides, or takes back, is written by whoever does it. */
async function lookAgain(context: ServiceContext): Promise<boolean> {
  return context.db.transaction().execute(async (trx) => {
    const open = await loadAlerts(trx, {
      states: ['open', 'acknowledged'],
      kinds: ['candidate-score', 'risky-grant'],
    });
    if (open.length === 0) return false;
    const facts = [...(await lastFacts<Fact>(trx, [...new Set(open.map(({ scope }) => scope))])).values()];
    const candidates = facts.filter((fact): fact is CandidateFact => fact.about === 'candidate');
    const decided = await decidedCandidates(
      trx,
      candidates.map(({ candidate, kind, subject }) => ({ id: candidate, kind, subject })),
    );
    const over: Fact[] = candidates
      .filter(({ candidate }) => decided.has(candidate))
      .map((fact) => ({ ...fact, decided: true }));
    const grants = facts.filter((fact): fact is GrantFact => fact.about === 'grant');
    for (const source of new Set(grants.map((fact) => fact.source))) {
      const own = grants.filter((fact) => fact.source === source);
      const appOf = ({ grant }: GrantFact): string => grant.slice(source.length + 1);
      const standing = await appsWithGrants(trx, source, own.map(appOf));
      over.push(...own.filter((fact) => !standing.has(appOf(fact))).map((fact) => ({ ...fact, gone: true })));
    }
    return evaluate(trx, context, over);
  });
}
