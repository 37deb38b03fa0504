import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { faultPoint } from '../../../core/fault.js';
import { nearest } from '../../../core/problem.js';
import { safeLine } from '../../../core/terminal.js';
import { dayStart } from '../../../core/time.js';
import type { TableFormat, TableName } from '../../../exports/tables/common/format.js';
import { allTableFormats } from '../../../exports/tables/common/registry.js';
import { createLabels, type Labels } from '../../../reports/people.js';
import { appendAudit } from '../../../store/audit.js';
import { codeOf, explainDatabaseError, StoreError } from '../../../store/errors.js';
import { countUsersByGroup } from '../../../store/reads/export.js';
import { loadGroupSizes, loadNames } from '../../../store/reads/people.js';
import { readOnly } from '../../../store/reads/read-only.js';
import type { Db } from '../../../store/tables.js';
import { CliError, exitCodes } from '../errors.js';
import { openCatalog } from '../open-catalog.js';
import { openData } from '../open-data.js';
import { givenPseudonymKey, pseudonymKeyOf } from '../pseudonym-key.js';
import { besideService } from '../service/beside.js';
import { armFaults } from '../service/faults.js';
import { userName } from '../user.js';
import { openOut } from './out.js';
import { writeTable } from './tables.js';

/** Options of `halflight export usage`, `findings` and `inventory` as given. */
export interface TableArguments {
  format?: string;
  from?: string;
  until?: string;
  service?: string;
  names?: boolean;
  reason?: string;
  out?: string;
  data?: string;
  config?: string;
  signatures?: string;
}

/** What was written. */
export interface TableOutcome {
  table: TableName;
  format: string;
  rows: number;
  bytes: number;
  sha256: string;
  /** For standard error, one line each. */
  warnings: readonly string[];
}

/** A query for one page takes no longer than this. */
const pageTimeoutMs = 300_000;

/** The installation that is exported from. */
interface Place {
  db: Db;
  who: string;
  /** Folder of the key of the pseudonyms. */
  folder: string;
  zone: string;
  catalog: Parameters<typeof openCatalog>;
}

/**
 * Writes a table of the installation, as it is at one moment, to a file or standard output, and notes it in the audit log.
 * @throws CliError where that cannot be done; a file is then as it was before
 */
export async function exportTable(name: TableName, given: TableArguments, now: number): Promise<TableOutcome> {
  const [id, format] = await formatOf(name, given);
  checkArguments(format, given);
  armFaults(process.env);
  return withPlace(given, (place) => written(name, id, format, given, place, now));
}

async function written(
  name: TableName,
  id: string,
  format: TableFormat,
  given: TableArguments,
  place: Place,
  now: number,
): Promise<TableOutcome> {
  const names = given.names === true;
  const { from, until, service } = given;
  const choice = { from, until, service };
  const about = { format: id, filter: choice, names, reason: given.reason, to: given.out ?? 'standard output' };
  const audit = (action: string, more: object) =>
    appendAudit(place.db, { at: now, who: place.who, action, subject: name, details: { ...about, ...more } });
  const catalog = await openCatalog(...place.catalog);
  const out = await openOut(given.out);
  try {
    // Names leave nothing unnoted, also where the export ends in the middle.
    if (names) await audit('export.names', {});
    const rows = await readOnly(place.db, pageTimeoutMs, async (trx) =>
      writeTable(
        name,
        format,
        { trx, catalog, labels: await labelsIn(trx, names, place.folder), choice, zone: place.zone },
        out,
      ),
    );
    const { bytes, sha256 } = out.written();
    await audit(`export.${name}`, { rows, bytes, sha256 });
    await faultPoint('export.written');
    await out.keep();
    return { table: name, format: id, rows, bytes, sha256, warnings: rows > 0 ? [] : [nothing[name]] };
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (error instanceof StoreError) throw new CliError(error.message);
    if (codeOf(error) === undefined) throw error;
    throw new CliError(explainDatabaseError(error, 'The database').message);
  } finally {
    out.drop();
  }
}

