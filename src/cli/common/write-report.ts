import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { maskPeople } from '../../core/redact.js';
import { usageToCsv } from '../../reports/csv.js';
import { reportToHtml } from '../../reports/html.js';
import { CliError, explainWriteError } from './errors.js';
import type { ReportFile } from './report-files.js';
import type { ScanOutcome } from './scan-run.js';

/** Writes the four files and names them. The folder is made, for its owner alone: a report may name people. */
export function writeReport(
  folder: string,
  { report, usage, labels, catalog, rejects, peopleWords }: ScanOutcome,
): string[] {
  const files: readonly (readonly [name: ReportFile, content: string])[] = [
    ['report.html', reportToHtml(report)],
    ['report.json', `${JSON.stringify(report, null, 2)}\n`],
    ['usage.csv', usageToCsv(usage, labels, (service) => catalog.services.get(service)?.vendor.name ?? '')],
    [
      'rejects.ndjson',
      rejects
        .map(
          (reject) =>
            `${JSON.stringify(labels.names ? reject : { ...reject, sample: maskPeople(reject.sample, peopleWords) })}\n`,
        )
        .join(''),
    ],
  ];
  let path = folder;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return files.map(([name, content]) => {
      path = join(folder, name);
      replaceFile(path, content);
      return path;
    });
  } catch (error) {
    throw new CliError(explainWriteError(error, path));
  }
}

/** A reader meets the old file or the new one, never half of it, and its owner alone may read it, whoever might read the old one. */
function replaceFile(path: string, content: string): void {
  const draft = `${path}.${process.pid}.new`;
  try {
    writeFileSync(draft, content, { mode: 0o600, flag: 'wx' });
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}
