import type { Service } from '../catalog/schema.js';
import type { AccountKind } from '../core/hit.js';

type Attribute = keyof Service['risk'];
export interface ServiceFact {
  plan: string | undefined;
  value: string;
}

const enterprisePlan = /\b(enterprise|business|team|teams|edu|workspace)\b/i;

/**
 * What the catalog states about a service for the plans that an account kind can have. A fact without a plan holds for all; for an
 * unknown account kind every plan is possible.
 */
export function factsFor(service: Service, attribute: Attribute, account: AccountKind): ServiceFact[] {
  return (service.risk[attribute] ?? [])
    .filter(({ plan }) => plan === undefined || account === 'unknown' || planAccounts(service, plan).has(account))
    .map(({ plan, value }) => ({ plan, value }));
}

/** Account kinds of the plans that a fact names (`Free, Plus`); from the names themselves where the catalog has no such plan. */
function planAccounts(service: Service, named: string): Set<AccountKind> {
  const accounts = new Set<AccountKind>();
  const parts = [named, ...named.split(',')].map((part) => part.trim().toLowerCase());
  for (const plan of service.plans)
    if (plan.account !== undefined && parts.includes(plan.name.toLowerCase())) accounts.add(plan.account);
  if (accounts.size === 0) accounts.add(enterprisePlan.test(named) ? 'enterprise' : 'personal');
  return accounts;
}

/** Whether a value of a certificate says that it is held: `yes`, `Type II`; not `claimed`, `not verified`, `no evidence`. */
export const isHeld = (value: string): boolean => /^(yes|type ii?\b)/i.test(value.trim());
export const isYes = (value: string): boolean => /^yes\b/i.test(value.trim());
