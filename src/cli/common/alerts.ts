import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { safeJson, safeLine } from '../../core/terminal.js';
import { dayOf, dayStart } from '../../core/time.js';
import { ruleSet } from '../../jobs/alerts/evaluate.js';
import type { Fact } from '../../rules/facts.js';
import { replay } from '../../rules/replay.js';
import { firstFactAt, loadFacts } from '../../store/alert-facts.js';
import { loadAcknowledgements, loadAlerts } from '../../store/alerts.js';
import { readOnly } from '../../store/reads/read-only.js';
import type { Db } from '../../store/tables.js';
import { DryRun } from './alerts-dry-run.js';
import { alertsText, dryRunJson, dryRunText } from './alerts-text.js';
import { CliError, exitCodes } from './errors.js';
import { openData } from './keep-results.js';
import { besideService } from './service/beside.js';

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
  if (data === undefined) return besideService(config, ({ store }) => list(store.db));
  if ((process.env.DATABASE_URL ?? '') === '' && !existsSync(join(data, 'postgres')))
    throw new CliError(`${safeLine(data)} holds no database: name the data folder of the service with --data`);
  const store = await openData(data);
  try {
    return await list(store.db);
  } finally {
    await store.close();
  }
}

/** `alert dry-run`. `now`: milliseconds since 1970. @throws CliError where it cannot be tried */
export function dryRunAlerts(
  { since, until, json = false, config }: { since?: string; until?: string; json?: boolean; config?: string },
  now: number,
): Promise<string> {
  return besideService(config, async ({ opened: { setup }, store }) => {
    const set = ruleSet({ setup: () => setup });
    const from = since === undefined ? undefined : startOf(since, set.zone);
    // Before a day begins: the last millisecond of the one before.
    const end = Math.min(now, until === undefined ? now : startOf(until, set.zone) - 1);
    if (from !== undefined && from > end)
      throw new CliError('--since is a day that has begun, before --until', exitCodes.usage);
    return readOnly(store.db, patienceMs, async (db) => {
      const first = await firstFactAt(db);
      const dry = new DryRun({ ...set, first, from: from ?? Math.min(first ?? end, end), until: end });
      // From the first fact on, whatever is shown: what was open before decides what is news.
      const history = {
        facts: counted(loadFacts<Fact>(db, end), dry),
        acknowledged: await loadAcknowledgements(db, end),
      };
      for await (const told of replay(set, history, end)) dry.add(told, dayOf(told.notice.at, set.zone));
      return json ? jsonLines(dryRunJson(dry)) : dryRunText(dry);
    });
  });
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
