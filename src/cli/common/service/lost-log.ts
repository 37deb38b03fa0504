import type { Config } from '../../../config/schema.js';
import { safeLine } from '../../../core/terminal.js';
import { type Contained, isContained } from '../../../jobs/audit/contained.js';
import { badSentence } from '../../../jobs/audit/notices.js';
import type { Db } from '../../../store/tables.js';
import { CliError, explainFileError } from '../errors.js';
import { auditSetupOf } from './setup.js';

/** As `isContained`, for the folders of the configuration. @throws CliError where the folder of checkpoints cannot be read */
export async function containedLog(
  db: Db,
  config: Config,
  log: { warn(about: object, message: string): void },
): Promise<Contained> {
  const audit = auditSetupOf(config);
  try {
    return await isContained({ db, audit, log });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new CliError(explainFileError(error, audit.folder));
  }
}

/**
 * Refuses to start on an audit log that is shorter than a checkpoint that is known, or does not contain it.
 * @throws CliError that says what is known, what is there, and the two ways on
 */
export async function refuseLostLog(
  db: Db,
  config: Config,
  log: { warn(about: object, message: string): void },
): Promise<void> {
  const found = await containedLog(db, config, log);
  if (!found.ok) throw new CliError(lostText(found));
}

/** What is known, what is there, and the two ways on. */
export function lostText({ known, records, bad }: Extract<Contained, { ok: false }>): string {
  const number = (value: number): string => value.toLocaleString('en-US');
  const there =
    records < known.size
      ? `the database has only ${number(records)}`
      : `the database has others: ${badSentence(bad).toLowerCase()}`;
  return (
    `the audit log is not the one that was signed: a checkpoint of ${new Date(known.at).toISOString()} (${safeLine(known.place)}) knows ${number(known.size)} records, and ${there}. ` +
    'An older database was put back, or records were removed or changed. Either restore the newer backup; or, where what is missing is lost for good, run ' +
    '"halflight audit accept-loss --why TEXT", which writes the loss into the log for everybody to see, and start again'
  );
}