const nothing: Record<TableName, string> = {
  usage: 'no use is kept for what was asked',
  findings: 'there are no findings for what was asked',
  inventory:
    'there are no entries for what was asked: the register is the one that the service, or the last scan with --data, loaded',
};

/** The size of a group is that of the directory; where there is none, as many as are seen. */
async function labelsIn(trx: Db, names: boolean, folder: string): Promise<Labels> {
  const sizes = (await loadGroupSizes(trx)) ?? (await countUsersByGroup(trx));
  const people = names ? await loadNames(trx) : new Map();
  return createLabels(names, people, givenPseudonymKey() ?? pseudonymKeyOf(folder), sizes);
}

async function withPlace<T>(given: TableArguments, work: (place: Place) => Promise<T>): Promise<T> {
  const { data } = given;
  if (data === undefined)
    return besideService(given.config, ({ opened: { loaded }, store, who }) => {
      const { config } = loaded;
      const { folder } = config.catalog;
      return work({
        db: store.db,
        who,
        folder: config.data,
        zone: config.organisation.timezone,
        catalog: [
          given.signatures ?? config.signatures,
          { data: config.data, ...(folder !== undefined && { folder }) },
        ],
      });
    });
  if ((process.env.DATABASE_URL ?? '') === '' && !existsSync(join(data, 'postgres')))
    throw new CliError(
      `${safeLine(data)} holds no results: name the folder of a scan with --data, or leave --data out for the service`,
    );
  const store = await openData(data);
  try {
    const who = `cli:${userName()}`;
    return await work({ db: store.db, who, folder: data, zone: 'UTC', catalog: [given.signatures, { data }] });
  } finally {
    await store.close();
  }
}

async function formatOf(
  table: TableName,
  { format: given, out }: TableArguments,
): Promise<[id: string, format: TableFormat]> {
  const formats = await allTableFormats();
  const id = given ?? byEnding(formats, out) ?? 'csv';
  const format = formats.get(id);
  if (format === undefined) {
    const meant = nearest(id, formats.keys());
    throw new CliError(
      `"${safeLine(id)}" is no format${meant === undefined ? '' : `; did you mean ${meant}?`} (there are ${[...formats.keys()].join(', ')})`,
      exitCodes.usage,
    );
  }
  if (!format.tables.includes(table))
    throw new CliError(
      `${id} cannot say ${table}, only ${format.tables.join(' and ')}: use ${[...formats].flatMap(([other, { tables }]) => (tables.includes(table) ? [other] : [])).join(', ')}`,
      exitCodes.usage,
    );
  return [id, format];
}

function byEnding(formats: ReadonlyMap<string, TableFormat>, out: string | undefined): string | undefined {
  if (out === undefined) return undefined;
  const ending = extname(out).toLowerCase();
  return [...formats].find(([, { endings }]) => endings.includes(ending))?.[0];
}

function checkArguments(format: TableFormat, { from, until, names, reason, out }: TableArguments): void {
  const refuse = (why: string): never => {
    throw new CliError(why, exitCodes.usage);
  };
  for (const [option, day] of [
    ['--from', from],
    ['--until', until],
  ])
    if (day !== undefined && (!/^\d{4}-\d\d-\d\d$/.test(day) || dayStart(day, 'UTC') === undefined))
      refuse(`${option} ${safeLine(day)} is no day; write it as 2026-11-22`);
  if (from !== undefined && until !== undefined && from >= until)
    refuse(`--until is the day after the last, so it must be later than --from: ${from} is not before ${until}`);
  if (names === true && (reason === undefined || reason.trim() === ''))
    refuse('--names needs --reason TEXT: why people are named goes into the audit log');
  if (format.binary && out === undefined && process.stdout.isTTY)
    refuse(`${format.title} is nothing for a terminal: name a file with --out FILE`);
}
