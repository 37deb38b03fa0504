import type { Event } from '../../core/event.js';
import { eventToJson } from '../../core/event-json.js';
import { redact } from '../../core/redact.js';
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
    .option('--explain', 'says on standard error what each skipped or rejected record is')
    .action(async (file: string, options: Options) => {
      // Loaded here, so that other commands do not wait for it.
      const [
        { allFormats },
        { takeSample },
        { explainInput, openInput },
        { RecordReader },
        { formatOf, inputOf, loadMapping },
      ] = await Promise.all([
        import('../../formats/common/registry.js'),
        import('../../formats/common/sample.js'),
        import('../../scan/input.js'),
        import('../../scan/read-records.js'),
        import('../common/inputs.js'),
      ]);
      const format = formatOf(await allFormats(), options.format);
      const zone = zoneOption(options.logTimezone, '--log-timezone');
      const mapping = await loadMapping(options.mapping);
      const input = await inputOf(file);
      const printer = new Printer();
      const explain = (line: number, what: string, text: string): void => {
        if (options.explain === true)
          process.stderr.write(`line ${line}: ${what}${text === '' ? '' : `: ${safeLine(redact(text, 160))}`}\n`);
      };
      const sink = {
        event: (event: Event) => {
          printer.add(JSON.stringify(eventToJson(event)));
        },
        skip: (reason: string, line: number) => explain(line, `skipped, ${reason}`, ''),
        reject: (reason: string, line: number, text: string) => explain(line, `rejected, ${reason}`, text),
      };
      const { head, whole, chunks } = await openInput(input);
      const reader = new RecordReader(
        options.format,
        format,
        { zone, modified: input.modified, mapping, sample: takeSample(file, head, whole) },
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
      if (problem !== undefined) {
        process.stderr.write(`halflight: ${safeLine(file)} ${safeLine(problem)}\n`);
        process.exitCode = exitCodes.failed;
      }
      const { lines, events, skipped, rejected } = reader.counts;
      process.stderr.write(`${JSON.stringify({ lines, events, skipped, errors: rejected })}\n`);
    });
};
