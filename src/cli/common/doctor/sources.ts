import type { Check } from '../../../core/check.js';
import type { Egress } from '../../../net/egress.js';
import type { Db } from '../../../store/tables.js';
import type { OpenedChannel, OpenedSource } from '../config-kinds.js';
import type { OpenedSetup } from '../service/setup.js';
import { type SourceOverview, sourceOverview } from '../service/source-list.js';
import { ageText, bounded, failed, ok, patienceMs, warning } from './bounded.js';
import { checkPort } from './ports.js';

/** Looks whether a source could give data now: it can be asked, or its port can be had. */
export async function checkSource(
  { source: { id, kind: kindId }, kind, options }: OpenedSource,
  egress: Egress,
  ours: boolean,
): Promise<Check[]> {
  const name = `source ${id}`;
  if (kind.pulled) {
    const signal = AbortSignal.timeout(patienceMs);
    const checks = await bounded(name, `Look closer: halflight source test ${id}`, () =>
      kind.collector.test(options, { source: id, egress, now: Date.now, signal }),
    );
    return checks.map((check) => ({ ...check, name: check.name.includes(id) ? check.name : `${name}: ${check.name}` }));
  }
  if (kind.receiver.kind === 'http') return [ok(name, `data are sent to it (${kindId}) over the HTTP server`)];
  const { host, port, protocol } = options as { host?: unknown; port?: unknown; protocol?: unknown };
  if (typeof host !== 'string' || typeof port !== 'number')
    return [ok(name, `data are sent to it (${kindId}); nothing can be asked ahead`)];
  return checkPort(
    { name, key: `options.port of ${id}`, protocol: protocol === 'udp' ? 'udp' : 'tcp', host, port },
    ours,
  );
}

/** Looks whether a channel could tell, and sends nothing. */
export async function checkChannel(
  { config: { id }, channel, options }: OpenedChannel,
  egress: Egress,
): Promise<Check[]> {
  const name = `channel ${id}`;
  const signal = AbortSignal.timeout(patienceMs);
  const checks = await bounded(name, 'Correct its options in the configuration.', () =>
    channel.test(options, { egress, now: Date.now, signal }),
  );
  return checks.map((check) => ({ ...check, name: check.name.includes(id) ? check.name : `${name}: ${check.name}` }));
}

/** What the service has seen of each source. */
export async function checkSourceHealth(db: Db, opened: OpenedSetup, now: number): Promise<Check[]> {
  return (await sourceOverview(db, opened, now))
    .filter(({ state }) => state !== 'removed')
    .map((source) => health(source, now));
}

function health(source: SourceOverview, now: number): Check {
  const { id, state, lastDataAt, lastError, lastErrorAt, trouble, records } = source;
  const name = `data of ${id}`;
  const last = lastDataAt === undefined ? 'nothing came yet' : `last ${ageText(now - lastDataAt)} ago`;
  const found = `${last}, ${records.toLocaleString('en-US')} records in 24 h`;
  if (state === 'new')
    return warning(name, 'no service has seen this source yet', 'Start the service, or reload it (SIGHUP).');
  if (state === 'paused')
    return warning(
      name,
      `paused: ${source.pausedWhy ?? 'by hand'}; ${found}`,
      `To go on: halflight source resume ${id}`,
    );
  if (lastError !== undefined) {
    const when = lastErrorAt === undefined ? '' : ` (${ageText(now - lastErrorAt)} ago)`;
    return failed(name, `${lastError}${when}; ${found}`, `Correct it, then: halflight source test ${id}`);
  }
  if (trouble.length > 0)
    return failed(name, `${trouble.join('; ')}; ${found}`, 'Look at the sender: no data is never no use.');
  if (lastDataAt === undefined) return warning(name, found, `Look whether it has any: halflight source test ${id}`);
  return ok(name, found);
}
