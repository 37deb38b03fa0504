import type { Event } from '../../core/event.js';
import { eventToJson } from '../../core/event-json.js';
import { safeLine } from '../../core/terminal.js';
import { exitCodes } from '../common/errors.js';
import { Printer } from '../common/print.js';
import { zoneOption } from '../common/zones.js';
import type { AddCommand } from '../main.js';

interface Options {
  format: string;
  mapping?: string;
  logTimezone: string;
  explain?: boolean;
}

/** `halflight parse --format ID FILE` */
export const command: AddCommand = (program) => {
  program
    .command('parse <file>')
    .description('prints the events of one file as NDJSON; counts follow on standard error')
    .requiredOption('--format <id>', 'the format to read it as (halflight detect-format tells)')
    .option('--mapping <file>', 'mapping file, for csv, json-lines and other mapped formats')
    .option('--log-timezone <zone>', 'zone of times that state none', 'UTC')
    .option('--json', 'as NDJSON (it always is)')
    .option('--explain', 'says on standard error where each field came from, and why records are skipped or rejected')
    .action(async (file: string, options: Options) => {
      // Loaded here, so that other commands do not wait for it.
      const [
        { allFormats },
        { takeSample },
        { explainInput, openInput },
        { RecordReader },
        { formatOf, inputOf, loadMapping },
        { ParseExplanation },
      ] = await Promise.all([
        import('../../formats/common/registry.js'),
        import('../../formats/common/sample.js'),
        import('../../scan/input.js'),
        import('../../scan/read-records.js'),
        import('../common/inputs.js'),
        import('../common/explain-parse.js'),
      ]);
      const format = formatOf(await allFormats(), options.format);
      const zone = zoneOption(options.logTimezone, '--log-timezone');
      const mapping = await loadMapping(options.mapping);
      const input = await inputOf(file);
      const printer = new Printer();
      const explanation =
        options.explain === true ? new ParseExplanation((text) => void process.stderr.write(text), mapping) : undefined;
      const sink = {
        event: (event: Event, text: string) => {
          printer.add(JSON.stringify(eventToJson(event)));
          explanation?.event(event, text);
        },
        skip: (reason: string, line: number) => explanation?.skip(reason, line),
        reject: (reason: string, line: number, text: string) => explanation?.reject(reason, line, text),
      };
      const { head, whole, chunks } = await openInput(input);
      const reader = new RecordReader(
        options.format,
        format,
        { zone, modified: input.modified, mapping, trace: explanation, sample: takeSample(file, head, whole) },
        head,
        sink,
      );
      let problem: string | undefined;
      try {
        for await (const chunk of chunks()) {
          reader.push(chunk);
          await printer.flush();
        }
      } catch (error) {
        problem = explainInput(error);
      }
      reader.end();
      await printer.flush();
      explanation?.end();
      if (problem !== undefined) {
        process.stderr.write(`halflight: ${safeLine(file)} ${safeLine(problem)}\n`);
        process.exitCode = exitCodes.failed;
      }
      const { lines, events, skipped, rejected } = reader.counts;
      process.stderr.write(`${JSON.stringify({ lines, events, skipped, errors: rejected })}\n`);
    });
};
