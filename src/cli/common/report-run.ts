import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defaultConfig } from '../../config/schema.js';
import { namingRoles } from '../../core/report-role.js';
import { safeJson, safeLine } from '../../core/terminal.js';
import { dayOf } from '../../core/time.js';
import { addDays } from '../../inventory/days.js';
import { answerWithinOf } from '../../inventory/requests.js';
import { registerHash } from '../../jobs/registers.js';
import { asEdition } from '../../reports/periodic/edition.js';
import type { FactsAsk } from '../../reports/periodic/load.js';
import { documentHash, makeReport } from '../../reports/periodic/make.js';
import { instantsOf, periodOf, type ReportPeriod, rangeOf } from '../../reports/periodic/period.js';
import { checkpointBefore, inventoryOn } from '../../reports/periodic/registers.js';
import { appendAudit } from '../../store/audit.js';
import { peopleBefore } from '../../store/person-history.js';
import type { Db } from '../../store/tables.js';
import { CliError, exitCodes } from './errors.js';
import { openCatalog } from './open-catalog.js';
import { openData } from './open-data.js';
import { givenPseudonymKey, pseudonymKeyOf } from './pseudonym-key.js';
import { readRegisters } from './registers.js';
import type { ReportOptions } from './report-options.js';
import { printDocument, writeDocument } from './report-out.js';
import { besideService } from './service/beside.js';
import { userName } from './user.js';
import { version } from './version.js';
import { zoneOption } from './zones.js';

const dayMs = 86_400_000;
const usage = (message: string): CliError => new CliError(message, exitCodes.usage);

/** Where a report comes from: a data folder of scans, or the service of the configuration. */
interface Place {
  db: Db;
  zone: string;
  pseudonymKey: string;
  window: number;
  quiet: number;
  answerWithin: FactsAsk['answerWithin'];
  catalog: Awaited<ReturnType<typeof openCatalog>>;
  who: string;
  /** From files instead of the database; undefined: from the database. */
  files: Awaited<ReturnType<typeof readRegisters>> | undefined;
}

/** Makes a report and writes or prints it. @throws CliError where it cannot be made */
export async function runReport(options: ReportOptions, now: number): Promise<void> {
  checkOptions(options);
  await withPlace(options, async (place) => {
    const period = periodAsked(options, dayOf(now, place.zone));
    const { db, files } = place;
    const { group } = options;
    const names = options.names === true;
    const made = await makeReport(db, async (snapshot) => ({
      ...place,
      period,
      audience: { role: options.role, group, names },
      product: version,
      inventoryOn: async (day: string) =>
        files === undefined || options.inventory === undefined
          ? inventoryOn(snapshot, day, place.zone)
          : { hash: registerHash(files.entries), entries: files.entries },
      people:
        files === undefined || options.people === undefined
          ? await peopleBefore(snapshot, instantsOf(period, place.zone).end)
          : [...files.directory.people.values()],
      checkpoint: (before: number) => checkpointBefore(snapshot, before),
    }));
    if (names)
      await appendAudit(db, {
        at: now,
        who: place.who,
        action: 'names.revealed',
        subject: 'report',
        details: { period: period.id, role: options.role },
      });
    const document = await asEdition(db, made);
    if (options.json === true) {
      const hash = documentHash(document);
      const answer = { report: 'halflight-report/1', period, role: options.role, group: group ?? null, hash, document };
      process.stdout.write(`${safeJson(JSON.stringify(answer, null, 2))}\n`);
    } else if (options.out === undefined) {
      const { columns, isTTY } = process.stdout;
      await printDocument(document, { format: options.format, columns, terminal: isTTY === true });
    } else {
      for (const path of await writeDocument(document, options)) process.stdout.write(`${safeLine(path)}\n`);
    }
  });
}

function checkOptions({
  role,
  group,
  names,
  period,
  from,
  until,
  data,
  inventory,
  people,
  timezone,
  json,
  out,
  format,
}: ReportOptions): void {
  if (role === 'manager' && (group ?? '') === '')
    throw usage('a report for a manager is about one group: name it with --group');
  if (role !== 'manager' && group !== undefined) throw usage('--group goes with --role manager: others see all groups');
  if (names === true && !namingRoles.has(role))
    throw usage(`a report for the role ${role} names nobody: leave --names out`);
  if ((from === undefined) !== (until === undefined)) throw usage('--from and --until go together');
  if (json === true && (out !== undefined || format !== undefined))
    throw usage('--json prints the report: leave --out and --format out');
  if (from !== undefined && period !== undefined) throw usage('use --period, or --from and --until');
  for (const [name, value] of Object.entries({ inventory, people, timezone }))
    if (value !== undefined && data === undefined)
      throw usage(`--${name} goes with --data: the service has its own in the configuration`);
}

/** @throws CliError where it is none, or not over yet */
function periodAsked({ period: name, from, until }: ReportOptions, today: string): ReportPeriod {
  const asked =
    from !== undefined && until !== undefined ? rangeOf(from, addDays(until, -1)) : periodOf(name ?? 'week', today);
  if (asked === undefined)
    throw usage(
      from === undefined
        ? `"${safeLine(name ?? '')}" is no period; use week, month, 2026-W47, 2026-11 or 2026-Q4`
        : '--until is a day behind --from, 400 days at most',
    );
  if (asked.to >= today)
    throw usage(
      `${asked.id} is not over before ${addDays(asked.to, 1)}: a report of it would be another one tomorrow; name an earlier one`,
    );
  return asked;
}

async function withPlace(options: ReportOptions, work: (place: Place) => Promise<void>): Promise<void> {
  const { data } = options;
  if (data === undefined) {
    await besideService(options.config, async ({ opened: { loaded, setup }, store, who }) => {
      const { config } = loaded;
      await work({
        db: store.db,
        zone: setup.zone,
        pseudonymKey: givenPseudonymKey() ?? pseudonymKeyOf(config.data),
        window: Math.round(setup.findings.window / dayMs),
        quiet: Math.round(setup.findings.quiet / dayMs),
        answerWithin: setup.answerWithin,
        catalog: await openCatalog(config.signatures, { folder: config.catalog.folder, data: config.data }),
        who,
        files: undefined,
      });
    });
    return;
  }
  if ((process.env.DATABASE_URL ?? '') === '' && !existsSync(join(data, 'postgres')))
    throw new CliError(
      `${safeLine(data)} holds no results: name the folder of a scan with --data, or leave --data out for the service`,
    );
  const catalog = await openCatalog(options.signatures);
  const files = await readRegisters(
    {
      ...(options.inventory !== undefined && { inventory: options.inventory }),
      ...(options.people !== undefined && { people: options.people }),
    },
    new Set(catalog.services.keys()),
  );
  for (const problem of files.errors) process.stderr.write(`halflight: ${safeLine(problem)}\n`);
  const store = await openData(data);
  try {
    await work({
      db: store.db,
      zone: zoneOption(options.timezone ?? 'UTC', '--timezone'),
      pseudonymKey: givenPseudonymKey() ?? pseudonymKeyOf(data),
      window: 90,
      quiet: 30,
      answerWithin: answerWithinOf(defaultConfig()),
      catalog,
      who: `cli:${userName()}`,
      files,
    });
  } finally {
    await store.close();
  }
}
