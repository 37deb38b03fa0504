import type { Catalog, Match } from '../../catalog/compile.js';
import { safeLine } from '../../core/terminal.js';
import type { AddCommand } from '../main.js';

/** `halflight match [HOST_OR_URL...]` */
export const command: AddCommand = (program) => {
  program
    .command('match [host_or_url...]')
    .description('which AI service each host or URL names; without arguments one per line from standard input')
    .option('--signatures <dir>', "the organisation's own signatures, added to those that come with Halflight")
    .option('--data <dir>', 'data folder with an installed catalog (default: HALFLIGHT_DATA, else ./halflight-data)')
    .option('--json', 'one JSON object a line, in input order')
    .action(async (inputs: string[], options: { signatures?: string; data?: string; json?: boolean }) => {
      // Loaded here, so that other commands do not wait for it.
      const [{ openCatalog }, { matchInput }, { Printer }] = await Promise.all([
        import('../common/open-catalog.js'),
        import('../../catalog/compile.js'),
        import('../common/print.js'),
      ]);
      const catalog = await openCatalog(options.signatures, options);
      const printer = new Printer();
      for await (const input of inputs.length > 0 ? inputs : linesOfStandardInput(() => printer.flush())) {
        const match = matchInput(catalog, input);
        printer.add(options.json === true ? JSON.stringify(match) : describe(match, catalog));
        if (printer.full) await printer.flush();
      }
      await printer.flush();
    });
};

/** Lines that are not blank. `pause` is called where the next line may take a while, so that answers do not wait for it. */
async function* linesOfStandardInput(pause: () => Promise<void>): AsyncGenerator<string> {
  if (process.stdin.isTTY) process.stderr.write('Reading hosts and URLs from the keyboard, one a line; Ctrl-D ends.\n');
  let rest = '';
  for await (const chunk of process.stdin.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield line;
    await pause();
  }
  if (rest.trim() !== '') yield rest;
}

function describe(match: Match, catalog: Catalog): string {
  const input = safeLine(match.input);
  if ('error' in match) return `${input}: ${match.error}`;
  if (match.service === null) {
    const weak = match.weak === undefined ? undefined : catalog.services.get(match.weak);
    return `${input}: no AI use${weak === undefined ? '' : ` by itself (a host of the product with ${weak.name} inside)`}`;
  }
  const service = catalog.services.get(match.service);
  return `${input}: ${service?.name ?? match.service} (${match.vendor}), ${match.category}, by ${match.match} ${match.signature}, confidence ${match.confidence}`;
}
