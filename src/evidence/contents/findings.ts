import { mergeSubRows } from '../../inventory/sub-rows.js';
import { findingRows } from '../../store/reads/bundle.js';
import { type BundleContext, instant, line } from './context.js';

/** findings.ndjson: findings as they stand, with their history; groups of fewer than five people are merged. */
export async function* findingLines({ trx, scope }: BundleContext): AsyncGenerator<string> {
  for await (const page of findingRows(trx, scope)) {
    for (const { body, history } of page)
      yield line({
        id: body.id,
        service: body.service,
        account_kind: body.accountKind,
        state: body.state,
        verdict: body.verdict,
        reason: body.reason,
        entry: body.entry,
        risk: body.risk,
        signals: body.signals,
        strength: body.strength,
        contact_only: body.contactOnly,
        provenance: body.provenance,
        claimed_only: body.claimedOnly,
        unverified: body.unverified,
        people: body.people,
        actors: body.actors,
        events: body.events,
        attempts: body.attempts,
        bytes_out: body.bytesOut,
        bytes_in: body.bytesIn,
        first_seen: instant(body.firstSeen),
        last_seen: instant(body.lastSeen),
        last_used: instant(body.lastUsed),
        opened: instant(body.openedAt),
        changed: instant(body.changedAt),
        resolved: instant(body.resolvedAt),
        groups: mergeSubRows(body.groups),
        history: (history ?? []).map(({ at, ...step }) => ({ at: instant(at), ...step })),
      });
  }
}
