import type { InventoryEntry } from '../../core/register.js';
import { dayOf } from '../../core/time.js';
import { daysBetween } from '../../inventory/days.js';
import { type AnswerWithin, promisedBy, type Request, Requests } from '../../inventory/requests.js';
import { registerSteps } from '../../store/reads/register-steps.js';
import type { Db } from '../../store/tables.js';
import type { WaitingFacts } from './facts.js';

/** All requests that the register has known before an instant. */
export async function loadRequests(db: Db, before: number): Promise<Request[]> {
  const requests = new Requests();
  for await (const step of registerSteps(db, before)) requests.add(step);
  return requests.all();
}

/**
 * Entries that wait for an answer on the last day of a period, with their clock: what is past the promised time first, then what ends
 * soonest. `end`: the first instant behind that day. An entry that waited before the register's history begins has no clock.
 */
export function waitingOn(
  entries: readonly InventoryEntry[],
  requests: readonly Request[],
  { end, zone, within, used }: { end: number; zone: string; within: AnswerWithin; used: ReadonlySet<string> },
): WaitingFacts[] {
  const open = new Map(
    requests
      .filter(({ answered, withdrawn }) => answered === undefined && !withdrawn)
      .map((request) => [request.entry, request]),
  );
  const today = dayOf(end - 1, zone);
  return entries
    .filter(({ status, exception }) => (status === 'requested' || status === 'in-review') && exception === undefined)
    .map((entry): WaitingFacts => {
      const request = open.get(entry.id);
      const since = request === undefined ? '' : dayOf(request.since, zone);
      const limit = request === undefined ? undefined : promisedBy(request, within);
      const by = limit === undefined ? '' : dayOf(limit, zone);
      return {
        entry: entry.id,
        name: entry.name,
        services: entry.services,
        tier: entry.risk_tier,
        approvers: entry.approvers,
        owner: entry.business_owner ?? entry.technical_owner,
        since,
        days: daysBetween(since, today),
        by,
        left: daysBetween(today, by),
        overdue: limit !== undefined && limit < end,
        used: entry.services.some((service) => used.has(service)),
      };
    })
    .sort((a, b) => rank(a) - rank(b) || a.left - b.left || (a.entry < b.entry ? -1 : 1));
}

const rank = ({ overdue, by }: WaitingFacts): number => (overdue ? 0 : by === '' ? 2 : 1);
