import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { differences, readScan } from './check.js';
import type { Answer } from './generate/answer.js';
import { type Run, type RunOptions, run } from './measure.js';
import { failOn } from './print.js';

const root = join(import.meta.dirname, '..');

/** @throws Error when there is no build, which is what is measured */
export function needsBuild(): void {
  if (!existsSync(join(root, 'dist/src/cli/main.js')))
    throw new Error('no build to measure: run "npm run build" first');
}

/** The whole command `halflight scan`, with all its reports, and its answer checked. @throws WrongAnswer with what differs, printed */
export async function scan(
  inputs: readonly string[],
  answer: Answer,
  options: readonly string[] = [],
  runOptions: RunOptions = {},
): Promise<Run> {
  const out = mkdtempSync(join(tmpdir(), 'halflight-bench-out-'));
  try {
    const result = await run(
      process.execPath,
      [join(root, 'bin/halflight.js'), 'scan', ...inputs, '--out', out, ...options],
      runOptions,
    );
    failOn(`halflight scan ${options.join(' ')}`, differences(readScan(out), answer));
    return result;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
