import { checkCatalog } from '../../../catalog/check.js';
import { compileCatalog } from '../../../catalog/compile.js';
import { type Loaded, type Problem, readSignatureFiles, signatureFiles } from '../../../catalog/load.js';
import { safeText } from '../../../core/terminal.js';
import { describeProblem, exampleMatcher, readPopularHosts, readSignatures } from '../catalog.js';
import { CliError, explainFileError } from '../errors.js';
import { type CatalogPlace, catalogFolder, loadInstalledBundle, releaseInUse } from './installed.js';

const mostShown = 10;

/** The catalog in use with the files that it stands in, and the organisation's own folder over it. @throws CliError */
export async function readInUse(
  own: string | undefined,
  place: CatalogPlace,
): Promise<{ loaded: Loaded; isOwn: (file: string) => boolean }> {
  const folder = catalogFolder(place);
  const current = releaseInUse(folder);
  const base = current === undefined ? readSignatures() : await loadInstalledBundle(folder, current);
  if (own === undefined) return { loaded: base, isOwn: () => false };
  try {
    const files = signatureFiles(own);
    const loaded = readSignatureFiles(files, base.services);
    const names = new Set(files.map(({ file }) => file));
    return {
      loaded: {
        services: loaded.services,
        files: new Map([...base.files, ...loaded.files]),
        added: [...base.added, ...loaded.added],
        problems: [...base.problems, ...loaded.problems],
      },
      isOwn: (file) => names.has(file),
    };
  } catch (error) {
    throw new CliError(explainFileError(error, own));
  }
}

/** All that `catalog check` checks. `isOwn`: which files are the organisation's own, beside a catalog. */
export async function problemsOf(
  loaded: Loaded,
  popularHosts: readonly string[],
  isOwn: (file: string) => boolean,
): Promise<Problem[]> {
  const matchExample = await exampleMatcher(compileCatalog(loaded.services));
  return [...loaded.problems, ...checkCatalog({ ...loaded, isOwn, popularHosts, matchExample })];
}

/** @throws CliError that lists what is wrong with the signatures of `what` */
export async function refuseUnsound(what: string, loaded: Loaded): Promise<void> {
  const problems = await problemsOf(loaded, readPopularHosts(), () => false);
  if (problems.length === 0) return;
  const shown = problems.slice(0, mostShown).map((problem) => `  ${safeText(describeProblem(problem))}`);
  if (problems.length > mostShown) shown.push(`  and ${problems.length - mostShown} more`);
  throw new CliError(`${what} does not pass the checks of "halflight catalog check":\n${shown.join('\n')}`);
}
