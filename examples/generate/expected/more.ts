import type { BuiltLog } from '../logs.js';
import { subscriptions } from '../plan/cards.js';
import { contracts } from '../plan/contracts.js';
import type { Plan } from '../plan/index.js';
import { holderOf } from '../plan/leases.js';
import { expectedFor } from './expected.js';
import type { Expected } from './types.js';

/** What a scan says more, or otherwise, that is given what lies in examples/acme-more. */
export function expectedMore(plan: Plan, logs: readonly BuiltLog[]): Expected['more'] {
  const plain = expectedFor(plan, logs);
  const { findings, bypass, metrics } = expectedFor(plan, logs, { behind: holderOf });
  const received = expectedFor(plan, logs, { received: true });
  const same = new Set(plain.findings.map((finding) => JSON.stringify(finding)));
  const others = (all: Expected['findings']) => all.filter((finding) => !same.has(JSON.stringify(finding)));
  return {
    leases: { findings: others(findings), bypass, metrics },
    received: { findings: others(received.findings), bypass: received.bypass, metrics: received.metrics },
    contracts: contracts.flatMap(({ services, number, state }) =>
      services.map((service) => ({ service, number, state })),
    ),
    subscriptions: subscriptions.flatMap(({ who, service, amount, currency, days, next, state }) =>
      who.map(() => ({
        service,
        cadence: 'monthly' as const,
        amount,
        currency,
        payments: days.length,
        since: days[0] ?? '',
        last: days.at(-1) ?? '',
        next,
        state,
      })),
    ),
  };
}
