import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { maskPeople } from '../../core/redact.js';
import { usageToCsv } from '../../reports/csv.js';
import { reportToHtml } from '../../reports/html.js';
import { CliError, explainFileError } from './errors.js';
import type { ScanOutcome } from './scan-run.js';

/** Writes the four files and names them. The folder is made, for its owner alone: a report may name people. */
export function writeReport(folder: string, { report, usage, labels, catalog, rejects }: ScanOutcome): string[] {
  const files: readonly (readonly [name: string, content: string])[] = [
    ['report.html', reportToHtml(report)],
    ['report.json', `${JSON.stringify(report, null, 2)}\n`],
    ['usage.csv', usageToCsv(usage, labels, (service) => catalog.services.get(service)?.vendor.name ?? '')],
    [
      'rejects.ndjson',
      rejects
        .map(
          (reject) => `${JSON.stringify(labels.names ? reject : { ...reject, sample: maskPeople(reject.sample) })}\n`,
        )
        .join(''),
    ],
  ];
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const [name, content] of files) writeFileSync(join(folder, name), content, { mode: 0o600 });
  } catch (error) {
    throw new CliError(explainFileError(error, folder));
  }
  return files.map(([name]) => join(folder, name));
}
