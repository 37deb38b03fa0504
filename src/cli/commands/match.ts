import { createInterface } from 'node:readline';
import { type Catalog, type Match, matchInput } from '../../catalog/compile.js';
import { safeLine } from '../../core/terminal.js';
import type { AddCommand } from '../main.js';
import { loadCatalog } from '../shared/catalog.js';

/** `halflight match [HOST_OR_URL...]` */
export const command: AddCommand = (program) => {
  program
    .command('match [host_or_url...]')
    .description('which AI service each host or URL names; without arguments one per line from standard input')
    .option('--signatures <dir>', "the organisation's own signatures, added to those that come with Halflight")
    .option('--json', 'one JSON object a line, in input order')
    .action(async (inputs: string[], options: { signatures?: string; json?: boolean }) => {
      const catalog = loadCatalog(options.signatures);
      const answer = (input: string): void => {
        const match = matchInput(catalog, input);
        process.stdout.write(`${options.json === true ? JSON.stringify(match) : describe(match, catalog)}\n`);
      };
      for (const input of inputs) answer(input);
      if (inputs.length > 0) return;
      for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY }))
        if (line.trim() !== '') answer(line);
    });
};

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
