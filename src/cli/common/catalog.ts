import { readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { type Catalog, compileCatalog } from '../../catalog/compile.js';
import { type LoadedFolders, loadSignatures } from '../../catalog/load.js';
import type { Event } from '../../core/event.js';
import { loadDetection } from '../../detectors/common/registry.js';
import { cachedCatalog } from './catalog-cache.js';
import { CliError, explainFileError } from './errors.js';
import { ownSignatures } from './version.js';

/** Reads the product's signatures and, behind them, the organisation's own folder. */
export function readSignatures(extraFolder?: string): LoadedFolders {
  try {
    return loadSignatures(extraFolder === undefined ? [ownSignatures] : [ownSignatures, extraFolder]);
  } catch (error) {
    throw new CliError(explainFileError(error, extraFolder ?? ownSignatures));
  }
}

/** Whether a signature file is the organisation's own. */
export const isOwnFile = (file: string): boolean => !file.startsWith(ownSignatures + sep);

/**
 * The catalog for work.
 * @throws CliError listing the broken files: a catalog with holes would call AI use ordinary.
 */
export function loadCatalog(extraFolder?: string): Catalog {
  const cached = extraFolder === undefined ? cachedCatalog() : undefined;
  if (cached !== undefined) return cached;
  const { services, lowConfidence, problems } = readSignatures(extraFolder);
  if (problems.length > 0) {
    const shown = problems.slice(0, 10).map(describeProblem);
    throw new CliError(
      `${problems.length === 1 ? '1 problem' : `${problems.length} problems`} in the signatures; "halflight catalog check" shows all:\n${shown.join('\n')}`,
    );
  }
  return compileCatalog(services, lowConfidence);
}

export const describeProblem = (problem: { file: string; line?: number; field?: string; message: string }): string =>
  `${problem.file}${problem.line === undefined ? '' : `:${problem.line}`}: ${problem.field === undefined ? '' : `${problem.field}: `}${problem.message}`;

/** Hosts that are known not to be AI, one a line, `#` comments. */
export function readPopularHosts(): string[] {
  return readFileSync(join(ownSignatures, 'checks/popular-hosts.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Services that an example such as `merchant:OPENAI *CHATGPT` hits, through the detectors that logs go through. */
export async function exampleMatcher(
  catalog: Catalog,
): Promise<(catalog: Catalog, example: string) => readonly string[]> {
  const detection = await loadDetection(catalog);
  return (_catalog, example) =>
    exampleEvents(example).flatMap((event) => detection.detect(event).map((hit) => hit.service));
}

/** The events that an example with a prefix stands for. */
function exampleEvents(example: string): Event[] {
  const kind = example.slice(0, example.indexOf(':'));
  const value = example.slice(kind.length + 1);
  const base = { action: 'allowed', line: 1, vendor_format: 'example' } as const;
  switch (kind) {
    case 'app':
      return [
        { ...base, kind: 'signin', app: value, app_id: value },
        { ...base, kind: 'grant', app: value, app_id: value },
      ];
    case 'merchant':
      return [{ ...base, kind: 'expense', merchant: value }];
    case 'ua':
      return [{ ...base, kind: 'web', user_agent: value, host: 'example.org' }];
    default:
      return [{ ...base, kind: 'extension', extension_id: value }];
  }
}
