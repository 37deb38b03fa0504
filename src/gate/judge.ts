import type { Service } from '../catalog/schema.js';
import type { InventoryEntry, Verdict } from '../core/register.js';
import { type Decision, decide, foldName } from '../inventory/decide.js';
import { entryLabel, listed } from '../inventory/words.js';

/** What the inventory is asked with. */
export interface Question {
  entries: readonly InventoryEntry[];
  /** `YYYY-MM-DD`, on which approvals and exceptions are looked at. */
  day: string;
  /** Where the code will run; undefined: no entry is left out for its environment. */
  environment: InventoryEntry['environment'];
}

export interface Judgement {
  verdict: Verdict;
  entry: string | undefined;
  reason: string;
  advice: string;
}

/**
 * What the inventory says of a service that code uses. Code tells no account, group or workspace, so these leave no permission; a
 * prohibition that is limited to some of them does not speak about it, unless nothing else does.
 */
export function judge(service: Service, { entries, day, environment }: Question): Judgement {
  const naming = entries.filter((entry) => entry.services.includes(service.id));
  const decision = decide(naming, { accountKind: 'unknown', group: '', workspace: undefined, day, environment });
  const ofVendor = entries.filter(
    (entry) =>
      !naming.includes(entry) && entry.vendor !== undefined && foldName(entry.vendor) === foldName(service.vendor.name),
  );
  return {
    verdict: decision.verdict,
    entry: decision.entry?.id,
    reason: reasonOf(decision, service, environment, ofVendor),
    advice: adviceOf(decision, service),
  };
}

function reasonOf(
  { entry, rule }: Decision,
  { name, id, vendor }: Service,
  environment: Question['environment'],
  ofVendor: readonly InventoryEntry[],
): string {
  if (entry === undefined) {
    const near =
      ofVendor.length === 0
        ? ''
        : ` (${listed(ofVendor.map((other) => other.id))} of ${vendor.name} ${ofVendor.length === 1 ? 'does' : 'do'} not)`;
    return `Nothing in the inventory names ${name}${near}.`;
  }
  const label = entryLabel(entry);
  const where = entry.environment === undefined ? '' : ` for ${entry.environment}`;
  switch (rule) {
    case 'denied':
      return `${label} denies ${name}${where}.`;
    case 'retired':
    case 'decommissioned':
      return `${label} was retired${entry.decommission?.date === undefined ? '' : ` on ${entry.decommission.date}`}, and the code still uses ${name}.`;
    case 'environment':
      return `${label} registers ${name} for ${entry.environment ?? ''} only, and this is ${environment ?? ''}.`;
    case 'exception-ended':
      return `The exception of ${label.replace('Entry', 'entry')} for ${name} ended on ${entry.exception?.until ?? ''}.`;
    case 'review-overdue':
      return `${label} was to be reviewed by ${entry.review_date ?? ''}, and its approval was not renewed.`;
    case 'pending':
      return `${label} registers ${name}${where}, and its decision is pending (${entry.status}).`;
    case 'exception':
      return `A running exception of ${label.replace('Entry', 'entry')} covers ${name}${where} until ${entry.exception?.until ?? ''}.`;
    case 'conditions':
      return `${label} approves ${name}${where} with conditions${entry.conditions.length === 0 ? '' : `: ${listed(entry.conditions)}`}.`;
    case 'account':
    case 'group':
    case 'workspace':
      return `${label} allows ${id} in another scope only (${rule}).`;
    default:
      return `${label} approves ${name}${where}.`;
  }
}

function adviceOf({ verdict, entry }: Decision, { id }: Service): string {
  const owner = entry?.business_owner ?? entry?.technical_owner;
  const ask = owner === undefined ? 'the owner of the inventory' : owner;
  switch (verdict) {
    case 'denied':
    case 'retired':
      return `Remove it from the code, or ask ${ask} for an exception.`;
    case 'lapsed':
      return `Ask ${ask} to renew the entry.`;
    case 'out-of-scope':
      return `Ask ${ask} to extend the entry, or register this use with an entry of its own.`;
    case 'unregistered':
      return `Ask for an entry that lists ${id} under services, or remove it from the code.`;
    case 'in-review':
      return `Wait for the decision; ${ask} can tell when it is due.`;
    default:
      return '';
  }
}
