import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Catalog } from '../../../catalog/compile.js';
import { changesBetween } from '../../../config/changes.js';
import type { Runtime } from '../../../jobs/runtime.js';
import { appendAudit, lastDetail } from '../../../store/audit.js';
import { isConnectionError, messageOf } from '../../../store/errors.js';
import { resumePaused, syncSources } from '../../../store/sources.js';
import type { Db } from '../../../store/tables.js';
import { CliError, exitCodes } from '../errors.js';
import { openServiceCatalog } from './open.js';
import { type OpenedSetup, openSetup } from './setup.js';

/** A process has this long to end by itself once it is asked to. */
const stopWithinMs = 10_000;

/** Waits until the process is asked to end, then ends it: within ten seconds, whatever hangs. */
export async function untilStopped(
  log: Logger,
  stop: () => Promise<void>,
  onReload: () => Promise<void>,
): Promise<void> {
  await new Promise<void>((resolve) => {
    const ask = (signal: NodeJS.Signals): void => {
      log.info({ signal }, 'stopping');
      resolve();
    };
    process.once('SIGTERM', ask);
    process.once('SIGINT', ask);
    process.on('SIGHUP', () => void onReload());
  });
  // A second signal ends at once.
  process.once('SIGINT', () => process.exit(exitCodes.failed));
  const late = setTimeout(() => {
    log.warn({}, 'not everything ended in time; what is left is done by the next start');
    process.exit(exitCodes.ok);
  }, stopWithinMs - 500);
  await stop();
  clearTimeout(late);
  log.info({}, 'stopped');
}

/** How long what a failed start has begun may take to end. */
const abandonWithinMs = 3000;

/**
 * Ends what a failed start has begun: half a service would live on, do nothing, and stand in the way of a whole one.
 * @returns what to say of the failure
 */
export async function abandonStart(error: unknown, parts: readonly (() => Promise<unknown>)[]): Promise<unknown> {
  // For what hangs.
  setTimeout(() => process.exit(exitCodes.failed), 5 * abandonWithinMs).unref();
  const ended = Promise.allSettled(parts.map((end) => end()));
  await Promise.race([ended, sleep(abandonWithinMs, undefined, { ref: false })]);
  return isConnectionError(error)
    ? new CliError(
        `the database went away during the start (${messageOf(error)}): start again when it answers, as a supervisor does`,
      )
    : error;
}

/**
 * Makes the sources of the configuration known, and writes changes of them into the audit log. Those that the service itself paused may
 * try once more.
 */
export async function applySources(db: Db, opened: OpenedSetup, now: number): Promise<void> {
  const { added, removed } = await syncSources(
    db,
    opened.setup.sources.map(({ id, kind, expectEvery }) => ({ id, kind, expectEvery })),
    now,
  );
  for (const source of await resumePaused(db))
    await appendAudit(db, { at: now, who: 'service', action: 'source.active', subject: source, details: {} });
  if (added.length + removed.length > 0)
    await appendAudit(db, {
      at: now,
      who: 'service',
      action: 'sources.changed',
      subject: 'configuration',
      details: { added, removed },
    });
}

/** Of everything that counts; of a secret only where it lies. */
const configurationHash = ({ loaded }: OpenedSetup): string =>
  createHash('sha256').update(JSON.stringify(loaded.config)).digest('hex');

/** Notes the configuration that a process starts with, where it is another than the last that was noted of this file. */
export async function noteConfiguration(db: Db, opened: OpenedSetup, now: number): Promise<void> {
  const hash = configurationHash(opened);
  const subject = opened.loaded.file ?? 'defaults';
  const before = await lastDetail(db, { action: 'configuration.changed', subject, name: 'hash' });
  if (before === hash) return;
  await appendAudit(db, {
    at: now,
    who: 'service',
    action: 'configuration.changed',
    subject,
    details: { at: 'start', before: before ?? null, hash },
  });
}

/**
 * Reads configuration and catalog again and applies what can be applied. A wrong one changes nothing.
 * @returns what is in force afterwards
 */
export async function reload(
  opened: OpenedSetup,
  {
    config,
    db,
    runtime,
    log,
    now,
  }: { config: string | undefined; db: Db; runtime: Runtime; log: Logger; now: () => number },
): Promise<OpenedSetup> {
  let next: OpenedSetup;
  let catalog: Catalog;
  try {
    next = await openSetup(config, (line) => log.warn({ why: line }, 'configuration'));
    catalog = await openServiceCatalog(next.loaded.config, log);
  } catch (error) {
    log.error({ why: error instanceof CliError ? error.message : String(error) }, 'the configuration was not taken up');
    return opened;
  }
  const changes = changesBetween(opened.loaded.config, next.loaded.config);
  for (const { sentence } of changes.apply) log.info({ change: sentence }, 'configuration applied');
  for (const { sentence } of changes.restart) log.warn({ change: sentence }, 'configuration needs a restart');
  const before = runtime.context.catalog;
  runtime.reload(next.setup, catalog);
  if (before.hash !== catalog.hash)
    log.info(
      { services: catalog.services.size, version: catalog.release?.version, hash: catalog.hash.slice(0, 16) },
      'the catalog was taken up: it counts for what is read from now on',
    );
  log.level = next.loaded.config.log.level;
  await applySources(db, next, now());
  await appendAudit(db, {
    at: now(),
    who: 'service',
    action: 'configuration.changed',
    subject: next.loaded.file ?? 'defaults',
    details: {
      hash: configurationHash(next),
      applied: changes.apply.map(({ sentence }) => sentence),
      after_restart: changes.restart.map(({ sentence }) => sentence),
      ...(before.hash !== catalog.hash && {
        catalog: { before: before.hash, hash: catalog.hash, version: catalog.release?.version ?? null },
      }),
    },
  });
  await runtime.syncRegisters();
  return next;
}
