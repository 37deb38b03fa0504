import { type CheckCounts, checkAndCount } from '../../../catalog/check.js';
import { compileCatalog } from '../../../catalog/compile.js';
import { placeOf } from '../../../catalog/extend.js';
import { type Loaded, type Problem, readSignatureFiles, signatureFiles } from '../../../catalog/load.js';
import { checkSpellings } from '../../../catalog/spellings.js';
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
  return (await checkedInNumbers(loaded, popularHosts, isOwn)).problems;
}

/** What `catalog check` asked, by kind, and how often the answer was wrong. */
export interface Checked extends CheckCounts {
  /** Hosts of the examples that must hit, in the spellings that logs have. */
  spellings: { asked: number; wrong: number };
}

/** The same, with what was asked. */
export async function checkedInNumbers(
  loaded: Loaded,
  popularHosts: readonly string[],
  isOwn: (file: string) => boolean,
): Promise<{ problems: Problem[]; counts: Checked }> {
  const catalog = compileCatalog(loaded.services);
  const matchExample = await exampleMatcher(catalog);
  const { problems, counts } = checkAndCount({ ...loaded, isOwn, popularHosts, matchExample });
  const { examples, ...spellings } = checkSpellings(catalog, loaded.services);
  const misspelt = examples.map(({ service, field, input }) => ({
    ...placeOf(loaded, service.id, field),
    message: `${input} must name what the plain host names, and does not: this is a fault of Halflight, please report it`,
  }));
  return { problems: [...loaded.problems, ...problems, ...misspelt], counts: { ...counts, spellings } };
}

/** For people, a line each. */
export const checkedLines = ({ hits, spellings, misses, popular }: Checked): string[] =>
  (
    [
      ['examples that must hit', hits],
      ['their hosts in other spellings', spellings],
      ['examples that must miss', misses],
      ['popular hosts that are no AI', popular],
    ] as const
  ).map(([name, { asked, wrong }]) => `${name.padEnd(32)}${String(asked).padStart(6)} asked, ${wrong} wrong`);

/** @throws CliError that lists what is wrong with the signatures of `what` */
export async function refuseUnsound(what: string, loaded: Loaded): Promise<void> {
  const problems = await problemsOf(loaded, readPopularHosts(), () => false);
  if (problems.length === 0) return;
  const shown = problems.slice(0, mostShown).map((problem) => `  ${safeText(describeProblem(problem))}`);
  if (problems.length > mostShown) shown.push(`  and ${problems.length - mostShown} more`);
  throw new CliError(`${what} does not pass the checks of "halflight catalog check":\n${shown.join('\n')}`);
}
