import { categories } from '../catalog/categories.js';
import type { Service } from '../catalog/schema.js';
import type { AccountKind, Strength } from '../core/hit.js';
import { actionable, type Risk, type RiskFactor, type Verdict } from '../core/register.js';
import { type RiskRules, riskRules } from './risk-rules.js';
import { factsFor, isHeld, isYes } from './service-facts.js';
import { bytes, count } from './words.js';

/** `CN` is China: the reader is not asked to know the codes. */
const countryNames = new Intl.DisplayNames(['en'], { type: 'region' });

export interface RiskInput {
  /** Undefined: not in the catalog. */
  service: Service | undefined;
  accountKind: AccountKind;
  strength: Strength;
  /** People with use; who only tried is not among them. */
  people: number;
  bytesOut: number;
  /** People of groups that the organisation calls sensitive; undefined: it names none. */
  sensitivePeople?: number | undefined;
  verdict: Verdict | 'attempted';
  /** Days since it was first seen. */
  ageDays: number;
  /** Owner in the inventory, if any. */
  owner: string | undefined;
}

const strengthWords: Readonly<Record<Strength, string>> = {
  declared: 'a declaration',
  contact: 'a name lookup',
  visit: 'a visit',
  transfer: 'an upload or a call of an API',
  account: 'a sign-in',
  permission: 'a permission',
  payment: 'a payment',
};

/** The score as a sum of named factors. Factors without points are left out, so what is listed is what counts. */
export function riskOf(input: RiskInput, rules: RiskRules = riskRules): Risk {
  const factors = [
    ...(input.service === undefined ? [] : serviceFactors(input.service, input.accountKind, rules)),
    ...usageFactors(input, rules),
    ...governanceFactors(input, rules),
  ].filter((factor) => factor.points > 0);
  const sum = factors.reduce((total, factor) => total + factor.points, 0);
  if (sum > 100) {
    const why = `The factors come to ${sum} points; the scale ends at 100.`;
    factors.push({ group: 'governance', name: 'capped', points: 100 - sum, why });
  }
  const score = Math.min(100, sum);
  const level = score >= rules.levels.high ? 'high' : score >= rules.levels.medium ? 'medium' : 'low';
  return { score, level, factors, rules: rules.version };
}

function serviceFactors(service: Service, account: AccountKind, { service: rules }: RiskRules): RiskFactor[] {
  const factors: RiskFactor[] = [];
  const add = (name: string, points: number, why: string): void => {
    factors.push({ group: 'service', name, points, why });
  };
  const training = factsFor(service, 'trains_on_customer_data', account);
  const trains = training.find((fact) => isYes(fact.value));
  if (trains !== undefined)
    add(
      'trains-on-customer-data',
      rules.trains.yes,
      `The vendor trains on customer data${trains.plan === undefined ? '' : ` (plans ${trains.plan})`}.`,
    );
  else if (training.length === 0)
    add('training-not-stated', rules.trains.notStated, 'No source states whether the vendor trains on customer data.');
  for (const [attribute, name] of [
    ['soc2', 'SOC 2'],
    ['iso27001', 'ISO 27001'],
  ] as const) {
    if (factsFor(service, attribute, account).some((fact) => isHeld(fact.value))) continue;
    add(`no-${attribute}`, rules[attribute], `No source confirms ${name} certification for these plans.`);
  }
  const { country, name: vendor } = service.vendor;
  if (country === undefined) add('jurisdiction', rules.jurisdiction.notKnown, `The country of ${vendor} is not known.`);
  else if (!rules.jurisdiction.noPoints.includes(country))
    add(
      'jurisdiction',
      rules.jurisdiction.elsewhere,
      `${vendor} has its head office in ${countryNames.of(country) ?? country}, outside the countries that the rules list as adequate.`,
    );
  add('category', rules.category[service.category] ?? 0, `Its category: ${categories[service.category]}.`);
  if (service.confidence === 'low')
    add('low-confidence', rules.lowConfidence, 'The catalog knows it from one list only.');
  return factors;
}

function usageFactors(input: RiskInput, { usage: rules }: RiskRules): RiskFactor[] {
  const factors: RiskFactor[] = [];
  const add = (name: string, points: number, why: string): void => {
    factors.push({ group: 'usage', name, points, why });
  };
  // What never went through is no use, so only blocked attempts carry no points here.
  if (input.verdict === 'attempted') return factors;
  add('strength', rules.strength[input.strength], `The strongest proof is ${strengthWords[input.strength]}.`);
  add('people', step(rules.people, input.people), `${count(input.people, 'person', 'people')} used it.`);
  add('uploads', step(rules.uploads, input.bytesOut), `${bytes(input.bytesOut)} were sent to it.`);
  if (input.accountKind === 'personal')
    add(
      'personal-account',
      rules.personalAccount,
      'Personal accounts lie outside the contract and the controls of the organisation.',
    );
  const sensitive = input.sensitivePeople ?? 0;
  if (sensitive > 0) add('sensitive-group', rules.sensitiveGroup, 'People of groups with sensitive data use it.');
  return factors;
}

function governanceFactors(input: RiskInput, { governance: rules }: RiskRules): RiskFactor[] {
  const factors: RiskFactor[] = [];
  const add = (name: string, points: number, why: string): void => {
    factors.push({ group: 'governance', name, points, why });
  };
  const { verdict } = input;
  add('verdict', rules.verdict[verdict], `The verdict is ${verdict}.`);
  if (verdict !== 'attempted' && actionable.has(verdict))
    add('age', step(rules.age, input.ageDays), `It was first seen ${count(input.ageDays, 'day')} before the report.`);
  if (verdict !== 'attempted' && input.owner === undefined)
    add('no-owner', rules.noOwner, 'The inventory names no owner for it.');
  return factors;
}

const step = (steps: readonly { from: number; points: number }[], value: number): number =>
  steps.findLast(({ from }) => value >= from)?.points ?? 0;
