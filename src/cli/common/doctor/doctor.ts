import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Check } from '../../../core/check.js';
import { createEgress } from '../../../net/egress.js';
import type { Instance } from '../../../store/instances.js';
import { type LoadedConfig, loadConfig } from '../config.js';
import { type OpenedKinds, openKinds } from '../config-kinds.js';
import { nameProblems } from '../config-names.js';
import { hideSecrets } from '../config-secrets.js';
import { CliError } from '../errors.js';
import { type OpenedSetup, setupOf } from '../service/setup.js';
import { checkRules } from './alerts.js';
import { checkCheckpoints } from './audit.js';
import { checkBlockLists } from './blocklists.js';
import { bounded, failed, warning } from './bounded.js';
import { checkRelease } from './catalog.js';
import { checkConfiguration, checkSecrets } from './configuration.js';
import { checkDataFolder } from './data-folder.js';
import { closeStore, type OpenedDatabase, openForDoctor } from './database.js';
import { checkMachine } from './machine.js';
import { checkPort } from './ports.js';
import { checkProvenance } from './provenance.js';
import { checkDeliveries, checkNudges, checkReports, checkRoutes } from './recipients.js';
import { checkRedis } from './redis.js';
import { checkChannel, checkSource, checkSourceHealth } from './sources.js';
import { checkAudit, checkBacklog, checkProcesses, seenProcesses } from './work.js';

/** A process beats every two seconds: so long until the second look. */
const beatMs = 2600;
const scheduleLock = 'halflight scheduler';
/** Sources and channels that are asked at a time. */
const together = 16;

/**
 * Everything that a working installation needs, looked at: beside a running service, or alone. Nothing is changed. No check hangs, and
 * none holds a secret.
 */
export async function examine(file: string | undefined): Promise<Check[]> {
  const checks = await checkMachine();
  let loaded: LoadedConfig;
  let kinds: OpenedKinds;
  try {
    loaded = loadConfig({ config: file });
    kinds = await openKinds(loaded);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return [...checks, failed('configuration', error.message, 'Name a file that can be read with --config.')];
  }
  checks.push(
    ...checkConfiguration(loaded, [...kinds.problems, ...(await nameProblems(loaded))]),
    ...checkSecrets(loaded),
  );
  checks.push(...checkDataFolder(loaded.config, Date.now()), await checkRelease(loaded.config, Date.now()));
  const { redis } = loaded.config;
  const [{ checks: ofDatabase, opened }, ofRedis] = await Promise.all([
    openForDoctor(loaded.config),
    redis.url === undefined ? [] : checkRedis(redis.url),
  ]);
  checks.push(...ofDatabase, ...ofRedis);
  try {
    checks.push(...(await checkService(loaded, kinds, opened)));
  } finally {
    if (opened !== undefined) await closeStore(opened.store);
  }
  return checks.map((check) => ({
    ...check,
    name: hideSecrets(check.name, loaded.secrets),
    found: hideSecrets(check.found, loaded.secrets),
    remedy: hideSecrets(check.remedy, loaded.secrets),
  }));
}

/** Sources, channels, ports, and what the service says of itself in the database. */
async function checkService(
  loaded: LoadedConfig,
  kinds: OpenedKinds,
  opened: OpenedDatabase | undefined,
): Promise<Check[]> {
  let setup: OpenedSetup['setup'];
  try {
    setup = await setupOf(loaded.config, kinds);
  } catch {
    const remedy = 'Correct the configuration first.';
    return [failed('sources', 'not looked at: the configuration cannot be used as it is', remedy)];
  }
  const db = opened?.current === true ? opened.store.db : undefined;
  const before = db === undefined ? [] : await seenProcesses(db).catch((): Instance[] => []);
  const looked = performance.now();
  const ours = before.some(({ role, host }) => role === 'serve' && host === hostname());
  const { listen, port } = loaded.config.server;
  const egress = createEgress(setup.net);
  try {
    const checks = await checkPort({ name: 'server', key: 'server.port', protocol: 'tcp', host: listen, port }, ours);
    checks.push(...(await inOrder(kinds.sources, (source) => checkSource(source, egress, ours))));
    checks.push(...checkProvenance(setup.sources));
    checks.push(...(await inOrder(kinds.channels, (channel) => checkChannel(channel, egress))));
    checks.push(...checkRoutes(kinds.channels));
    checks.push(...checkRules(setup, loaded.config.alerts.rules !== undefined, Date.now()));
    checks.push(...checkReports(loaded.config, setup.zone), ...checkNudges(loaded.config, setup.zone));
    if (db === undefined) {
      const remedy = 'See the checks of the database; after the first start look again.';
      return [...checks, warning('work', 'not looked at: there are no tables that it could be read from', remedy)];
    }
    const now = Date.now();
    const health = () => checkSourceHealth(db, { loaded, kinds, setup }, now);
    checks.push(...(await bounded('data of the sources', 'Try again; see the log of the database.', health)));
    const channels = setup.channels.map(({ id }) => id);
    checks.push(...(await checkDeliveries(db, channels, now)));
    checks.push(...(await checkBlockLists(db, setup.blocklists?.formats ?? [], now)));
    checks.push(...(await checkBacklog(db, now)), ...(await checkAudit(db)));
    checks.push(...(await checkCheckpoints(db, loaded.config, before.length > 0, now)));
    if (before.length > 0) await sleep(Math.max(0, beatMs - (performance.now() - looked)));
    checks.push(...(await checkProcesses(db, before, scheduleLock)));
    return checks;
  } finally {
    await egress.close();
  }
}

/** The checks of many things, some at a time, in the order of the things. */
async function inOrder<T>(things: readonly T[], check: (thing: T) => Promise<Check[]>): Promise<Check[]> {
  const results: Check[][] = [];
  for (let from = 0; from < things.length; from += together)
    results.push(...(await Promise.all(things.slice(from, from + together).map(check))));
  return results.flat();
}
