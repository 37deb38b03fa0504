import type { Config } from '../../../config/schema.js';
import type { Check } from '../../../core/check.js';
import { type ChannelHealth, loadChannelHealth } from '../../../store/reads/channel-health.js';
import { readOnly } from '../../../store/reads/read-only.js';
import type { Db } from '../../../store/tables.js';
import type { OpenedChannel } from '../config-kinds.js';
import { ageText, bounded, failed, ok, patienceMs, warning } from './bounded.js';

/** Where each channel goes, and which news it takes. Beside the checks that ask its other side. */
export const checkRoutes = (channels: readonly OpenedChannel[]): Check[] =>
  channels.map(({ config: { id, kind, notices }, channel, options }) =>
    ok(
      `route of ${id}`,
      `${kind} to ${options === undefined ? 'nowhere, as a secret of it is missing' : (channel.whereTo?.(options) ?? 'its other side')}; ${notices.length === 0 ? 'no notices of its own' : `takes ${notices.join(', ')}`}`,
    ),
  );

/** How deliveries of each channel went. `now`: milliseconds since 1970. */
export function checkDeliveries(db: Db, ids: readonly string[], now: number): Promise<Check[]> {
  return bounded('deliveries', 'Try again; see the log of the database.', async () => {
    const health = await readOnly(db, patienceMs, loadChannelHealth);
    return ids.map((id) => {
      const name = `deliveries of ${id}`;
      const own = health.find(({ channel }) => channel === id);
      return own === undefined ? ok(name, 'nothing was to be sent yet') : deliveries(name, own, now);
    });
  });
}

function deliveries(name: string, own: ChannelHealth, now: number): Check {
  const { lastSent, waiting, failing, failingWhy, lastRefused, refusedWhy } = own;
  const sent = lastSent === null ? 'nothing was sent yet' : `last sent ${ageText(now - lastSent)} ago`;
  const refused =
    lastRefused === null ? '' : `; last refused ${ageText(now - lastRefused)} ago: ${refusedWhy ?? 'unknown'}`;
  const found = `${sent}; ${waiting} wait${refused}`;
  if (failing > 0)
    return failed(
      name,
      `${failing} could not be delivered: ${failingWhy ?? 'unknown'} ${found}`,
      'They are tried again by themselves; correct what is said.',
    );
  // What was taken since says that the other side takes them again.
  return lastRefused !== null && lastRefused > (lastSent ?? 0)
    ? warning(name, found, 'Correct the channel: what it refused is not sent again.')
    : ok(name, found);
}

/** The periodic reports: for whom, when, about what, and to whom they go. */
export const checkReports = ({ reports }: Pick<Config, 'reports'>, zone: string): Check[] =>
  reports.map(({ id, role, schedule, period, groups, names, channels, recipients, formats }) => {
    const about = period ?? (schedule === 'monthly' ? 'month' : 'week');
    return ok(
      `report ${id}`,
      [
        `${role}, ${schedule} (${zone}), about the last ${about}`,
        `by ${channels.join(', ')} to ${recipients.length === 0 ? 'whom the channel tells' : recipients.join(', ')}`,
        ...(groups.length === 0 ? [] : [`groups ${groups.join(', ')}`]),
        ...(names ? ['people by name'] : []),
        formats.join(', '),
      ].join('; '),
    );
  });

/** Whether people are written to, and whom. */
export function checkNudges({ nudges }: Pick<Config, 'nudges'>, zone: string): Check[] {
  const { enabled, channel, groups, excluded_groups: without, excluded_people: people } = nudges;
  if (!enabled) return [ok('nudges', 'off: nobody is written to')];
  const whom = groups.length === 0 ? 'people of all groups' : `people of ${groups.join(', ')}`;
  const not = without.length === 0 ? '' : ` but ${without.join(', ')}`;
  const named =
    people.length === 0 ? '' : `; ${people.length} named ${people.length === 1 ? 'person' : 'people'} never`;
  const hours = `Monday to Friday, ${nudges.from_hour}:00 to ${nudges.until_hour}:00 (${zone})`;
  return [
    ok(
      'nudges',
      `on, by ${channel ?? 'no channel'}: ${whom}${not}${named}; ${hours}; ${nudges.per_quarter} in 91 days`,
    ),
  ];
}
