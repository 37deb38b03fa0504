import { type Dirent, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { type FileName, fileName } from './common/file.js';
import { fits, type Glob } from './common/globs.js';
import { type IgnoreChain, IgnoreFile, isIgnored } from './common/ignore.js';
import { isBinaryName } from './common/languages.js';
import { isForeign } from './common/skip.js';
import { readText } from './read-text.js';

export interface WalkOptions {
  /** Read also what the rules below leave out. */
  include: readonly Glob[];
  exclude: readonly Glob[];
  /** Leave out what .gitignore names, in a git repository. */
  gitignore: boolean;
}

/** Why something was not read, in the words of the report, and how often. */
export type Left = Map<
  'vendored folder' | 'ignored by git' | 'excluded' | 'link' | 'binary' | 'too large' | 'no plain file',
  number
>;

export interface Walk {
  left: Left;
  /** What could not be read, though it should: path and the system's error. */
  failed: (path: string, error: unknown) => void;
}

const deepest = 128;
const mostFiles = 1_000_000;

/** The folder that holds `.git`, `root` itself or one above; undefined outside of git. */
export function gitRoot(root: string): string | undefined {
  for (let at = root; ; at = join(at, '..')) {
    if (statSync(join(at, '.git'), { throwIfNoEntry: false }) !== undefined) return at;
    if (at === join(at, '..')) return undefined;
  }
}

/**
 * Gives the files that are to be read, folder by folder, in the order of their names. Links are not followed into folders, so there is no
 * way around or out of the tree; a link to a plain file of the tree is that file under another name. `root`: a real path.
 */
export function* walk(root: string, options: WalkOptions, state: Walk): Generator<FileName> {
  const git = options.gitignore ? gitRoot(root) : undefined;
  const above =
    git === undefined
      ? []
      : root
          .slice(git.length)
          .split(sep)
          .filter((part) => part !== '');
  let files = 0;

  function* folder(parts: readonly string[], chain: IgnoreChain, dormant: boolean): Generator<FileName> {
    const path = parts.join('/');
    let entries: Dirent[];
    try {
      entries = readdirSync(join(root, path), { withFileTypes: true });
    } catch (error) {
      state.failed(path === '' ? '.' : path, error);
      return;
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    const names = new Set(entries.map(({ name }) => name));
    const rules = git !== undefined && names.has('.gitignore') ? withIgnore(chain, root, parts, above.length) : chain;
    for (const entry of entries) {
      const { name } = entry;
      if (name === '.git') continue;
      const here = [...parts, name];
      const where = path === '' ? name : `${path}/${name}`;
      const isFolder = entry.isDirectory();
      if (options.exclude.some((glob) => fits(glob, here, isFolder))) {
        count(state.left, 'excluded');
        continue;
      }
      const wanted = options.include.some((glob) => fits(glob, here, isFolder));
      const reason = wanted ? undefined : dormant ? 'vendored folder' : leftOut(entry, here, names, rules);
      if (isFolder) {
        if (reason !== undefined && !dormant) count(state.left, reason);
        // What is left out is looked through only where a pattern may take something back.
        if (reason !== undefined && options.include.length === 0) continue;
        if (here.length >= deepest) state.failed(where, new Error(`lies deeper than ${deepest} folders`));
        else yield* folder(here, rules, reason !== undefined);
        continue;
      }
      if (reason !== undefined) {
        if (!dormant) count(state.left, reason);
      } else if (isBinaryName(name)) count(state.left, 'binary');
      else if (entry.isFile() || (entry.isSymbolicLink() && isInside(root, where))) {
        if (++files > mostFiles) {
          state.failed(
            where,
            new Error(`is one file too many: at most ${mostFiles} are read; name a part of the repository`),
          );
          return;
        }
        yield fileName(where);
      } else count(state.left, entry.isSymbolicLink() ? 'link' : 'no plain file');
    }
  }

  function leftOut(
    entry: Dirent,
    here: readonly string[],
    siblings: ReadonlySet<string>,
    rules: IgnoreChain,
  ): 'vendored folder' | 'ignored by git' | undefined {
    if (entry.isDirectory() && isForeign(entry.name, siblings)) return 'vendored folder';
    if (rules.length > 0 && isIgnored(rules, above.length === 0 ? here : [...above, ...here], entry.isDirectory()))
      return 'ignored by git';
    return undefined;
  }

  yield* folder([], git === undefined ? [] : chainAbove(git, above), false);
}

/** The .gitignore files between the root of the git repository and the folder that is read. */
function chainAbove(git: string, above: readonly string[]): IgnoreChain {
  let chain: IgnoreChain = [];
  for (let depth = 0; depth < above.length; depth++) chain = withIgnore(chain, git, above.slice(0, depth), 0);
  return chain;
}

function withIgnore(chain: IgnoreChain, root: string, parts: readonly string[], above: number): IgnoreChain {
  try {
    const read = readText(join(root, ...parts, '.gitignore'), 262_144);
    return 'text' in read ? [...chain, { depth: above + parts.length, file: new IgnoreFile(read.text) }] : chain;
  } catch {
    // Without its rules more is read, never less.
    return chain;
  }
}

function isInside(root: string, path: string): boolean {
  try {
    const real = realpathSync(join(root, path));
    return real.startsWith(root.endsWith(sep) ? root : root + sep) && lstatSync(real).isFile();
  } catch {
    return false;
  }
}

function count<T>(counts: Map<T, number>, what: T): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}
