import { realpathSync, statSync, writeFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { environments, type InventoryEntry } from '../../core/register.js';
import { dayOf, dayStart } from '../../core/time.js';
import { type Glob, parseGlob } from '../../gate/common/globs.js';
import { runGate } from '../../gate/gate.js';
import type { GateReason, GateStrength } from '../../gate/result.js';
import { gitRoot } from '../../gate/walk.js';
import { canonicalValue, entryFields } from '../../inventory/fields.js';
import { gateToJUnit } from '../../reports/gate/junit.js';
import { gateToSarif } from '../../reports/gate/sarif.js';
import { type GateReport, gateReport } from '../../reports/gate/schema.js';
import { CliError, exitCodes, explainFileError, explainWriteError } from './errors.js';
import { openCatalog } from './open-catalog.js';
import { readRegisters } from './registers.js';
import { version } from './version.js';

export interface GateRequest {
  inventory?: string;
  environment?: string;
  failOn: readonly GateReason[];
  minStrength: GateStrength;
  include?: readonly string[];
  exclude?: readonly string[];
  gitignore: boolean;
  asOf?: string;
  signatures?: string;
  sarif?: string;
  junit?: string;
}

export interface GateOutcome {
  report: GateReport;
  /** For standard error, one line each. */
  problems: string[];
  exitCode: number;
  /** Files that were written. */
  files: string[];
}

/**
 * Runs the gate for the command line and writes the files that were asked for. Something unread outweighs a closed gate, since the gate
 * did not see everything.
 */
export async function gateFolder(path: string, request: GateRequest): Promise<GateOutcome> {
  const day = dayOption(request.asOf);
  const environment = environmentOption(request.environment);
  const [include, exclude] = [globs('--include', request.include), globs('--exclude', request.exclude)];
  const root = folderOption(path);
  const catalog = await openCatalog(request.signatures);
  const registers = await readRegisters(
    request.inventory === undefined ? {} : { inventory: request.inventory },
    new Set(catalog.services.keys()),
  );
  const result = await runGate(root, {
    catalog,
    entries: registers.entries,
    day,
    environment,
    include,
    exclude,
    gitignore: request.gitignore,
    failOn: new Set(request.failOn),
    minStrength: request.minStrength,
    // The path stands before it already.
    explain: (error) => explainFileError(error, '').trim(),
  });
  const { failOn, minStrength } = request;
  const report = gateReport(result, { path, asOf: day, environment, failOn, minStrength, catalog: catalog.hash });
  const files = [
    ...write(request.sarif, () => gateToSarif(report, version, prefixOf(root))),
    ...write(request.junit, () => gateToJUnit(report)),
  ];
  const unread = report.problems.length + registers.errors.length;
  const problems = [
    // What concerns people and their logs is no matter of a repository.
    ...registers.problems.filter((problem) => !problem.startsWith('warning: no people directory')),
    ...(unread > 0
      ? [`${unread === 1 ? '1 file or entry' : `${unread} files or entries`} could not be read; the rest was.`]
      : []),
  ];
  const exitCode = unread > 0 ? exitCodes.failed : report.closed ? exitCodes.checkFailed : exitCodes.ok;
  return { report, problems, exitCode, files };
}

function dayOption(day: string | undefined): string {
  if (day === undefined) return dayOf(Date.now(), 'UTC');
  if (dayStart(day, 'UTC') === undefined)
    throw new CliError(`--as-of "${day}" is no day; write it as 2026-11-22`, exitCodes.usage);
  return day;
}

function environmentOption(name: string | undefined): InventoryEntry['environment'] {
  if (name === undefined) return undefined;
  const known = environments.find((item) => item === canonicalValue(entryFields.environment, name));
  if (known === undefined)
    throw new CliError(
      `--environment "${name}" is none of the inventory's: ${environments.join(', ')}`,
      exitCodes.usage,
    );
  return known;
}

function globs(option: string, patterns: readonly string[] | undefined): Glob[] {
  return (patterns ?? []).map((pattern) => {
    const glob = parseGlob(pattern);
    if (glob === undefined || glob.negated)
      throw new CliError(
        `${option} "${pattern}" is no pattern; write it as in .gitignore: docs/, **/*.test.ts`,
        exitCodes.usage,
      );
    return glob;
  });
}

function folderOption(path: string): string {
  try {
    if (!statSync(path).isDirectory())
      throw new CliError(`${path} is a file; name the folder of the repository`, exitCodes.usage);
    return realpathSync(path);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(explainFileError(error, path));
  }
}

/** The way from the root of the git repository to the folder, for code scanning, which counts from there. */
function prefixOf(root: string): string {
  const git = gitRoot(root);
  const way = git === undefined ? '' : relative(git, root).split(sep).join('/');
  return way === '' ? '' : `${way}/`;
}

function write(path: string | undefined, content: () => string): string[] {
  if (path === undefined) return [];
  try {
    writeFileSync(path, content());
  } catch (error) {
    throw new CliError(explainWriteError(error, path));
  }
  return [path];
}
