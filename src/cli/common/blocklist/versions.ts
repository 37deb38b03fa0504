import { nearest } from '../../../core/problem.js';
import { safeLine } from '../../../core/terminal.js';
import type { BlockListState } from '../../../store/blocklist-tables.js';
import { type BlockListFeed, type BlockListVersion, loadFeeds, loadVersions } from '../../../store/blocklists.js';
import type { Db } from '../../../store/tables.js';
import { CliError, exitCodes } from '../errors.js';

/** The lists and all their versions, newest first. */
export interface Overview {
  feeds: BlockListFeed[];
  versions: BlockListVersion[];
}

/** @param format of one format alone @throws CliError where nothing was made of it */
export async function overview(db: Db, format?: string): Promise<Overview> {
  const [feeds, versions] = await Promise.all([loadFeeds(db), loadVersions(db, format)]);
  if (format !== undefined && versions.length === 0) {
    const made = feeds.map((feed) => feed.format);
    const meant = nearest(format, made);
    throw new CliError(
      `no version of "${safeLine(format)}" was made${meant === undefined ? '' : `; did you mean ${meant}?`}${made.length === 0 ? ': name formats in blocklists.formats and start the service' : ` (there are ${made.join(', ')})`}`,
      exitCodes.usage,
    );
  }
  return { feeds: format === undefined ? feeds : feeds.filter((feed) => feed.format === format), versions };
}

/** The version of a number, else the newest in a state, else what is served. @throws CliError */
export function pickVersion(
  { versions }: Overview,
  format: string,
  number: string | undefined,
  state: BlockListState,
): BlockListVersion {
  const wanted = number === undefined ? undefined : numberOf(number);
  const found =
    wanted === undefined
      ? (versions.find((one) => one.state === state) ?? versions.find((one) => one.state === 'published'))
      : versions.find(({ version }) => version === wanted);
  if (found !== undefined) return found;
  throw new CliError(
    wanted === undefined
      ? `nothing of ${safeLine(format)} is served yet; see: halflight blocklist list ${safeLine(format)}`
      : `there is no version ${wanted} of ${safeLine(format)}; the newest is ${versions[0]?.version ?? 'none'}`,
  );
}

/** @throws CliError for what is no number of a version */
export function numberOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new CliError(`"${safeLine(text)}" is no number of a version; write it as 12`, exitCodes.usage);
}
