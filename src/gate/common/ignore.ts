import { fits, type Glob, parseGlob } from './globs.js';

const mostRules = 1000;

/** The rules of one .gitignore. At most 1,000 count. */
export class IgnoreFile {
  readonly #globs: Glob[] = [];

  constructor(text: string) {
    for (const line of text.split('\n')) {
      const glob = parseGlob(line);
      if (glob !== undefined && this.#globs.length < mostRules) this.#globs.push(glob);
    }
  }

  /** Whether the last rule that fits ignores the path or takes it back; undefined where none fits. `path` from the folder of the file. */
  says(path: readonly string[], folder: boolean): boolean | undefined {
    for (let i = this.#globs.length - 1; i >= 0; i--) {
      const glob = this.#globs[i];
      if (glob !== undefined && fits(glob, path, folder)) return !glob.negated;
    }
    return undefined;
  }
}

/** The .gitignore files that hold for a folder, the nearest last, each with its depth. */
export type IgnoreChain = readonly { depth: number; file: IgnoreFile }[];

/** Whether git would leave the path out. Its folders have been asked before. */
export function isIgnored(chain: IgnoreChain, path: readonly string[], folder: boolean): boolean {
  for (let i = chain.length - 1; i >= 0; i--) {
    const link = chain[i];
    const says = link?.file.says(link.depth === 0 ? path : path.slice(link.depth), folder);
    if (says !== undefined) return says;
  }
  return false;
}
