import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Config } from '../../config/schema.js';
import { csvRow } from '../../core/csv-write.js';
import { safeLine } from '../../core/terminal.js';
import { dayOf, dayStart } from '../../core/time.js';
import { diffLists, type ListDiff, tooLarge } from '../../exports/blocklists/common/diff.js';
import { type BlockListFormat, becauseOf, type ListEntries } from '../../exports/blocklists/common/format.js';
import { blockListOf } from '../../exports/blocklists/common/list.js';
import type { BlockList } from '../../exports/blocklists/common/types.js';
import { writeDurably } from '../../store/durable.js';
import { noteAct } from './audit/note.js';
import { formatNamed } from './blocklist/format.js';
import { registerForList } from './blocklist-register.js';
import { openConfig } from './config.js';
import { CliError, exitCodes, explainFileError, explainWriteError } from './errors.js';
import { openCatalog } from './open-catalog.js';

/** Options of `halflight export blocklist` as given. */
export interface BlockListArguments {
  inventory?: string;
  data?: string;
  signatures?: string;
  config?: string;
  asOf?: string;
  out?: string;
  diff?: string;
  leftOut?: string;
  confirm?: boolean;
  twoPerson?: boolean;
}

export interface BlockListOutcome {
  format: string;
  list: BlockList;
  listed: ListEntries;
  diff: ListDiff;
  /** The list as a file. */
  content: string;
  /** Why nothing was written; undefined: it was, or goes to standard output. */
  stopped: string | undefined;
  /** Files that were written. */
  files: readonly string[];
  /** For standard error, one line each. */
  warnings: readonly string[];
}

/** A data folder that is named stands for that of the configuration, with the register that is in it. */
function configOf({ config: path, data, inventory }: BlockListArguments, warn: (line: string) => void): Config {
  const { config } = openConfig({ config: path }, warn);
  if (data === undefined) return config;
  if (inventory !== undefined)
    throw new CliError('use --data, or --inventory: the data folder has a register of its own', exitCodes.usage);
  return { ...config, data, inventory: undefined };
}

/**
 * Makes a block list from the catalog, the inventory and the configuration, and writes it unless it differs too much from the last.
 * Nothing else goes into it.
 * @throws CliError when the inventory has errors: a permission that is lost in one would block what it permits
 */
export async function exportBlockList(id: string, given: BlockListArguments, now: number): Promise<BlockListOutcome> {
  const format = await formatNamed(id);
  const warnings: string[] = [];
  const config = configOf(given, (line) => warnings.push(line));
  const day = given.asOf ?? dayOf(now, config.organisation.timezone);
  if (dayStart(day, 'UTC') === undefined)
    throw new CliError(`--as-of ${safeLine(day)} is no date: write it as YYYY-MM-DD`, exitCodes.usage);
  const catalog = await openCatalog(given.signatures ?? config.signatures, {
    data: config.data,
    ...(config.catalog.folder === undefined ? {} : { folder: config.catalog.folder }),
  });
  const services = new Set(catalog.services.keys());
  const entries = await registerForList(given.inventory, config, { day, services });
  const ownDomains = config.organisation.domains;
  if (ownDomains.length === 0)
    warnings.push(
      'no domains of your own are known: name them in the configuration (organisation.domains), so that no list can reach them',
    );
  const list = blockListOf({ catalog, entries, ownDomains, day, twoPeople: given.twoPerson });
  const byOne = new Set(list.denied.filter(({ denial }) => !denial.byTwo).map(({ denial }) => denial.entry));
  if (byOne.size > 0) {
    const [first = ''] = byOne;
    const what = byOne.size === 1 && first.length <= 30 ? first : `${byOne.size} entries`;
    warnings.push(`fewer than two people decided ${what}: see --two-person`);
  }
  const listed = format.entries(list);
  const diff = diffLists(readLast(format, id, given), listed.entries, list);
  const { most } = format;
  if (most !== undefined && listed.entries.length > most)
    warnings.push(
      `the list has ${listed.entries.length} entries, and ${format.title} takes ${most}: it may leave out the rest`,
    );
  const reason = given.confirm === true ? undefined : tooLarge(diff);
  const content = format.write(
    listed.entries.map(({ text }) => text),
    { serial: Math.floor(now / 1000) },
  );
  const files: string[] = [];
  const write = (path: string | undefined, text: string): void => {
    if (path === undefined) return;
    try {
      writeDurably(path, text);
    } catch (error) {
      throw new CliError(explainWriteError(error, path));
    }
    files.push(path);
  };
  write(given.leftOut, leftOutSheet(list, listed));
  if (reason === undefined) {
    write(given.out, content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    await noteAct(
      config,
      {
        action: 'blocklist.exported',
        subject: id,
        details: { day, entries: listed.entries.length, sha256, to: given.out ?? 'standard output' },
      },
      now,
      (why) => warnings.push(`the list was made, and it could not be noted in the audit log: ${why}`),
    );
  }
  return { format: id, list, listed, diff, content, stopped: reason, files, warnings };
}

/** Larger files are no list of ours. */
const maxListBytes = 64 * 1024 * 1024;

/** The entries of the last list: the one that is named, else the one that will be replaced, else none. */
function readLast(format: BlockListFormat, id: string, { diff, out }: BlockListArguments): readonly string[] {
  const path = diff ?? out;
  if (path === undefined) return [];
  let text: string;
  try {
    if (statSync(path).size > maxListBytes) throw new CliError(`${safeLine(path)} is too large for a block list`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (diff === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error instanceof CliError ? error : new CliError(explainFileError(error, path));
  }
  try {
    return format.read(text);
  } catch (error) {
    const why = error instanceof SyntaxError || !(error instanceof Error) ? 'it cannot be read' : error.message;
    throw new CliError(
      `${safeLine(path)} is no list in the format ${id}: ${why}; name the last list in this format with --diff, or another file with --out`,
    );
  }
}

const sheetHeader = ['service', 'name', 'signature', 'reason', 'why', 'entry', 'decided'];

/** What a person has to do by hand, CSV. */
function leftOutSheet({ leftOut }: BlockList, { unsaid }: ListEntries): string {
  const rows = leftOut.map(({ ground: { service, denial }, signature, reason, why }) => [
    service.id,
    service.name,
    signature,
    reason,
    why,
    denial.entry,
    denial.decided ?? '',
  ]);
  const notSaid = unsaid.map(({ text, why }) => ['', '', text, 'format', `the format cannot say it; ${why}`, '', '']);
  return [sheetHeader, ...rows, ...notSaid].map(csvRow).join('');
}

/** The outcome for `--json`. */
export const blockListJson = ({ format, list, listed, diff, stopped, files }: BlockListOutcome): unknown => ({
  format,
  day: list.day,
  written: files,
  stopped: stopped ?? null,
  entries: listed.entries,
  before: diff.before,
  added: diff.added,
  removed: diff.removed,
  unsaid: listed.unsaid,
  left_out: list.leftOut.map(({ ground, signature, reason, why }) => ({
    service: ground.service.id,
    signature,
    reason,
    why,
    entry: ground.denial.entry,
    because: becauseOf([ground]),
  })),
});
