import { existsSync } from 'node:fs';
import type { Config } from '../../../config/schema.js';
import { type AuditRecord, appendAudit } from '../../../store/audit.js';
import { clusterIn } from '../../../store/folders.js';
import type { Db } from '../../../store/tables.js';
import { CliError } from '../errors.js';
import { openDatabase } from '../service/database.js';
import { userName } from '../user.js';

/** What was done by who runs the command, now. */
export type Act = Pick<AuditRecord, 'action' | 'subject' | 'details'>;

/** Notes that somebody is about to see people by name. Call it before they are shown: what ends in the middle was seen. */
export const noteReveal = (db: Db, who: string, command: string, now: number): Promise<void> =>
  appendAudit(db, { at: now, who, action: 'names.revealed', subject: command, details: {} });

/**
 * Notes what a command did that needs no database itself, in the audit log of the installation. On a machine that has none, as one that
 * only scans or builds, there is nowhere to note it. `trouble`: hears why it could not be noted where it should have been.
 */
export async function noteAct(
  config: Config,
  act: Act,
  now: number,
  trouble: (why: string) => void,
): Promise<'noted' | 'not noted' | 'no database'> {
  if (config.database.url === undefined && !existsSync(clusterIn(config.data))) return 'no database';
  try {
    const store = await openDatabase(config, { join: true });
    try {
      await appendAudit(store.db, { at: now, who: `cli:${userName()}`, ...act });
    } finally {
      await store.close();
    }
    return 'noted';
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    trouble(error.message);
    return 'not noted';
  }
}
