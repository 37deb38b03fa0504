import { join, relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Seconds of the files that take long, on two quiet cores; all others are taken for short ones. In rough steps: only the order counts. */
const seconds: Record<string, number> = {
  'service/workers': 105,
  'service/outages': 90,
  'service/acknowledge': 70,
  'jobs/queue': 65,
  'cli/audit': 50,
  'jobs/ingest': 50,
  'service/start-and-stop': 45,
  'service/reload': 45,
  'examples/acme': 45,
  'cli/doctor': 40,
  'jobs/outbox': 40,
  'cli/data': 35,
  'service/blocklists': 35,
  'exports/blocklist-command': 35,
  'jobs/hostile': 35,
  'store/embedded': 35,
  'extension/browser': 30,
  'outbox/killed': 30,
  'collectors/folder-rotation': 30,
  'evidence/evidence': 30,
  'evidence/timestamp': 30,
  'collectors/folder-packed': 30,
  'examples/candidates': 30,
  'reports/html-browser': 30,
  'evidence/trace': 25,
  'cli/scan': 25,
  'jobs/people': 25,
  'cli/scan-data': 25,
  'cli/export-tables': 25,
  'service/entra': 25,
  'cli/scan-privacy': 20,
  'service/a1': 20,
  'reports/writers/browser': 20,
  'store/export': 20,
  'jobs/blocklists-a2': 20,
};

const tests = join(import.meta.dirname, '..');

/**
 * The longest files first, so that all workers end at about the same time. vitest knows durations of its own only from the run before,
 * and a fresh checkout has none.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const length = (file: TestSpecification): number =>
      seconds[relative(tests, file.moduleId).replace(/\.test\.ts$/, '')] ?? 0;
    return (await super.sort(files)).sort((a, b) => length(b) - length(a));
  }
}
