import type { BuiltLog } from '../logs.js';
import type { Plan } from '../plan/index.js';
import { lapsingSoon, unseen } from '../plan/inventory.js';
import { dayCount, dayText } from '../time.js';
import type { Actor, Rec } from '../types.js';
import { finding } from './finding.js';
import { isSignIn, noSignIn } from './joined.js';
import { actorOf, distinct, gravest, grouped, isClaimed, type Seen } from './seen.js';
import { surveyOf } from './told.js';
import type { Expected } from './types.js';

/** What is known beside the logs. */
export interface Circumstances {
  /** Who was behind an actor of the records; that actor, where nothing tells. */
  behind?: (who: Actor, at: number) => Actor;
  /** The telemetry was received from the browsers themselves, not found in a file. */
  received?: boolean;
}

/**
 * The answer that follows from what was planted: counted from the planted records, with the verdicts as the plan states them.
 */
export function expectedFor(
  plan: Plan,
  logs: readonly BuiltLog[],
  { behind = (who) => who, received = false }: Circumstances = {},
): Omit<Expected, 'more'> {
  const recordsOf = (id: string): readonly Rec[] =>
    logs.flatMap((log) => log.planted.get(id) ?? []).map((rec) => ({ ...rec, who: behind(rec.who, rec.at) }));
  const seen = plan.facts.flatMap((fact) => recordsOf(fact.id).map((rec): Seen => ({ fact, rec })));
  const isTold = ({ fact }: Seen): boolean => isClaimed(fact, received);
  const vouched = seen.filter((one) => !isTold(one));
  const findings = [...grouped(seen, ({ fact }) => `${fact.service}/${fact.account}`).values()].map((all) =>
    finding(all, isTold),
  );
  const used = vouched.filter(({ rec }) => !rec.blocked);
  const usedServices = distinct(used.map(({ fact }) => fact.service));
  const registered = new Set(plan.inventory.flatMap((entry) => entry.fields.services ?? []));
  const withBroken = logs.filter((log) => log.rejectLines.length > 0);
  const byFile = (value: (log: BuiltLog) => number): Record<string, number> =>
    Object.fromEntries(logs.filter((log) => value(log) > 0).map((log) => [log.file.path, value(log)]));
  return {
    period: { from: dayText(0), to: dayText(dayCount - 1) },
    findings,
    unseen: [...unseen],
    lapsingSoon: lapsingSoon.map((item) => ({ ...item })),
    bypass: bypass(used, plan),
    noSignIn: noSignIn(plan, used),
    survey: surveyOf(seen.filter(isTold), used),
    candidates: plan.candidates.map(({ id, kind, subject }) => ({ kind, subject, events: recordsOf(id).length })),
    formats: Object.fromEntries(logs.map((log) => [log.file.path, log.file.writer.format])),
    records: byFile((log) => log.records),
    skipped: byFile((log) => log.skipped),
    rejected: Object.fromEntries(withBroken.map((log) => [log.file.path, { ...log.rejected }])),
    rejectLines: Object.fromEntries(withBroken.map((log) => [log.file.path, [...log.rejectLines]])),
    metrics: {
      services: usedServices,
      servicesRegistered: distinct(used.map(({ fact }) => fact.service).filter((service) => registered.has(service))),
      people: distinct(used.filter(({ rec }) => rec.who.kind === 'person').map(actorOf)),
      actors: distinct(used.map(actorOf)),
      events: used.length,
      attempts: vouched.length - used.length,
      findingsToActOn: findings.filter(
        ({ verdict, claimedOnly }) => !claimedOnly && gravest.indexOf(verdict) <= gravest.indexOf('unregistered'),
      ).length,
      records: logs.reduce((sum, log) => sum + log.records, 0),
      rejected: logs.reduce((sum, log) => sum + log.rejectLines.length, 0),
    },
  };
}

/** By group, tool and finding: people whose facts say that they pass an approved tool by. */
function bypass(used: readonly Seen[], plan: Plan): Expected['bypass'] {
  const passing = used.filter(({ fact, rec }) => fact.insteadOf !== undefined && rec.who.kind === 'person');
  const key = ({ fact, rec }: Seen): string => [rec.who.group, fact.insteadOf, fact.service, fact.account].join('|');
  return [...grouped(passing, key).values()].flatMap((some) => {
    const [one] = some;
    if (one === undefined) return [];
    const { fact, rec } = one;
    const approved = new Set(
      plan.inventory.filter(({ id }) => id === fact.insteadOf).flatMap(({ fields }) => fields.services ?? []),
    );
    const access = new Set(used.filter((other) => isSignIn(other) && approved.has(other.fact.service)).map(actorOf));
    return [
      {
        group: rec.who.group,
        approved: fact.insteadOf ?? '',
        instead: fact.service,
        accountKind: fact.account,
        people: distinct(some.map(actorOf)),
        withAccess: distinct(some.map(actorOf).filter((person) => access.has(person))),
      },
    ];
  });
}
