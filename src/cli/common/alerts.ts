import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { safeJson, safeLine } from '../../core/terminal.js';
import { dayOf, dayStart } from '../../core/time.js';
import { ruleSet } from '../../jobs/alerts/evaluate.js';
import type { ServiceSetup } from '../../jobs/setup.js';
import type { Fact } from '../../rules/facts.js';
import { replay } from '../../rules/replay.js';
import { firstFactAt, loadFacts } from '../../store/alert-facts.js';
import { loadAcknowledgements, loadAlerts } from '../../store/alerts.js';
import { readOnly } from '../../store/reads/read-only.js';
import type { Db } from '../../store/tables.js';
import { DryRun } from './alerts-dry-run.js';
import { alertsText, dryRunJson, dryRunText } from './alerts-text.js';
import { CliError, exitCodes } from './errors.js';
import { openData } from './open-data.js';
import { besideService } from './service/beside.js';
import { openSetup } from './service/setup.js';

/** A query that takes longer is ended by the server. */
const patienceMs = 60_000;
const jsonLines = (value: unknown): string => `${safeJson(JSON.stringify(value, null, 2))}\n`;

/** `alert list`. @throws CliError where the database cannot be read */
export async function listAlerts(options: {
  all?: boolean;
  json?: boolean;
  data?: string;
  config?: string;
}): Promise<string> {
  const { all = false, json = false, data, config } = options;
  if (data !== undefined && config !== undefined)
    throw new CliError('use --data, or --config: the configuration names its data folder', exitCodes.usage);
  const list = async (db: Db): Promise<string> => {
    const alerts = await readOnly(db, patienceMs, (trx) =>
      loadAlerts(trx, all ? {} : { states: ['open', 'acknowledged'] }),
    );
    return json ? jsonLines({ alerts }) : alertsText(alerts, all);
  };
  return data === undefined ? besideService(config, ({ store }) => list(store.db)) : inData(data, list);
}

/** Reads what a service or a scan keeps in a folder. */
async function inData<T>(data: string, work: (db: Db) => Promise<T>): Promise<T> {
  if ((process.env.DATABASE_URL ?? '') === '' && !existsSync(join(data, 'postgres')))
    throw new CliError(`${safeLine(data)} holds no database: name the data folder of a service or a scan with --data`);
  const store = await openData(data);
  try {
    return await work(store.db);
  } finally {
    await store.close();
  }
}

/** `alert dry-run`. `now`: milliseconds since 1970. @throws CliError where it cannot be tried */
export async function dryRunAlerts(
  { since, until, json = false, config, data }: DryRunOptions,
  now: number,
): Promise<string> {
  const dryRun = (db: Db, setup: ServiceSetup): Promise<string> => {
    const set = ruleSet({ setup: () => setup });
    const from = since === undefined ? undefined : startOf(since, set.zone);
    // Before a day begins: the last millisecond of the one before.
    const end = Math.min(now, until === undefined ? now : startOf(until, set.zone) - 1);
    if (from !== undefined && from > end)
      throw new CliError('--since is a day that has begun, before --until', exitCodes.usage);
    return readOnly(db, patienceMs, async (trx) => {
      const first = await firstFactAt(trx);
      const dry = new DryRun({ ...set, first, from: from ?? Math.min(first ?? end, end), until: end });
      // From the first fact on, whatever is shown: what was open before decides what is news.
      const history = {
        facts: counted(loadFacts<Fact>(trx, end), dry),
        acknowledged: await loadAcknowledgements(trx, end),
      };
      const replayed = replay(set, history, end);
      let step = await replayed.next();
      for (; !step.done; step = await replayed.next()) dry.add(step.value, dayOf(step.value.notice.at, set.zone));
      dry.waiting = step.value;
      return json ? jsonLines(dryRunJson(dry)) : dryRunText(dry);
    });
  };
  if (data === undefined) return besideService(config, ({ opened, store }) => dryRun(store.db, opened.setup));
  // The rules of the file, held against what the folder keeps; the folder that the file names is left alone.
  const { setup } = await openSetup(config, (line) => void process.stderr.write(`halflight: ${safeLine(line)}\n`));
  return inData(data, (db) => dryRun(db, setup));
}

interface DryRunOptions {
  since?: string;
  until?: string;
  json?: boolean;
  config?: string;
  data?: string;
}

async function* counted(facts: AsyncIterable<{ at: number; fact: Fact }>, dry: DryRun) {
  for await (const one of facts) {
    dry.facts++;
    yield one;
  }
}

function startOf(day: string, zone: string): number {
  const start = dayStart(day, zone);
  if (start === undefined) throw new CliError(`${safeLine(day)} is no day in ${zone}`, exitCodes.usage);
  return start;
}
