import { callsForAction } from '../../../core/register.js';
import type { FindingFacts, PeriodFacts, ServiceFacts } from '../../periodic/facts.js';
import { inUse } from './cells.js';

/** Growth that is told: by half at least, and by three people. */
const growth = { factor: 1.5, people: 3, actors: 3 };

/** Services that were used for the first time ever. */
export const newServices = ({ services, period }: PeriodFacts): ServiceFacts[] =>
  services.filter(({ now, firstDay }) => inUse(now) && firstDay !== undefined && firstDay >= period.from);

/** Services whose users became clearly more. */
export const grownServices = ({ services, period, audience }: PeriodFacts): ServiceFacts[] =>
  services.filter(({ now, before, firstDay }) => {
    if (!inUse(now) || !inUse(before) || (firstDay ?? '') >= period.from) return false;
    const grew = (a: number, b: number, least: number): boolean => a >= b * growth.factor && a - b >= least;
    // To a manager both numbers are told, so both must be.
    if (audience.role === 'manager') return before.people >= 5 && grew(now.people, before.people, growth.people);
    return grew(now.people, before.people, growth.people) || grew(now.actors, before.actors, growth.actors);
  });

/** Services that were used in the period before, and not in this one. */
export const stoppedServices = ({ services }: PeriodFacts): ServiceFacts[] =>
  services.filter(({ now, before }) => !inUse(now) && inUse(before));

/** Findings that call for somebody to act: those of the period before those of earlier, the most urgent first. */
export const actingFindings = ({ findings }: PeriodFacts): FindingFacts[] => {
  const acting = findings.filter(callsForAction);
  const isNow = ({ now }: FindingFacts): boolean => now.events + now.attempts > 0;
  return [...acting.filter(isNow), ...acting.filter((finding) => !isNow(finding))];
};
