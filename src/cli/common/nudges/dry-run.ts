import { isSendingHour } from '../../../inventory/nudges/limits.js';
import { type NudgePlan, planNudges } from '../../../jobs/nudges/plan.js';
import { pseudonym } from '../../../people/privacy.js';
import { readOnly } from '../../../store/reads/read-only.js';
import { openCatalog } from '../open-catalog.js';
import { givenPseudonymKey, pseudonymKeyOf } from '../pseudonym-key.js';
import { besideService } from '../service/beside.js';
import { nudgesOf } from '../service/setup.js';

/** What a run at this moment would do. */
export interface DryRun {
  plan: NudgePlan;
  /** Whether the configuration lets the service write to anybody. */
  enabled: boolean;
  /** Whether mails go out at this hour. */
  isHour: boolean;
}

const patienceMs = 60_000;

/** Plans a run as the service does, by what the database has now, also where nudges are off. Changes nothing. @throws CliError */
export async function dryRun(config: string | undefined): Promise<DryRun> {
  return besideService(config, async ({ opened: { loaded, setup }, store }) => {
    const { config: now } = loaded;
    const nudges = setup.nudges ?? nudgesOf({ ...now.nudges, enabled: true, channel: now.nudges.channel ?? 'none' });
    const key = givenPseudonymKey() ?? pseudonymKeyOf(now.data);
    const catalog = await openCatalog(now.signatures, { data: now.data, folder: now.catalog.folder });
    const plan = await readOnly(store.db, patienceMs, (db) =>
      planNudges({
        db,
        catalog,
        now: Date.now,
        setup: () => ({ zone: setup.zone, nudges }),
        pseudonymOf: (id) => pseudonym(key, { kind: 'person', id }),
      }),
    );
    return {
      plan,
      enabled: setup.nudges !== undefined,
      isHour: nudges !== undefined && isSendingHour(Date.now(), setup.zone, nudges.hours),
    };
  });
}
