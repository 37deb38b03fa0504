import { safeLine } from '../../../core/terminal.js';
import { wrap } from '../../../reports/text-width.js';
import type { BlockListChange } from '../../../store/blocklist-tables.js';
import type { BlockListFeed, BlockListVersion } from '../../../store/blocklists.js';
import type { Overview } from './versions.js';

const columns = 80;
/** Rows of a difference that are shown; the rest is counted. */
const shownRows = 50;

const minute = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')}Z`;
const entriesOf = ({ entries }: BlockListVersion): string => `${entries} ${entries === 1 ? 'entry' : 'entries'}`;
const indented = (text: string): string[] => wrap(safeLine(text), columns - 4).map((line) => `    ${line}`);

/** One list a block: what is served, what waits, and why it does not follow the register. 80 columns. */
export function overviewText({ feeds, versions }: Overview): string {
  if (feeds.length === 0)
    return 'No list is made: name formats in blocklists.formats of the configuration and start the service.\n';
  return feeds
    .flatMap((feed) => {
      const own = versions.filter(({ format }) => format === feed.format);
      const served = own.find(({ state }) => state === 'published');
      const waits = own.find(({ state }) => state === 'pending');
      const what =
        served === undefined
          ? 'nothing is served yet'
          : `version ${served.version}, ${entriesOf(served)}, since ${minute(served.publishedAt ?? served.madeAt)}`;
      return [
        `${feed.format}: ${feed.active ? what : `not configured any more, nothing is served (${what})`}`,
        ...(feed.pinned === undefined
          ? []
          : indented(
              `Held at version ${feed.pinned} since a roll-back. To go on: halflight blocklist rollback ${feed.format} --release`,
            )),
        ...(feed.keptWhy === undefined ? [] : indented(`Nothing new is made, because ${feed.keptWhy}.`)),
        ...(waits === undefined
          ? []
          : indented(
              `Version ${waits.version} waits (+${waits.added} -${waits.removed}): ${waits.waitsFor}. See: halflight blocklist diff ${feed.format}`,
            )),
      ];
    })
    .map((line) => `${line}\n`)
    .join('');
}

/** The versions of one list, newest first. */
export function versionsText(versions: readonly BlockListVersion[]): string {
  return versions
    .flatMap((version) => {
      const { version: number, state, added, removed, madeAt, approvedBy, waitsFor, restores } = version;
      return [
        `${String(number).padStart(4)}  ${state.padEnd(11)}  ${minute(madeAt)}  ${entriesOf(version)}, +${added} -${removed}`,
        ...(restores === undefined ? [] : indented(`  brings back version ${restores}`)),
        ...(waitsFor === undefined ? [] : indented(`  waits for a person: ${waitsFor}`)),
        ...(approvedBy === undefined ? [] : indented(`  by ${approvedBy}`)),
      ];
    })
    .map((line) => `${line}\n`)
    .join('');
}

/** What came and went, and why. */
export function diffText(version: BlockListVersion, changes: readonly BlockListChange[]): string {
  const { format, version: number, state, base, waitsFor } = version;
  const rows = changes
    .slice(0, shownRows)
    .flatMap(({ sign, text, why }) => [
      `  ${sign} ${safeLine(text).slice(0, columns - 4)}`,
      ...wrap(safeLine(why), columns - 6).map((line) => `      ${line}`),
    ]);
  return [
    `${format}, version ${number} (${state}): ${entriesOf(version)}, ${base === undefined ? 'the first' : `against version ${base}`}: ${version.added} added, ${version.removed} removed.`,
    ...rows,
    ...(changes.length > shownRows ? [`  and ${changes.length - shownRows} more (--json shows all)`] : []),
    ...(state === 'pending'
      ? [
          '',
          ...wrap(
            safeLine(`It waits: ${waitsFor}. To serve it: halflight blocklist approve ${format} ${number} --who NAME`),
            columns,
          ),
        ]
      : []),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** What is known of a version, for `--json`. */
export const versionJson = (version: BlockListVersion, feeds: readonly BlockListFeed[]): object => ({
  format: version.format,
  version: version.version,
  state: version.state,
  day: version.day,
  entries: version.entries,
  added: version.added,
  removed: version.removed,
  base: version.base ?? null,
  restores: version.restores ?? null,
  waits_for: version.waitsFor ?? null,
  made_at: new Date(version.madeAt).toISOString(),
  made_by: version.madeBy,
  published_at: version.publishedAt === undefined ? null : new Date(version.publishedAt).toISOString(),
  approved_by: version.approvedBy ?? null,
  sha256: version.bodyHash,
  inventory: version.inventoryHash,
  catalog: version.catalogHash,
  held: feeds.some(({ format, pinned }) => format === version.format && pinned === version.version),
  note: version.note ?? null,
});
