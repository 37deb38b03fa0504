import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createApi } from '../../../api/app.js';
import { TokenBook } from '../../../api/tokens.js';
import type { Config } from '../../../config/schema.js';
import { safeLine } from '../../../core/terminal.js';
import { loadTokens } from '../../../store/tokens.js';
import { CliError, explainFileError } from '../errors.js';
import { expiryNotice } from '../release/notice.js';
import { version } from '../version.js';
import { CrashGuard, healthyAfterMs } from './crash-guard.js';
import { armFaults } from './faults.js';
import { type Intake, openIntake } from './intake.js';
import { openLog } from './log.js';
import { openService } from './open.js';
import { abandonStart, applySources, noteConfiguration, reload, untilStopped } from './run.js';
import { openSetup } from './setup.js';
import { telemetryOf } from './telemetry.js';

/** Runs the service until it is asked to end. @throws CliError where it cannot start */
export async function serve(options: { config?: string; work: boolean }): Promise<void> {
  const warn = (line: string): void => void process.stderr.write(`halflight: ${safeLine(line)}\n`);
  let opened = await openSetup(options.config, warn);
  const { config } = opened.loaded;
  const log = openLog(config.log.level, () => opened.loaded.secrets);
  armFaults(process.env);
  const service = await openService(opened, 'serve', log);
  const { runtime, store } = service;
  const { now } = runtime.context;
  // The data folder is made by the database, with the permissions that its server needs.
  const guard = new CrashGuard(config.data, 'serve', Date.now());
  if (guard.safe)
    log.error(
      {},
      'five starts ended badly: safe mode takes data in and does no work; see the log above, then start again',
    );
  let intake: Intake | undefined;
  try {
    await applySources(store.db, opened, now());
    await noteConfiguration(store.db, opened, now());
    const work = options.work && !guard.safe;
    await runtime.start({ work, schedule: !guard.safe });
    await runtime.syncRegisters();
    const taking = await openIntake(runtime, opened.kinds, config, log);
    intake = taking;
    const tokens = new TokenBook(() => loadTokens(store.db), log);
    await tokens.start();
    const telemetry = telemetryOf(runtime.context, taking);
    const api = await createApi({
      db: store.db,
      log,
      now,
      config: {
        timezone: config.organisation.timezone,
        trustedProxies: config.server.trusted_proxies,
        tls: readTls(config),
      },
      tokens,
      push: (request) => taking.push(request),
      upload: (request) => taking.upload(request),
      telemetry,
      acknowledgeKey: runtime.context.acknowledgeKey,
      intakeTrouble: () => taking.trouble(),
      warnings: () => {
        const notice = expiryNotice(runtime.context.catalog.release, now());
        return notice === undefined ? [] : [notice.text];
      },
      queueDepth: async () => {
        const counts = await service.queue.counts().catch(() => undefined);
        return counts && Object.values(counts).reduce((sum, { waiting, delayed }) => sum + waiting + delayed, 0);
      },
      metrics: runtime.metrics.registry,
      isStopping: () => runtime.stopping,
      version,
    });
    await listen(api, config);
    const { address, family, port } = api.server.address() as AddressInfo;
    const host = family === 'IPv6' ? `[${address}]` : address;
    const url = `${config.server.tls === undefined ? 'http' : 'https'}://${host}:${port}`;
    process.stderr.write(`Halflight ${version} runs on ${url}, data in ${safeLine(config.data)}. Ctrl-C ends it.\n`);
    log.info({ url, version }, 'ready');
    setTimeout(() => guard.wellDone(), healthyAfterMs).unref();
    await untilStopped(
      log,
      async () => {
        tokens.close();
        telemetry.devices.close();
        // Nothing new from outside first, then the work, then what it is kept in.
        await Promise.all([api.close(), taking.stop()]);
        await runtime.stop();
        guard.wellDone();
      },
      async () => {
        opened = await reload(opened, { config: options.config, db: store.db, runtime, log, now });
        await taking.reload(opened.kinds, opened.loaded.config).catch((error: unknown) => {
          log.error({ err: error }, 'a listener could not be opened');
        });
      },
    );
  } catch (error) {
    throw await abandonStart(error, [async () => intake?.stop(), () => runtime.stop(1000)]);
  } finally {
    await service.close();
  }
}

async function listen(api: Awaited<ReturnType<typeof createApi>>, { server }: Config): Promise<void> {
  try {
    await api.listen({ host: server.listen, port: server.port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new CliError(
        `port ${server.port} on ${server.listen} is in use: end the other program, or set server.port (or HALFLIGHT_PORT) to a free one`,
      );
    if (code === 'EACCES')
      throw new CliError(`port ${server.port} may not be opened by this user: set server.port to one above 1023`);
    if (code === 'EADDRNOTAVAIL')
      throw new CliError(`${server.listen} is no address of this machine: correct server.listen (or HALFLIGHT_LISTEN)`);
    throw error;
  }
}

function readTls({ server: { tls } }: Config): { cert: Buffer; key: Buffer } | undefined {
  if (tls === undefined) return undefined;
  const read = (path: string): Buffer => {
    try {
      return readFileSync(path);
    } catch (error) {
      throw new CliError(explainFileError(error, path));
    }
  };
  return { cert: read(tls.cert), key: read(tls.key) };
}
