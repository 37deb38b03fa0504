import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { blockedWords } from '../../core/mapping.js';
import { nearest } from '../../core/problem.js';
import { parseColumns } from '../../exports/catalog/common/columns.js';
import {
  type CatalogExport,
  type CatalogExportOptions,
  type ExportFile,
  recordKinds,
  timeTypes,
} from '../../exports/catalog/common/export.js';
import { planOf } from '../../exports/catalog/common/plan.js';
import { allCatalogExports } from '../../exports/catalog/common/registry.js';
import { CliError, exitCodes, explainWriteError } from './errors.js';
import { openCatalog } from './open-catalog.js';
import { zoneOption } from './zones.js';

/** Options of `halflight catalog export` as given. */
export interface ExportArguments {
  as: string;
  table?: string;
  columns?: string;
  kind: string;
  time: string;
  timezone: string;
  prefix: string;
  blocked?: string;
  signatures?: string;
  out?: string;
}

/** Writes the catalog for another engine; returns lines to print on standard output. */
export async function exportCatalog(given: ExportArguments): Promise<string> {
  const engine = await engineOf(given.as);
  const options = optionsOf(given, engine);
  const files = engine.write(planOf(await openCatalog(given.signatures)), options);
  return given.out === undefined ? joined(files, engine, given.as) : written(files, given.out);
}

async function engineOf(id: string): Promise<CatalogExport> {
  const engines = await allCatalogExports();
  const engine = engines.get(id);
  if (engine !== undefined) return engine;
  const meant = nearest(id, engines.keys());
  throw new CliError(
    `--as "${id}" is no engine${meant === undefined ? '' : `; did you mean ${meant}?`} (there are ${[...engines.keys()].join(', ')})`,
    exitCodes.usage,
  );
}

function optionsOf(given: ExportArguments, engine: CatalogExport): CatalogExportOptions {
  const kind = oneOf(recordKinds, given.kind, '--kind');
  const columns = parseColumns(given.columns ?? '', engine.columns[kind]);
  if (typeof columns === 'string') throw new CliError(`--columns: ${columns}`, exitCodes.usage);
  if (!engine.rollUp && (given.table !== undefined || given.columns !== undefined))
    throw new CliError(
      `--as ${given.as} reads no table, so --table and --columns mean nothing to it; leave them out`,
      exitCodes.usage,
    );
  const blocked = given.blocked?.split(',').map((word) => word.trim().toLowerCase());
  return {
    table: engine.rollUp ? name(given.table ?? engine.table, '--table') : '',
    columns,
    kind,
    timeType: oneOf(timeTypes, given.time, '--time'),
    timezone: zoneOption(given.timezone, '--timezone'),
    prefix: name(given.prefix, '--prefix'),
    blocked: blocked?.filter((word) => word !== '') ?? blockedWords,
  };
}

function oneOf<T extends string>(values: readonly T[], value: string, option: string): T {
  const found = values.find((known) => known === value);
  if (found === undefined)
    throw new CliError(`${option} "${value}" is not known; use ${values.join(', ')}`, exitCodes.usage);
  return found;
}

/** Names may hold anything, but parts between dots must be there. */
function name(value: string, option: string): string {
  const parts = value.split('.');
  const last = option === '--prefix' ? parts.length - 1 : parts.length;
  if (value.includes('\0') || parts.slice(0, last).some((part) => part.trim() === ''))
    throw new CliError(`${option} "${value}" has an empty part; write it as table or schema.table`, exitCodes.usage);
  return value;
}

function joined(files: readonly ExportFile[], engine: CatalogExport, id: string): string {
  const [only] = files;
  if (only !== undefined && files.length === 1) return only.content;
  const { comment } = engine;
  if (comment === undefined)
    throw new CliError(
      `--as ${id} makes ${files.length} files; name a folder for them with --out DIR`,
      exitCodes.usage,
    );
  return files.map(({ name: file, content }) => `${comment} ---- ${file} ----\n${content}`).join('\n');
}

function written(files: readonly ExportFile[], out: string): string {
  const [only] = files;
  const places =
    only !== undefined && files.length === 1 && !isFolder(out)
      ? [{ path: out, content: only.content }]
      : files.map(({ name: file, content }) => ({ path: join(out, file), content }));
  for (const { path, content } of places) {
    try {
      mkdirSync(dirname(resolve(path)), { recursive: true });
      writeFileSync(path, content);
    } catch (error) {
      throw new CliError(explainWriteError(error, path));
    }
  }
  const shown = places.slice(0, 5).map(({ path }) => path);
  const more = places.length - shown.length;
  return `Wrote ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}\n`;
}

const isFolder = (path: string): boolean =>
  path.endsWith('/') || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
