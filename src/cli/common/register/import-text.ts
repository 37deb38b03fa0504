import { safeLine } from '../../../core/terminal.js';
import { diffJson, diffText } from './diff-text.js';
import type { ImportOutcome } from './import.js';

/** What an import did, or would do, for people. */
export function importText(outcome: ImportOutcome, dryRun: boolean): string {
  const { diff, yielded, before, after, written } = outcome;
  const lines = yielded.map(
    ({ id, action, entry, who }) =>
      `Decision ${id} (${action} ${safeLine(entry)}, by ${safeLine(who)}) does not count any more: the file says something else of the entry.`,
  );
  const end = written
    ? `Imported: version ${after?.slice(0, 12) ?? ''}${before === undefined ? '' : `, before it ${before.slice(0, 12)}`}. ${outcome.findings === undefined ? '' : `It counts now; ${outcome.findings}.`}`
    : dryRun
      ? 'Nothing was written (--dry-run).'
      : 'The register says this already: nothing was written.';
  return [diffText(diff), ...[...lines, end].map((line) => `${line}\n`)].join('');
}

/** The same for `--json`. */
export const importJson = ({ diff, yielded, before, after, written }: ImportOutcome): unknown => ({
  written,
  before: before ?? null,
  after: after ?? null,
  ...diffJson(diff),
  yielded: yielded.map(({ id }) => id),
});
