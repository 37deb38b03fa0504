import type { Plan } from '../plan/index.js';
import { dayMs } from '../time.js';
import { actorOf, distinct, grouped, type Seen } from './seen.js';
import type { Expected } from './types.js';

const isPerson = ({ rec }: Seen): boolean => rec.who.kind === 'person';
export const isSignIn = ({ fact, rec }: Seen): boolean => fact.account === 'enterprise' && rec.app !== '';
const dayOf = ({ rec }: Seen): number => Math.floor(rec.at / dayMs);

/**
 * Where sources are joined: of services approved for enterprise accounts only, to which people sign in, those who were seen behind a proxy
 * with no sign-in. The four weeks are shorter than what one sign-in explains, so any sign-in of a person explains all of their use.
 */
export function noSignIn(plan: Plan, used: readonly Seen[]): Expected['noSignIn'] {
  const strict = plan.inventory.filter(({ fields }) => fields.allowed_account === 'enterprise');
  const services = new Set(strict.flatMap(({ fields }) => fields.services ?? []));
  const of = grouped(
    used.filter((one) => isPerson(one) && services.has(one.fact.service)),
    ({ fact }) => fact.service,
  );
  return [...of].flatMap(([service, all]) => {
    const signIns = all.filter(isSignIn);
    const users = new Set(signIns.map(actorOf));
    if (users.size < 3) return [];
    const [first, last] = [Math.min(...signIns.map(dayOf)), Math.max(...signIns.map(dayOf)) + 7];
    const web = all.filter((one) => one.fact.account === 'unknown' && dayOf(one) >= first && dayOf(one) <= last);
    const seen = new Set(web.map(actorOf));
    const without = [...seen].filter((person) => !users.has(person));
    if (without.length === 0) return [];
    const also = (fits: (one: Seen) => boolean): number =>
      distinct(
        all
          .filter((one) => one.fact.account === 'personal' && without.includes(actorOf(one)) && fits(one))
          .map(actorOf),
      );
    return [
      {
        finding: `${service}/unknown`,
        people: seen.size,
        signedIn: seen.size - without.length,
        withoutSignIn: without.length,
        paidPrivately: also(({ rec }) => rec.merchant !== ''),
        personalAccount: also(({ rec }) => rec.merchant === ''),
      },
    ];
  });
}
