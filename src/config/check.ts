import type { Problem } from '../core/problem.js';
import { checkAlerts } from './check-alerts.js';
import { noChannel, reportProblems } from './reports.js';
import type { Config } from './schema.js';
import type { Path } from './secret.js';

type ProblemAt = (path: Path, message: string, severity?: Problem['severity']) => Problem;

/**
 * What is wrong between values that are right each by itself. `wrong`: whether the value of a path has been refused, so that its
 * default stands in its place, which nobody wrote.
 */
export function checkRelations(config: Config, at: ProblemAt, wrong: (path: Path) => boolean): Problem[] {
  return [
    ...sameIds(config, at),
    ...sources(config, at),
    ...anchors(config, at),
    ...reportProblems(config, at),
    ...checkAlerts(config, at),
    ...amounts(config, at, wrong),
    ...server(config, at, wrong),
  ];
}

function* anchors({ audit, channels }: Config, at: ProblemAt): Generator<Problem> {
  for (const [index, id] of audit.checkpoints.channels.entries())
    if (!channels.some((channel) => channel.id === id))
      yield at(['audit', 'checkpoints', 'channels', index], noChannel(id, channels));
}

function* sameIds(config: Config, at: ProblemAt): Generator<Problem> {
  for (const list of ['sources', 'channels', 'reports'] as const) {
    const seen = new Set<string>();
    for (const [index, { id }] of config[list].entries()) {
      if (seen.has(id)) yield at([list, index, 'id'], `another of the ${list} has this id already; ids must differ`);
      seen.add(id);
    }
  }
}

function* sources(config: Config, at: ProblemAt): Generator<Problem> {
  for (const [index, source] of config.sources.entries()) {
    const path = ['sources', index];
    if (source.every !== undefined && source.schedule !== undefined)
      yield at([...path, 'schedule'], 'stands beside every; keep one of them');
    if (source.expect_every !== undefined && source.every !== undefined && source.expect_every < source.every)
      yield at(
        [...path, 'expect_every'],
        'is shorter than every, so that it would be reported as silent between two looks',
        'warning',
      );
    if (source.mapping !== undefined && source.format !== undefined)
      yield at(
        [...path, 'mapping'],
        'stands beside format; a mapping file says itself how records are read, so keep one of them',
      );
  }
}

function* amounts(config: Config, at: ProblemAt, wrong: (path: Path) => boolean): Generator<Problem> {
  const { findings, retention, spool } = config;
  const refused = (...names: string[]) => names.some((name) => wrong(name.split('.')));
  if (findings.quiet > findings.window && !refused('findings.quiet', 'findings.window'))
    yield at(
      ['findings', 'quiet'],
      'is longer than findings.window; a finding cannot be quiet for longer than is looked back',
    );
  if (
    retention.usage !== 'never' &&
    retention.usage < findings.window &&
    !refused('retention.usage', 'findings.window')
  )
    yield at(
      ['retention', 'usage'],
      'is shorter than findings.window, which looks back at usage; keep usage at least as long',
    );
  if (spool.segment * 4 > spool.size && !refused('spool.segment', 'spool.size'))
    yield at(['spool', 'segment'], 'is more than a quarter of spool.size; make it smaller, or the spool larger');
}

function* server({ server }: Config, at: ProblemAt, wrong: (path: Path) => boolean): Generator<Problem> {
  const local = server.listen === 'localhost' || server.listen === '::1' || server.listen.startsWith('127.');
  const secured = server.tls !== undefined || server.trusted_proxies.length > 0;
  if (!local && !secured && !wrong(['server', 'tls']) && !wrong(['server', 'trusted_proxies']))
    yield at(
      ['server', 'listen'],
      'is reachable from the network without https: passwords and logs can be read on the way; set server.tls, or listen on 127.0.0.1 behind a reverse proxy',
      'warning',
    );
}
