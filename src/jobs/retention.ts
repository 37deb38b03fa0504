import { dayOf } from '../core/time.js';
import { forgetLeases } from '../store/address-leases.js';
import { appendAudit } from '../store/audit.js';
import { forgetNudges } from '../store/nudges.js';
import { applyRetention } from '../store/retention.js';
import type { ServiceContext } from './context.js';

/** Pushes that are sent again within this time are known to be the same. */
const pushKeysMs = 7 * 24 * 3_600_000;

/** Who had which address is of use while logs of the time may still come, and says too much about people to be kept for longer. */
const leasesMs = 90 * 24 * 3_600_000;

/** A quarter, in which mails to one person are counted. */
const nudgesMs = 92 * 24 * 3_600_000;

/** Deletes what is older than the configuration allows, and says so in the audit log. */
export async function retention({ db, now, setup }: ServiceContext): Promise<string> {
  const at = now();
  const { retention: keep, work } = setup();
  const before = (age: number | undefined): number | undefined => (age === undefined ? undefined : at - age);
  const deleted = await applyRetention(db, {
    input: before(work.keptInput),
    usage: before(keep.usage),
    evidence: before(keep.evidence),
    quarantine: before(keep.quarantine),
    history: before(keep.history),
    pushKeys: at - pushKeysMs,
  });
  const leases = await forgetLeases(db, Math.max(at - leasesMs, before(keep.usage) ?? 0));
  if (leases > 0) deleted.address_lease = leases;
  // Not before the limits that rest on them are over, whatever the configuration says.
  const nudges =
    keep.history === undefined ? 0 : await forgetNudges(db, dayOf(at - Math.max(keep.history, nudgesMs), setup().zone));
  if (nudges > 0) deleted.nudge = nudges;
  if (Object.keys(deleted).length > 0)
    await appendAudit(db, {
      at,
      who: 'service',
      action: 'retention.applied',
      subject: 'database',
      details: { deleted },
    });
  const rows = Object.values(deleted).reduce((sum, count) => sum + count, 0);
  return `${rows} rows deleted`;
}
