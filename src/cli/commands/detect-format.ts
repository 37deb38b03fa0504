import { detectFormat } from '../../formats/shared/detect.js';
import { allFormats } from '../../formats/shared/registry.js';
import { takeSample } from '../../formats/shared/sample.js';
import { openInput } from '../../scan/input.js';
import type { AddCommand } from '../main.js';
import { exitCodes } from '../shared/errors.js';
import { inputOf } from '../shared/inputs.js';

/** `halflight detect-format FILE` */
export const command: AddCommand = (program) => {
  program
    .command('detect-format <file>')
    .description('which log format a file has, as JSON {file, format, confidence, why}')
    .option('--json', 'as JSON (it always is)')
    .action(async (file: string) => {
      const { head, whole, close } = await openInput(await inputOf(file));
      await close();
      const name = file.slice(file.lastIndexOf('/') + 1);
      const { format, confidence, why } = detectFormat(await allFormats(), takeSample(name, head, whole));
      process.stdout.write(
        `${JSON.stringify({ file, format: format ?? null, confidence: Math.round(confidence * 100) / 100, why })}\n`,
      );
      if (format === undefined) process.exitCode = exitCodes.failed;
    });
};
