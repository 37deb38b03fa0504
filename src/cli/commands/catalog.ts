import { nearest } from '../../core/problem.js';
import { safeText } from '../../core/terminal.js';
import { dayStart } from '../../core/time.js';
import { catalogExportIds } from '../../exports/catalog/common/registry.js';
import type { ExportArguments } from '../common/catalog-export.js';
import { CliError, exitCodes } from '../common/errors.js';
import { openCatalog } from '../common/open-catalog.js';
import { addReleaseCommands } from '../common/release/commands.js';
import type { AddCommand } from '../main.js';

interface Options {
  signatures?: string;
  data?: string;
  json?: boolean;
}

/** `halflight catalog list | show | check | stats | export`, and of releases `diff | keygen | bundle | install` */
export const command: AddCommand = (program) => {
  const catalog = program.command('catalog').description('what Halflight knows: services and their signatures');
  const folder = [
    '--signatures <dir>',
    "the organisation's own signatures, added to those that come with Halflight",
  ] as const;
  const data = [
    '--data <dir>',
    'data folder with an installed catalog (default: HALFLIGHT_DATA, else ./halflight-data)',
  ] as const;
  addReleaseCommands(catalog);

  catalog
    .command('list')
    .description('all services, one a line')
    .option(...folder)
    .option(...data)
    .option('--json', 'as JSON')
    .action(async (options: Options) => {
      const services = [...(await openCatalog(options.signatures, options)).services.values()];
      if (options.json === true) {
        print(
          JSON.stringify(
            services.map(({ id, name, vendor, category, embedded, confidence }) => ({
              id,
              name,
              vendor: vendor.name,
              category,
              embedded,
              confidence,
            })),
            null,
            2,
          ),
        );
        return;
      }
      for (const service of services)
        print(`${service.id.padEnd(28)} ${service.category.padEnd(13)} ${service.name} (${service.vendor.name})`);
    });

  catalog
    .command('show <id>')
    .description('everything the catalog says of one service, as JSON')
    .option(...folder)
    .option(...data)
    .option('--json', 'as JSON (it always is)')
    .action(async (id: string, options: Options) => {
      const { services } = await openCatalog(options.signatures, options);
      const service = services.get(id);
      if (service === undefined) {
        const meant = nearest(id, services.keys());
        throw new CliError(
          `no service has the id "${id}"${meant === undefined ? '' : `; did you mean ${meant}?`} ("halflight catalog list" shows all)`,
          exitCodes.usage,
        );
      }
      print(JSON.stringify(service, null, 2));
    });

  catalog
    .command('check')
    .description('checks every signature: schema, examples, claims, reach, silence on popular hosts')
    .option(...folder)
    .option(...data)
    .option('--json', 'as JSON')
    .action(async (options: Options) => {
      const [{ checkedInNumbers, checkedLines, readInUse }, { describeProblem, listProblems, readPopularHosts }] =
        await Promise.all([import('../common/release/check.js'), import('../common/catalog.js')]);
      const { loaded, isOwn } = await readInUse(options.signatures, options);
      const popularHosts = readPopularHosts();
      const checked = await checkedInNumbers(loaded, popularHosts, isOwn);
      const problems = [...checked.problems, ...listProblems(options.signatures, popularHosts)];
      if (options.json === true)
        print(
          JSON.stringify(
            { services: loaded.services.length, popularHosts: popularHosts.length, checked: checked.counts, problems },
            null,
            2,
          ),
        );
      else {
        for (const problem of problems) print(safeText(describeProblem(problem)));
        for (const line of checkedLines(checked.counts)) print(line);
        print(
          `${loaded.services.length} services, ${popularHosts.length} popular hosts: ${problems.length === 0 ? 'all checks hold' : countProblems(problems.length)}`,
        );
      }
      if (problems.length > 0) process.exitCode = exitCodes.checkFailed;
    });

  catalog
    .command('stats')
    .description('depth of the catalog by kind of signature, and what nobody has looked at for a year')
    .option(...folder)
    .option(...data)
    .option('--as-of <date>', 'count ages to this day, YYYY-MM-DD (default: today)')
    .option('--json', 'as JSON')
    .action(async (options: Options & { asOf?: string }) => {
      const asOf = options.asOf ?? new Date().toISOString().slice(0, 10);
      if (dayStart(asOf, 'UTC') === undefined)
        throw new CliError(`--as-of ${asOf} is no date: write it as YYYY-MM-DD`, exitCodes.usage);
      const { catalogStats, statsLines } = await import('../../catalog/stats.js');
      const compiled = await openCatalog(options.signatures, options);
      const stats = catalogStats(compiled, asOf);
      if (options.json === true) print(JSON.stringify(stats, null, 2));
      else for (const line of statsLines(stats)) print(safeText(line));
    });

  catalog
    .command('export')
    .description('the same signatures for the engine that holds the logs, with a query that rolls them up for scan')
    .requiredOption('--as <engine>', `for which engine: ${catalogExportIds().join(', ')}`)
    .option(...folder)
    .option('--table <name>', 'table, index or source of the logs (default: as the engine calls it)')
    .option('--columns <list>', 'its columns, where they are called otherwise: time=ts,user=cs_username,device=')
    .option('--kind <kind>', 'what its records are: web or dns', 'web')
    .option('--time <type>', 'what its time column holds: timestamp, epoch (seconds) or epoch-ms', 'timestamp')
    .option('--timezone <zone>', 'zone that decides the day; scan must be given the same', 'UTC')
    .option('--blocked <words>', 'values of the action column that mean blocked, separated by commas')
    .option('--prefix <name>', 'what the names of the lookup tables begin with', 'halflight_')
    .option('--out <path>', 'folder, or file where there is one, instead of standard output')
    .action(async (options: ExportArguments) => {
      const { exportCatalog } = await import('../common/catalog-export.js');
      process.stdout.write(safeText(await exportCatalog(options)));
    });
};

const countProblems = (count: number): string => (count === 1 ? '1 problem' : `${count} problems`);

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
