import type { DecisionAction, DecisionBody, DecisionFields } from '../core/decision.js';
import type { InventoryEntry } from '../core/register.js';
import { apply, resultHash } from './overlay.js';
import { entrySchema } from './schema.js';
import { people, samePerson } from './two-person.js';

/** A decision as somebody asks for it. Days are `YYYY-MM-DD`. */
export interface DecisionRequest {
  action: DecisionAction;
  why: string;
  who: string;
  /** The day of the decision. */
  day: string;
  /** Last good day: of an approval (its review date), an exception, or a system that is retired. */
  until?: string | undefined;
  conditions: readonly string[];
  accountKind?: InventoryEntry['allowed_account'] | undefined;
  groups?: readonly string[] | undefined;
  owner?: string | undefined;
  tier?: InventoryEntry['risk_tier'];
}

/** Why a decision cannot be taken, as a sentence that says what to do instead. */
export class DecisionRefused extends Error {}

/**
 * What a decision makes of an entry. It says everything about the decision anew: what an earlier one set (conditions, exception, review
 * date) is gone. The scope stays where none is given, but a denial or retirement without one is for everybody and every account.
 * @param made the entry is new: the register had none for the service
 * @throws DecisionRefused
 */
export function decisionBody(entry: InventoryEntry, request: DecisionRequest, made: boolean): DecisionBody {
  refuse(entry, request, made);
  const set: DecisionFields = { ...fieldsOf(entry, request), ...scopeOf(request) };
  if (request.owner !== undefined) set.business_owner = request.owner;
  if (request.tier !== undefined) set.risk_tier = request.tier;
  const draft: DecisionBody = { set, ...(made && { made: entry }), result: '' };
  const result = apply(entry, { action: request.action, who: request.who, secondedBy: undefined, body: draft });
  const parsed = entrySchema.safeParse(JSON.parse(JSON.stringify(result)));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new DecisionRefused(`the entry could not hold this: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  }
  return { ...draft, result: resultHash(result) };
}

function refuse(entry: InventoryEntry, request: DecisionRequest, made: boolean): void {
  const { action, day, until, conditions, why } = request;
  const say = (message: string): never => {
    throw new DecisionRefused(message);
  };
  if (why.trim() === '') say('--why is empty; say in a sentence why, for who reads it later');
  if (why.length > 4000) say('--why has more than 4,000 characters; say it shorter');
  if (people([request.who]).length === 0) say('--who names nobody; give the name of who decides');
  if (request.who.length > 200) say('--who has more than 200 characters');
  if (action === 'except' && until === undefined)
    say('an exception ends: give its last day with --until YYYY-MM-DD (a permission without an end is "approve")');
  if (until !== undefined && (action === 'deny' || action === 'review')) say(`${action} has no end; leave --until out`);
  if (until !== undefined && until < day) say(`--until ${until} has passed already; today is ${day}`);
  if (conditions.length > 0 && action !== 'approve' && action !== 'except')
    say(`${action} has no conditions; leave --conditions out (they belong to approve and except)`);
  const allows = action === 'approve' || action === 'except';
  if (made && allows && request.owner === undefined)
    say(`no entry names it yet, and what is approved needs somebody who answers for it: add --owner NAME`);
  if (allows) refuseOwnCause(withRequest(entry, request), request.who, 'approve');
}

const withRequest = (entry: InventoryEntry, { owner, tier }: DecisionRequest): InventoryEntry => ({
  ...entry,
  ...(owner !== undefined && { business_owner: owner }),
  ...(tier !== undefined && { risk_tier: tier }),
});

/**
 * Nobody approves at tier 2 or 3 what they asked for, own or operate; an entry without a tier is held to the second.
 * @throws DecisionRefused
 */
export function refuseOwnCause(entry: InventoryEntry, who: string, what: 'approve' | 'second'): void {
  if (entry.risk_tier === 1) return;
  const parts = [
    ['requester', entry.requester],
    ['business owner', entry.business_owner],
    ['technical owner', entry.technical_owner],
  ] as const;
  const own = parts.find(([, name]) => name !== undefined && samePerson(name, who));
  if (own === undefined) return;
  const tier = entry.risk_tier === undefined ? 'no tier, which counts as tier 2' : `tier ${entry.risk_tier}`;
  throw new DecisionRefused(
    `${who} is the ${own[0]} of ${entry.id}, and nobody may ${what} at tier 2 or 3 what they asked for, own or operate (the entry has ${tier}): somebody else has to`,
  );
}

function fieldsOf(entry: InventoryEntry, request: DecisionRequest): DecisionFields {
  const { action, who, day, until, conditions } = request;
  const anew: DecisionFields = { conditions: [], review_date: null, exception: null, decommission: null };
  const approvers = people([...entry.approvers, who]);
  switch (action) {
    case 'approve':
      return {
        ...anew,
        status: conditions.length > 0 ? 'conditional' : 'approved',
        conditions,
        approval_date: day,
        review_date: until ?? yearAfter(day),
        approvers,
      };
    case 'except':
      return {
        ...anew,
        // Both go before an exception, and so would end it at once.
        status: entry.status === 'denied' || entry.status === 'retired' ? 'in-review' : entry.status,
        approval_date: day,
        approvers,
        exception: {
          until: until ?? day,
          controls: conditions,
          ...(entry.exception !== undefined && { renewals: Math.min((entry.exception.renewals ?? 0) + 1, 1000) }),
        },
      };
    case 'deny':
      return { ...anew, status: 'denied', approval_date: day };
    case 'retire':
      return {
        ...anew,
        status: 'retired',
        decommission: until === undefined ? { status: 'done' } : { status: 'planned', date: until },
      };
    case 'review':
      return { ...anew, status: 'in-review', approval_date: null };
  }
}

function scopeOf({ action, accountKind, groups }: DecisionRequest): DecisionFields {
  const forAll = action === 'deny' || action === 'retire';
  return {
    ...(accountKind !== undefined ? { allowed_account: accountKind } : forAll && { allowed_account: 'any' as const }),
    ...(groups !== undefined ? { allowed_groups: groups } : forAll && { allowed_groups: [] }),
  };
}

/** An approval is looked at again at least once a year. */
function yearAfter(day: string): string {
  const [year, rest] = [Number(day.slice(0, 4)) + 1, day.slice(4)];
  return `${String(year).padStart(4, '0')}${rest === '-02-29' ? '-02-28' : rest}`;
}
