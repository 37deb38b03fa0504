import { readFileSync } from 'node:fs';
import type { NotAi } from '../../core/candidate.js';
import { safeLine } from '../../core/terminal.js';
import { readNotAi } from '../../detectors/common/not-ai.js';
import { CliError, explainFileError } from './errors.js';

/** Reads the shared file. @throws CliError that says what is wrong with it */
export function readNotAiFile(file: string): NotAi[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(explainFileError(error, file));
  }
  const { list, problems } = readNotAi(text);
  if (problems.length === 0) return list;
  const more = problems.length > 5 ? `\n  and ${problems.length - 5} more` : '';
  throw new CliError(
    `${safeLine(file)} is no list of candidates that are no AI ("halflight candidate export" writes one):\n${problems
      .slice(0, 5)
      .map((problem) => `  ${safeLine(problem)}`)
      .join('\n')}${more}`,
  );
}
