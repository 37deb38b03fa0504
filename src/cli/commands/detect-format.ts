import { safeLine } from '../../core/terminal.js';
import { CliError, exitCodes } from '../common/errors.js';
import type { AddCommand } from '../main.js';

/** `halflight detect-format FILE` */
export const command: AddCommand = (program) => {
  program
    .command('detect-format <file>')
    .description('which log format a file has, as JSON {file, format, confidence, why}')
    .option('--json', 'as JSON (it always is)')
    .action(async (file: string) => {
      // Loaded here, so that other commands do not wait for it.
      const [{ detectFormat }, { allFormats }, { takeSample }, { explainInput, openInput }, { inputOf }] =
        await Promise.all([
          import('../../formats/common/detect.js'),
          import('../../formats/common/registry.js'),
          import('../../formats/common/sample.js'),
          import('../../scan/input.js'),
          import('../common/inputs.js'),
        ]);
      const { head, whole, chunks, close } = await openInput(await inputOf(file));
      try {
        // Nothing came: damage or an empty file.
        if (head.length === 0) await chunks().next();
      } catch (error) {
        throw new CliError(`${safeLine(file)} ${explainInput(error)}`);
      } finally {
        await close();
      }
      const name = file.slice(file.lastIndexOf('/') + 1);
      const { format, confidence, why } = detectFormat(await allFormats(), takeSample(name, head, whole));
      process.stdout.write(
        `${JSON.stringify({ file, format: format ?? null, confidence: Math.round(confidence * 100) / 100, why })}\n`,
      );
      if (format === undefined) process.exitCode = exitCodes.failed;
    });
};
