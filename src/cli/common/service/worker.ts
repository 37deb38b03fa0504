import { safeLine } from '../../../core/terminal.js';
import type { Roles } from '../../../jobs/runtime.js';
import { CliError } from '../errors.js';
import { armFaults } from './faults.js';
import { openLog } from './log.js';
import { openService } from './open.js';
import { abandonStart, applySources, noteConfiguration, reload, untilStopped } from './run.js';
import { openSetup } from './setup.js';

/**
 * Runs a process that only works, or only schedules, until it is asked to end.
 * @throws CliError without a database that several processes can share
 */
export async function runRole(role: 'work' | 'schedule', roles: Roles, config: string | undefined): Promise<void> {
  let opened = await openSetup(config, (line) => void process.stderr.write(`halflight: ${safeLine(line)}\n`));
  if (opened.loaded.config.database.url === undefined)
    throw new CliError(
      `"halflight ${role}" works beside other processes on a PostgreSQL server: set DATABASE_URL (and REDIS_URL), or run "halflight serve", which does everything in one process`,
    );
  const log = openLog(opened.loaded.config.log.level, () => opened.loaded.secrets);
  armFaults(process.env);
  const service = await openService(opened, role, log);
  const { runtime, store } = service;
  const { now } = runtime.context;
  try {
    if (roles.schedule) await applySources(store.db, opened, now());
    if (roles.schedule) await noteConfiguration(store.db, opened, now());
    await runtime.start(roles);
    if (roles.schedule) await runtime.syncRegisters();
    await untilStopped(
      log,
      () => runtime.stop(),
      async () => {
        opened = await reload(opened, { config, db: store.db, runtime, log, now });
      },
    );
  } catch (error) {
    throw await abandonStart(error, [() => runtime.stop(1000)]);
  } finally {
    await service.close();
  }
}
