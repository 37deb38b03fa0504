import { join, relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Seconds of the files that take long, on two quiet cores; all others are taken for short ones. In rough steps: only the order counts. */
const seconds: Record<string, number> = {
  'service/outages': 100,
  'service/workers': 100,
  'cli/audit': 90,
  'cli/data': 80,
  'jobs/queue': 60,
  'examples/candidates': 60,
  'jobs/ingest': 60,
  'examples/acme': 55,
  'cli/export-tables': 55,
  'jobs/outbox': 50,
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
