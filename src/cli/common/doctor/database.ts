import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../../config/schema.js';
import type { Check } from '../../../core/check.js';
import { openBare } from '../../../store/bare.js';
import { packageRoot } from '../../../store/binaries.js';
import type { Store } from '../../../store/db.js';
import { describeUrl, explainDatabaseError, StoreError } from '../../../store/errors.js';
import { clusterIn } from '../../../store/folders.js';
import { schemaSteps } from '../../../store/migrate.js';
import { ownerOf } from '../../../store/owner.js';
import { readOnly } from '../../../store/reads/read-only.js';
import { clockAhead, loadServerFacts } from '../../../store/reads/server-facts.js';
import { bounded, failed, ok, patienceMs, warning, within } from './bounded.js';
import { serverChecks } from './server.js';

/** Starting the embedded database to look at it: the one thing that may take longer, after a crash much longer. */
const startMs = 30_000;

/** A database that answers. */
export interface OpenedDatabase {
  store: Store;
  /** Its tables are those of this program: the questions about the work can be asked. */
  current: boolean;
}

/**
 * Connects to the database as it is: beside the service that runs it, to a server, or (an embedded one that nobody runs) by starting it
 * for the time of the look. One that was never made is not made.
 */
export async function openForDoctor(config: Config): Promise<{ checks: Check[]; opened: OpenedDatabase | undefined }> {
  const { url } = config.database;
  if (url !== undefined && !url.found)
    return {
      checks: [failed('database', 'its address is missing', 'Set it; see the secret above.')],
      opened: undefined,
    };
  const checks: Check[] = [];
  if (url === undefined) {
    const embedded = checkEmbedded(config.data);
    checks.push(...embedded);
    const made = existsSync(clusterIn(config.data));
    if (!made || embedded.some(({ outcome }) => outcome === 'failed')) return { checks, opened: undefined };
  }
  const location = url === undefined ? { dataDir: config.data } : { url: url.value };
  let store: Store;
  try {
    store = await within(startMs, () => openBare(location, { join: true }));
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return {
      checks: [...checks, failed('database', found, `See ${join(config.data, 'postgres.log')}.`)],
      opened: undefined,
    };
  }
  const answer = await ask(config, store);
  checks.push(...answer.checks);
  if (answer.answers) return { checks, opened: { store, current: answer.current } };
  // What does not answer now would not answer to a good-bye either.
  if (store.owned) await closeStore(store);
  else void closeStore(store);
  return { checks, opened: undefined };
}

/** Ends the connections; one that hangs is left to the end of the process. */
export async function closeStore(store: Store): Promise<void> {
  await within(store.owned ? startMs : patienceMs, () => store.close()).catch(() => {});
}

function checkEmbedded(data: string): Check[] {
  const name = 'embedded database';
  let version: string;
  try {
    ({ version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string });
  } catch (error) {
    return [failed(name, error instanceof Error ? error.message : String(error), 'Install it, or set DATABASE_URL.')];
  }
  const programs = ok(name, `the programs of PostgreSQL ${version.replace(/-.*/, '')} are installed`);
  if (!existsSync(clusterIn(data))) return [programs, ok('database', 'not there yet: the first start makes it')];
  const owner = ownerOf(join(data, 'owner'));
  const found = owner === undefined ? 'no process runs it' : `process ${owner} runs it`;
  return [programs, ok('data folder owner', found)];
}

async function ask(config: Config, store: Store): Promise<{ checks: Check[]; answers: boolean; current: boolean }> {
  const { url } = config.database;
  const where = url === undefined ? `The database in ${config.data}` : describeUrl(url.value);
  let current = false;
  let answers = false;
  const checks = await bounded('database', 'Start it, or correct its address.', async () => {
    try {
      const facts = await readOnly(store.db, patienceMs, loadServerFacts);
      answers = true;
      return serverChecks(facts, { config, where });
    } catch (error) {
      const { message } = error instanceof StoreError ? error : explainDatabaseError(error, where);
      return [failed('database', message, 'See the log of the server.')];
    }
  });
  if (!answers) return { checks, answers, current };
  const tables = await bounded('tables', 'Give the tables to this user: see the privileges above.', async () => [
    checkSteps(await readOnly(store.db, patienceMs, schemaSteps)),
  ]);
  current = tables.every(({ outcome }) => outcome === 'ok');
  const clock = await bounded('clock of the database', 'Try again.', () => checkClock(store));
  return { checks: [...checks, ...tables, ...clock], answers, current };
}

function checkSteps({ applied, known }: { applied: string[]; known: string[] }): Check {
  const name = 'tables';
  const newer = applied.filter((step) => !known.includes(step));
  if (newer.length > 0)
    return failed(name, `made by a newer Halflight (step ${newer.at(-1)})`, 'Install that version or a later one.');
  const missing = known.filter((step) => !applied.includes(step));
  if (applied.length === 0)
    return warning(name, 'there are none yet', 'The first start makes them; or run "halflight migrate".');
  if (missing.length > 0)
    return warning(
      name,
      `${missing.length} of ${known.length} steps are missing (next: ${missing[0]})`,
      'The next start brings them up to date; or run "halflight migrate".',
    );
  return ok(name, `up to date, ${known.length} steps`);
}

/** More than this and ages and hours of receipt are visibly wrong. */
const [oddMs, wrongMs] = [5000, 300_000];

async function checkClock(store: Store): Promise<Check[]> {
  const name = 'clock of the database';
  const { ahead, error } = await clockAhead(store.db, Date.now);
  const off = Math.max(0, Math.abs(ahead) - error);
  const found = `${(Math.abs(ahead) / 1000).toFixed(2)} s ${ahead < 0 ? 'behind' : 'ahead of'} this machine's`;
  const remedy = 'Let a time service (chrony, systemd-timesyncd) keep the clocks of both machines.';
  if (off > wrongMs) return [failed(name, found, remedy)];
  return [off > oddMs ? warning(name, found, remedy) : ok(name, found)];
}
