import { basename } from 'node:path';
import type { RecordedDecision } from '../../../core/decision.js';
import { describeProblem } from '../../../core/problem.js';
import type { InventoryEntry } from '../../../core/register.js';
import { safeLine } from '../../../core/terminal.js';
import { diffInventories, type InventoryDiff, isEmptyDiff } from '../../../inventory/diff.js';
import { holdingDecisions, withDecisions } from '../../../inventory/overlay.js';
import { people } from '../../../inventory/two-person.js';
import { changeBase } from '../../../jobs/inventory/change.js';
import { registerHash } from '../../../jobs/registers.js';
import { currentInventory, type InventoryState } from '../../../store/inventory.js';
import { CliError, exitCodes } from '../errors.js';
import { userName } from '../user.js';
import { checkInventory, problemLines } from './file.js';
import type { RegisterPlace } from './place.js';

export interface ImportOptions {
  who?: string;
  why?: string;
  dryRun?: boolean;
}

export interface ImportOutcome {
  /** From what counts to what counts then. */
  diff: InventoryDiff;
  /** Decisions that counted and yield to the file. */
  yielded: readonly RecordedDecision[];
  /** Hash of the base before and after; equal where nothing was written. */
  before: string | undefined;
  after: string | undefined;
  written: boolean;
  /** When the findings follow, in words; undefined where nothing was written. */
  findings?: string | undefined;
  /** For standard error, one line each. */
  warnings: readonly string[];
}

/**
 * Makes a file the register of this installation. What it says already changes nothing, and nothing is written.
 * @throws CliError for a file with errors, and where the configuration names a file, which is the register then
 */
export async function importInventory(
  place: RegisterPlace,
  path: string,
  { who = userName(), why = '', dryRun = false }: ImportOptions,
  now: number,
): Promise<ImportOutcome> {
  if (place.file !== undefined)
    throw new CliError(
      `the configuration names ${safeLine(place.file)} as the inventory, and that file is the register: change it there, and the service reads it within seconds. To keep the register in the database, take the line "inventory:" out of the configuration, and import again`,
      exitCodes.usage,
    );
  if (people([who]).length === 0 || who.length > 200)
    throw new CliError('--who is a name of 1 to 200 characters', exitCodes.usage);
  if (why.length > 4000) throw new CliError('--why has more than 4,000 characters; say it shorter', exitCodes.usage);
  const { services } = await place.catalog();
  const checked = checkInventory(path, new Set(services.keys()));
  if (checked.errors.length > 0)
    throw new CliError(
      `nothing was imported: an entry that is lost in an error would be taken out of the register:\n${checked.errors.map((problem) => `  ${safeLine(describeProblem(problem))}`).join('\n')}`,
    );
  const { entries } = checked;
  const hash = registerHash(entries);
  const preview = previewOf(await currentInventory(place.db), entries);
  const outcome = { ...preview, warnings: problemLines(checked), written: false };
  if (dryRun || preview.unchanged) return outcome;
  const base = { hash, entries, origin: 'import', name: basename(path), who, why } as const;
  const change = await place.db
    .transaction()
    .execute((trx) => changeBase(trx, base, { services, at: now }, place.recordedBy));
  if (change === undefined) return outcome;
  const findings = await place.ring();
  // What really happened: somebody may have decided in between.
  return { ...outcome, ...previewOf(change.before, entries), after: hash, written: true, findings };
}

function previewOf(
  state: InventoryState,
  entries: readonly InventoryEntry[],
): Pick<ImportOutcome, 'diff' | 'yielded' | 'before' | 'after'> & { unchanged: boolean } {
  const still = new Set(holdingDecisions(entries, state.decisions).map(({ id }) => id));
  const diff = diffInventories(state.entries, withDecisions(entries, state.decisions));
  const yielded = state.holding.filter(({ id }) => !still.has(id));
  const before = state.base?.hash;
  // What was exported holds the decisions already: it says what counts, and nothing else.
  const unchanged =
    state.base !== undefined &&
    (registerHash(entries) === before || isEmptyDiff(diffInventories(state.entries, entries)));
  return { diff, yielded: unchanged ? [] : yielded, before, after: before, unchanged };
}
