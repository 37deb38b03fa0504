import { csvRow } from '../../../core/csv-write.js';
import { type BlockListFormat, becauseOf, type ListEntry } from './format.js';
import type { BlockList, Ground } from './types.js';

/** A work sheet for a person: CSV, one row an entry, safe to open in a spreadsheet. */
export function sheetFormat(
  title: string,
  summary: string,
  header: readonly string[],
  rows: (list: BlockList) => readonly { cells: readonly string[]; why: string }[],
): BlockListFormat {
  const head = csvRow(header);
  return {
    title,
    summary,
    contentType: 'text/csv; charset=utf-8; header=present',
    blocksNothing: true,
    entries(list) {
      const entries = new Map<string, ListEntry>();
      for (const { cells, why } of rows(list)) {
        const text = csvRow(cells.map((cell) => cell.replace(/[\r\n]+/g, ' '))).slice(0, -2);
        if (!entries.has(text)) entries.set(text, { text, why });
      }
      return { entries: [...entries.values()], unsaid: [] };
    },
    write: (entries) => head + entries.map((entry) => `${entry}\r\n`).join(''),
    read(text) {
      if (!text.startsWith(head)) throw new Error('line 1 is not the header of this format');
      return text
        .slice(head.length)
        .split('\r\n')
        .filter((line) => line !== '');
    },
  };
}

const appHeader = ['service', 'name', 'app_id', 'app_name', 'known_for', 'entry', 'decided', 'what_to_do'] as const;

/** A row for each app of the denied services that sign-in of a platform may know: `block this app`. */
export const appSheet = (
  title: string,
  summary: string,
  platform: 'entra' | 'google',
  step: AppStep,
): BlockListFormat =>
  sheetFormat(title, summary, appHeader, ({ denied }) =>
    denied.flatMap((ground) => appRows(ground, platform, step).map((cells) => ({ cells, why: becauseOf([ground]) }))),
  );

/** What a person does with an app of which the id is known, and with one of which only the name is. */
export interface AppStep {
  byId: string;
  byName: string;
}

function appRows({ service, denial }: Ground, platform: 'entra' | 'google', step: AppStep): string[][] {
  return service.oauth_apps
    .filter((app) => app.platform === platform || app.platform === 'any')
    .map(({ id, name, platform: known }) => [
      service.id,
      service.name,
      id ?? '',
      name ?? '',
      known,
      denial.entry,
      denial.decided ?? '',
      // An id without a platform may be of another one: only the name is looked for.
      id !== undefined && known === platform ? step.byId : step.byName,
    ]);
}
