import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkAllClaims } from '../../catalog/check.js';
import { checkLowConfidence } from '../../catalog/check-code.js';
import { type Catalog, compileCatalog } from '../../catalog/compile.js';
import {
  type LoadedFolders,
  loadSignatures,
  type Problem,
  readLowConfidence,
  readSignatureFiles,
  signatureFiles,
} from '../../catalog/load.js';
import { lowConfidenceFile } from '../../catalog/low-confidence.js';
import type { Event } from '../../core/event.js';
import { loadDetection } from '../../detectors/common/registry.js';
import { type CatalogParts, cachedParts } from './catalog-cache.js';
import { CliError, explainFileError } from './errors.js';
import { ownSignatures } from './version.js';

/** The signatures that come with Halflight, with their files. @throws CliError where they cannot be read */
export function readSignatures(): LoadedFolders {
  try {
    return loadSignatures([ownSignatures]);
  } catch (error) {
    throw new CliError(explainFileError(error, ownSignatures));
  }
}

/** The catalog that comes with Halflight. @throws CliError listing the broken files */
export function shippedParts(): CatalogParts {
  const { services, lowConfidence, problems } = readSignatures();
  refuseProblems(problems);
  return { services, lowConfidence };
}

/** The same, compiled, from the build's cache where it holds; whatever is installed. */
export function loadCatalog(): Catalog {
  const { services, lowConfidence } = cachedParts() ?? shippedParts();
  return compileCatalog(services, lowConfidence);
}

/**
 * A catalog with the organisation's own folder over it. What is claimed there and by the catalog too is said to `warn`: only one of the
 * two counts.
 * @throws CliError listing the broken files
 */
export function withOwnSignatures(
  { services, lowConfidence }: CatalogParts,
  folder: string,
  warn: (line: string) => void,
): CatalogParts {
  try {
    const files = signatureFiles(folder);
    const loaded = readSignatureFiles(files, services);
    refuseProblems(loaded.problems);
    const own = new Set(files.map(({ file }) => file));
    const isOwn = (file: string): boolean => own.has(file);
    const taken = checkAllClaims({ ...loaded, isOwn }).filter(({ file }) => isOwn(file)).length;
    if (taken > 0)
      warn(
        `${taken === 1 ? '1 signature' : `${taken} signatures`} in ${folder} ${taken === 1 ? 'is' : 'are'} claimed twice, and only one claim counts: see "halflight catalog check --signatures ${folder}"`,
      );
    return { services: loaded.services, lowConfidence: `${lowConfidence}\n${readLowConfidence([folder])}` };
  } catch (error) {
    throw error instanceof CliError ? error : new CliError(explainFileError(error, folder));
  }
}

function refuseProblems(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const shown = problems.slice(0, 10).map(describeProblem);
  throw new CliError(
    `${problems.length === 1 ? '1 problem' : `${problems.length} problems`} in the signatures; "halflight catalog check" shows all:\n${shown.join('\n')}`,
  );
}

export const describeProblem = (problem: { file: string; line?: number; field?: string; message: string }): string =>
  `${problem.file}${problem.line === undefined ? '' : `:${problem.line}`}: ${problem.field === undefined ? '' : `${problem.field}: `}${problem.message}`;

/** Hosts that are known not to be AI, one a line, `#` comments. */
export function readPopularHosts(): string[] {
  return readFileSync(join(ownSignatures, 'checks/popular-hosts.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** What is wrong with the low-confidence lists, of the catalog and of the organisation. */
export const listProblems = (own: string | undefined, popularHosts: readonly string[]): Problem[] =>
  (own === undefined ? [ownSignatures] : [ownSignatures, own]).flatMap((folder) =>
    checkLowConfidence(join(folder, lowConfidenceFile), readLowConfidence([folder]), popularHosts),
  );

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
