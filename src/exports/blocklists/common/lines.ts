import { type BlockListFormat, type HostLines, hostEntries, lineOf, readLines } from './format.js';

/** What the first line of lists says that may have comments. */
export const heading = 'Halflight: AI services that the register decides against';

interface LineFormat extends Pick<BlockListFormat, 'title' | 'summary' | 'most' | 'contentType'> {
  lines: HostLines;
  /** Sign of a comment line; undefined where the product knows none. */
  comment?: string;
  /** Lines that always stand first. */
  head?: readonly string[];
  /** Regular expressions for what stands before and after the host name of an entry. */
  before?: string;
  after?: string;
  /** It knows whole names only. */
  names?: boolean;
}

/** A format of one entry a line. */
export function lineFormat({
  title,
  summary,
  most,
  contentType,
  lines,
  comment,
  head = [],
  ...shape
}: LineFormat): BlockListFormat {
  const first = [...(comment === undefined ? [] : [`${comment} ${heading}`]), ...head];
  return {
    title,
    summary,
    most,
    contentType,
    entries: (list) => hostEntries(list, lines, shape.names),
    write: (entries) => [...first, ...entries].map((line) => `${line}\n`).join(''),
    read: (text) => readLines(text, (line) => first.includes(line), lineOf(shape.before ?? '', shape.after)),
  };
}

/** The policy URLBlocklist of Chromium's family as a JSON file of managed policies: at most 1,000 patterns. */
export function urlBlocklist(title: string, folder: string): BlockListFormat {
  const isEntry = lineOf('\\.?');
  return {
    title,
    summary: `the policy URLBlocklist as a JSON file, for ${folder} or the management of policies`,
    most: 1000,
    contentType: 'application/json',
    // A name stands for all below it; with a dot in front for itself. What lies below alone has no pattern.
    entries: (list) => hostEntries(list, { tree: (host) => [host], host: (host) => [`.${host}`] }),
    write: (entries) => `${JSON.stringify({ URLBlocklist: entries }, null, 2)}\n`,
    read(text) {
      const read: unknown = JSON.parse(text);
      const list = typeof read === 'object' && read !== null && 'URLBlocklist' in read ? read.URLBlocklist : undefined;
      if (!Array.isArray(list)) throw new Error('it holds no list URLBlocklist');
      return list.map((entry: unknown, at) => {
        if (typeof entry !== 'string' || !isEntry(entry)) throw new Error(`entry ${at + 1} is no entry of this format`);
        return entry;
      });
    },
  };
}
