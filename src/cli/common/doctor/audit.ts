import type { Config } from '../../../config/schema.js';
import type { Check } from '../../../core/check.js';
import { safeLine } from '../../../core/terminal.js';
import { formatTime } from '../../../core/time.js';
import { badWalk, goodWalk } from '../../../jobs/audit/notices.js';
import { lastCheckpoint } from '../../../store/checkpoints.js';
import { lastFinished } from '../../../store/job-runs.js';
import { readOnly } from '../../../store/reads/read-only.js';
import type { Db } from '../../../store/tables.js';
import { containedLog } from '../service/lost-log.js';
import { bounded, failed, ok, patienceMs, warning } from './bounded.js';

const hourMs = 3_600_000;
const job = 'audit-verify';

/** Whether the audit log is the one that was signed, is signed every hour, and whether that is known anywhere outside. */
export function checkCheckpoints(db: Db, config: Config, runs: boolean, now: number): Promise<Check[]> {
  return bounded('audit checkpoints', 'Try again; see the log of the database.', async () => {
    const warnings: string[] = [];
    const log = { warn: (about: object, message: string) => warnings.push(`${message} ${JSON.stringify(about)}`) };
    const contained = await readOnly(db, patienceMs, (trx) => containedLog(trx, config, log));
    if (!contained.ok) {
      const { known, records } = contained;
      return [
        failed(
          'audit checkpoints',
          `the checkpoint of ${formatTime(known.at)} (${safeLine(known.place)}) knows ${known.size} records, and the database has ${records < known.size ? `only ${records}` : 'others'}`,
          'An older database was put back, or the log was changed: restore the newer backup, or see docs/audit.md for a loss that is accepted. "halflight audit verify" says which record is the first.',
        ),
      ];
    }
    const last = await readOnly(db, patienceMs, (trx) => lastCheckpoint(trx));
    return [
      checkAge(last, runs, now),
      await readOnly(db, patienceMs, (trx) => checkWhole(trx, config, runs, now)),
      checkOutside(config),
      ...warnings.map((found) =>
        warning(
          'audit checkpoints outside',
          safeLine(found),
          'See that the folder of audit.copy_to is there and can be read.',
        ),
      ),
    ];
  });
}

function checkAge(last: { at: number; size: number } | undefined, runs: boolean, now: number): Check {
  if (last === undefined)
    return ok('audit checkpoints', 'none yet: the first is made at the next full hour of the service');
  const found = `the last of ${formatTime(last.at)} with ${last.size} records`;
  return runs && now - last.at > 2.5 * hourMs
    ? warning(
        'audit checkpoints',
        `${found}: one an hour should be there`,
        'See the log of the scheduler and of the workers for "checkpoint"; a log that was changed is not signed.',
      )
    : ok('audit checkpoints', found);
}

/** When the whole log was walked last, and was good. */
async function checkWhole(db: Db, { audit }: Config, runs: boolean, now: number): Promise<Check> {
  const name = 'audit log, whole';
  const [last, good] = [await lastFinished(db, job), await lastFinished(db, job, goodWalk)];
  const since = good === undefined ? 'never found whole and good' : `whole and good ${formatTime(good.at)}`;
  if (last?.outcome.startsWith(badWalk) === true)
    return failed(
      name,
      safeLine(`${last.outcome}; ${since}`),
      'Keep the database as it is, find out who had access to it, and run "halflight audit verify".',
    );
  if (audit.verify_at === 'off')
    return warning(
      name,
      `${since}; it is not walked by itself`,
      'Set audit.verify_at to a time of day, such as 02:20.',
    );
  const walked = good !== undefined && now - good.at <= 2.5 * 24 * hourMs;
  if (walked || good === undefined)
    return ok(name, good === undefined ? `not walked yet: it is each day at ${audit.verify_at}` : since);
  return runs
    ? warning(name, since, 'It should be walked each day: see the log of the workers for "audit-verify".')
    : ok(name, since);
}

function checkOutside({ audit }: Config): Check {
  const { channels } = audit.checkpoints;
  const places = [...channels.map((id) => `channel ${id}`), ...(audit.copy_to === undefined ? [] : [audit.copy_to])];
  return places.length > 0
    ? ok('audit checkpoints outside', safeLine(places.join(', ')))
    : warning(
        'audit checkpoints outside',
        'nowhere: who owns the database and the data folder can change the log unseen',
        'Name a channel in audit.checkpoints.channels, or a folder where nothing can be changed in audit.copy_to.',
      );
}
