import { safeLine } from '../../core/terminal.js';
import type { ListEntry } from '../../exports/blocklists/common/format.js';
import { wrap } from '../../reports/text-width.js';
import type { BlockListOutcome } from './blocklist-export.js';

const columns = 80;
/** Rows that are shown of each part; the rest is counted. */
const shownRows = 20;

/** What happened, for people: what is new and gone and why, and what is left to them. 80 columns. */
export function blockListText({ list, listed, diff, stopped, files }: BlockListOutcome): string {
  const { added, removed, before, after } = diff;
  const left = [
    ...list.leftOut.map(({ ground, signature, why }) => ({ text: signature || ground.service.id, why })),
    ...listed.unsaid.map(({ text, why }) => ({ text, why: `the format cannot say it; ${why}` })),
  ];
  return [
    `${after} ${after === 1 ? 'entry' : 'entries'} as of ${list.day}, ${before} before: ${added.length} added, ${removed.length} removed.`,
    ...part('Added', '+', added),
    ...part('Removed', '-', removed),
    ...part('Left out, for a person (--left-out FILE lists all)', '!', left),
    ...(stopped === undefined
      ? []
      : [
          '',
          ...wrap(
            `Stopped, and no list is written: ${safeLine(stopped)}. Look at the changes, then say --confirm.`,
            columns,
          ),
        ]),
    ...(files.length === 0 ? [] : ['', `Wrote ${files.map(safeLine).join(', ')}`]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function part(title: string, mark: string, rows: readonly ListEntry[]): string[] {
  if (rows.length === 0) return [];
  const shown = rows
    .slice(0, shownRows)
    .flatMap(({ text, why }) => [
      `  ${mark} ${safeLine(text).slice(0, columns - 4)}`,
      ...wrap(safeLine(why), columns - 6).map((line) => `      ${line}`),
    ]);
  const more = rows.length - shownRows;
  return ['', `${title}`, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])];
}
