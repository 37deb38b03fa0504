import { includes, type Reach } from './reach.js';
import type { Block, BlockList, Ground } from './types.js';

/** One line of a list, and why it stands there. */
export interface ListEntry {
  /** One line, as it stands in the file. */
  text: string;
  why: string;
}

export interface ListEntries {
  /** In the order of the file, each text once. */
  entries: readonly ListEntry[];
  /** Blocks that the format cannot say. */
  unsaid: readonly ListEntry[];
}

/** What the file as a whole says beside its entries. */
export interface ListFacts {
  /** Grows with each list; zones need it. Seconds since 1970 do. */
  serial: number;
}

/** How a block list looks in one product: a plug-in of src/exports/blocklists; its file name is its id. Pure. */
export interface BlockListFormat {
  /** Name for people: "Squid". */
  readonly title: string;
  /** One sentence: what comes out, and what it is fed to. */
  readonly summary: string;
  /** Most entries that the product takes, where its documents say so. */
  readonly most?: number | undefined;
  /** Content type of the file; without it plain text. */
  readonly contentType?: string | undefined;
  /** Its entries block no hosts: work sheets and headers. */
  readonly blocksNothing?: true | undefined;
  entries(list: BlockList): ListEntries;
  write(entries: readonly string[], facts: ListFacts): string;
  /** The entries of a file that `write` wrote. @throws Error that says which line is none of it */
  read(text: string): readonly string[];
}

/** How a format writes a block of each reach; what it does not have it cannot say. */
export interface HostLines {
  host?: (host: string) => readonly string[];
  tree?: (host: string) => readonly string[];
  below?: (host: string) => readonly string[];
}

/**
 * The blocks as lines. With `names` the format knows whole names only: each name that the catalog knows is a line of its own, and
 * what lies below stays open. Otherwise a block within another is left out, as some products refuse a list with both.
 */
export function hostEntries({ blocks }: BlockList, lines: HostLines, names = false): ListEntries {
  const kept = names ? blocks : blocks.filter((block) => !isWithinAnother(block, blocks, lines));
  const entries = new Map<string, ListEntry>();
  const unsaid: ListEntry[] = [];
  for (const block of kept) {
    const why = becauseOf(block.grounds);
    const write = lines[block.reach];
    if (write === undefined) unsaid.push({ text: shown(block), why });
    else for (const text of write(block.host)) if (!entries.has(text)) entries.set(text, { text, why });
  }
  return { entries: [...entries.values()], unsaid };
}

/** A block that the format cannot say holds nothing. */
const isWithinAnother = (block: Block, blocks: readonly Block[], lines: HostLines): boolean =>
  blocks.some((other) => other !== block && lines[other.reach] !== undefined && includes(other, block));

const shown = ({ host, reach }: { host: string; reach: Reach }): string => (reach === 'below' ? `*.${host}` : host);

/** `ChatGPT is denied by entry chatgpt-free (2026-03-02)`. */
export const becauseOf = (grounds: readonly Ground[]): string =>
  grounds
    .map(
      ({ service, denial: { verdict, entry, decided } }) =>
        `${service.name} is ${verdict} by entry ${entry}${decided === undefined ? '' : ` (${decided})`}`,
    )
    .join('; ');

/** The lines of a text without what `isFrame` knows; the rest must be entries. */
export function readLines(
  text: string,
  isFrame: (line: string) => boolean,
  isEntry: (line: string) => boolean,
): readonly string[] {
  return text.split(/\r?\n/).flatMap((line, at) => {
    if (line === '' || isFrame(line)) return [];
    if (!isEntry(line)) throw new Error(`line ${at + 1} is no entry of this format`);
    return [line];
  });
}

const pattern = '(?:[a-z0-9-]+\\.)+[a-z0-9-]+';
/** A test for lines made of a host name and what stands around it. */
export const lineOf = (before: string, after = ''): ((line: string) => boolean) => {
  const test = new RegExp(`^${before}${pattern}${after}$`);
  return (line) => line.length <= 1000 && test.test(line);
};
