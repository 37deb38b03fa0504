import { join } from 'node:path';
import { validate as isCron } from 'node-cron';
import { type ZodType, z } from 'zod';
import type { Channel } from '../../alerts/common/channel.js';
import type { Collector } from '../../collectors/common/collector.js';
import type { ChannelConfig, SourceConfig } from '../../config/schema.js';
import { type Path, secretsIn, withSecrets } from '../../config/secret.js';
import { loadPlugins } from '../../core/plugins.js';
import { nearest, type Problem } from '../../core/problem.js';
import { type Provenance, weaker } from '../../core/provenance.js';
import { blockListFormatIds } from '../../exports/blocklists/common/registry.js';
import { allFormats } from '../../formats/common/registry.js';
import type { Receiver } from '../../receivers/common/receiver.js';
import type { LoadedConfig } from './config.js';
import { hideSecrets, quotes } from './config-secrets.js';
import { loadMapping } from './inputs.js';

/** The plug-ins that sources and channels name as their kind, by id. */
export interface Kinds {
  collectors: ReadonlyMap<string, Collector>;
  receivers: ReadonlyMap<string, Receiver>;
  channels: ReadonlyMap<string, Channel>;
}

export async function loadKinds(): Promise<Kinds> {
  const folder = (name: string) => join(import.meta.dirname, '../..', name);
  const [collectors, receivers, channels] = await Promise.all([
    loadPlugins<Collector>(folder('collectors'), 'collector'),
    loadPlugins<Receiver>(folder('receivers'), 'receiver'),
    loadPlugins<Channel>(folder('alerts'), 'channel'),
  ]);
  return { collectors, receivers, channels };
}

const noKinds: Kinds = { collectors: new Map(), receivers: new Map(), channels: new Map() };

/** A source with its kind, and its options as the kind takes them: they hold secrets and must not be logged. */
export interface OpenedSource {
  source: SourceConfig;
  kind: { pulled: true; collector: Collector } | { pulled: false; receiver: Receiver };
  options: unknown;
  /** What its data are worth: by its kind and options, or as it is configured. */
  provenance: Provenance;
}

export interface OpenedChannel {
  config: ChannelConfig;
  channel: Channel;
  options: unknown;
}

export interface OpenedKinds {
  sources: OpenedSource[];
  channels: OpenedChannel[];
  /** What is wrong in sources, channels and formats of block lists; those are left out. */
  problems: Problem[];
}

/** Checks sources and channels against their kinds: options, schedules, formats and mapping files. */
export async function openKinds(loaded: LoadedConfig, kinds?: Kinds): Promise<OpenedKinds> {
  const named = loaded.config.sources.length + loaded.config.channels.length > 0;
  // Where nothing names a kind, none is loaded: that takes longer than what most commands do.
  const known = kinds ?? (named ? await loadKinds() : noKinds);
  const opened: OpenedKinds = { sources: [], channels: [], problems: [] };
  for (const [index, source] of loaded.config.sources.entries()) {
    const path = ['sources', index];
    const wrong = await sourceProblems(loaded, source, path);
    const collector = known.collectors.get(source.kind);
    const receiver = known.receivers.get(source.kind);
    if (collector !== undefined) {
      wrong.push(
        ...onlyFor(loaded, path, source.quota, ['bytes_per_day', 'requests_per_second'], 'is sent to', 'fetches'),
      );
      const options = await readOptions(loaded, path, source.options, collector.options, wrong);
      const provenance = worthOf(loaded, path, source, 'observed', wrong);
      if (wrong.length === 0) opened.sources.push({ source, kind: { pulled: true, collector }, options, provenance });
    } else if (receiver !== undefined) {
      wrong.push(...onlyFor(loaded, path, source, ['every', 'schedule'], 'fetches', 'is sent to'));
      const options = await readOptions(loaded, path, source.options, receiver.options, wrong);
      const known = wrong.length === 0 ? receiver.provenance(options) : 'unauthenticated';
      const provenance = wrong.length === 0 ? worthOf(loaded, path, source, known, wrong) : known;
      if (wrong.length === 0) opened.sources.push({ source, kind: { pulled: false, receiver }, options, provenance });
    } else wrong.push(unknownKind(loaded, path, source.kind, [...known.collectors.keys(), ...known.receivers.keys()]));
    opened.problems.push(...wrong);
  }
  for (const [index, config] of loaded.config.channels.entries()) {
    const path = ['channels', index];
    const channel = known.channels.get(config.kind);
    const wrong: Problem[] = [];
    if (channel === undefined) wrong.push(unknownKind(loaded, path, config.kind, [...known.channels.keys()]));
    else {
      const options = await readOptions(loaded, path, config.options, channel.options, wrong);
      if (channel.people === 'alone' && config.notices.length > 0)
        wrong.push(
          loaded.problemAt([...path, 'notices'], 'must be []: a channel of this kind writes to single people alone'),
        );
      if (wrong.length === 0) opened.channels.push({ config, channel, options });
    }
    opened.problems.push(...wrong);
  }
  opened.problems.push(...nudgeProblems(loaded, known.channels));
  for (const [index, id] of loaded.config.blocklists.formats.entries()) {
    const known = blockListFormatIds();
    if (known.includes(id)) continue;
    const meant = nearest(id, known);
    const advice = meant === undefined ? `accepted is one of ${known.join(', ')}` : `did you mean ${meant}?`;
    opened.problems.push(
      loaded.problemAt(['blocklists', 'formats', index], `there is no such format of block lists; ${advice}`),
    );
  }
  for (const [index, { schedule }] of loaded.config.reports.entries())
    if (schedule !== 'weekly' && schedule !== 'monthly' && !isCron(schedule))
      opened.problems.push(
        loaded.problemAt(
          ['reports', index, 'schedule'],
          "accepted is weekly, monthly or a cron expression: '0 7 * * 1' is every Monday at 7",
        ),
      );
  return opened;
}

/** What is in the way of hints to people: they go by channels that can write to one person. */
function nudgeProblems({ config: { nudges, channels }, problemAt }: LoadedConfig, known: Kinds['channels']): Problem[] {
  if (!nudges.enabled && nudges.channel === undefined) return [];
  const able = [...known].flatMap(([id, { people }]) => (people === undefined ? [] : [id])).sort();
  const kinds = able.join(' or ');
  const ids = channels.filter(({ kind }) => able.includes(kind)).map(({ id }) => id);
  const accepted = ids.length === 0 ? `add a channel of kind ${kinds} first` : `accepted is one of ${ids.join(', ')}`;
  const problems: Problem[] = [];
  if (nudges.channel === undefined)
    problems.push(
      problemAt(['nudges', 'enabled'], `needs nudges.channel, the channel that hints go out by; ${accepted}`),
    );
  else if (!ids.includes(nudges.channel)) {
    const meant = nearest(nudges.channel, ids);
    problems.push(
      problemAt(
        ['nudges', 'channel'],
        `there is no channel of kind ${kinds} with this id; ${meant === undefined ? accepted : `did you mean ${meant}?`}`,
      ),
    );
  }
  if (nudges.from_hour >= nudges.until_hour)
    problems.push(problemAt(['nudges', 'until_hour'], 'is not behind from_hour, which leaves no hour for any mail'));
  return problems;
}

/** What the data are worth. Lower than by the kind: as the configuration says. Higher: with a reason, and never `observed` by itself. */
function worthOf(
  { problemAt }: LoadedConfig,
  path: Path,
  { provenance, provenance_reason: reason, kind }: SourceConfig,
  byKind: Provenance,
  wrong: Problem[],
): Provenance {
  if (provenance === undefined) {
    if (reason !== undefined)
      wrong.push(
        problemAt([...path, 'provenance_reason'], 'is the reason of a provenance, and there is none; take it out'),
      );
    return byKind;
  }
  const raised = weaker(provenance, byKind) !== provenance;
  if (raised && provenance === 'observed')
    wrong.push(
      problemAt(
        [...path, 'provenance'],
        `observed is what Halflight fetches itself, and a source of kind ${kind} is sent to; reported is the most that it can be`,
      ),
    );
  else if (raised && reason === undefined)
    wrong.push(
      problemAt(
        [...path, 'provenance'],
        `is more than these data are worth by their kind (${byKind}); say in provenance_reason why they are, or take it out`,
      ),
    );
  return provenance;
}

function unknownKind({ problemAt }: LoadedConfig, path: Path, kind: string, known: readonly string[]): Problem {
  const meant = nearest(kind, known);
  const advice = meant === undefined ? `accepted is one of ${known.join(', ')}` : `did you mean ${meant}?`;
  return problemAt([...path, 'kind'], `there is no such kind; ${advice}`);
}

/** Keys that are set though they say nothing to this kind. */
function onlyFor(
  { problemAt }: LoadedConfig,
  path: Path,
  given: object,
  names: readonly string[],
  kinds: string,
  thisKind: string,
): Problem[] {
  return names
    .filter((name) => Reflect.get(given, name) !== undefined)
    .map((name) => {
      const at = name === 'every' || name === 'schedule' ? [...path, name] : [...path, 'quota', name];
      return problemAt(at, `is for a kind that ${kinds}, and this one ${thisKind}; take it out`);
    });
}

async function sourceProblems({ problemAt }: LoadedConfig, source: SourceConfig, path: Path): Promise<Problem[]> {
  const problems: Problem[] = [];
  if (source.schedule !== undefined && !isCron(source.schedule))
    problems.push(
      problemAt(
        [...path, 'schedule'],
        "accepted is a cron expression, minute hour day month weekday: '*/15 * * * *' is every quarter of an hour, '0 6 * * 1-5' at 6 on working days",
      ),
    );
  if (source.format !== undefined) {
    const formats = [...(await allFormats()).keys()];
    const meant = nearest(source.format, formats);
    if (!formats.includes(source.format))
      problems.push(
        problemAt(
          [...path, 'format'],
          `there is no such format; ${meant === undefined ? `accepted is one of ${formats.join(', ')}` : `did you mean ${meant}?`}`,
        ),
      );
  }
  if (source.mapping !== undefined) {
    try {
      await loadMapping(source.mapping);
    } catch (error) {
      problems.push(
        problemAt(
          [...path, 'mapping'],
          error instanceof Error ? error.message.replace(/\s*\n\s*/g, ' ') : String(error),
        ),
      );
    }
  }
  return problems;
}

/** The options as the kind's own schema takes them; what it refuses is added to `problems`. */
async function readOptions(
  { problemAt, secrets }: LoadedConfig,
  path: Path,
  options: unknown,
  schema: ZodType,
  problems: Problem[],
): Promise<unknown> {
  // That a secret is missing has been told; the schema would only say it again, in worse words.
  const held = [...secretsIn(options)].map(([, secret]) => secret);
  if (held.some(({ found }) => !found)) return undefined;
  const parsed = await schema.safeParseAsync(withSecrets(options));
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const at = [...path, 'options', ...issue.path.filter((part) => typeof part !== 'symbol')];
    if (issue.code !== 'unrecognized_keys') {
      const quoted = held.some(({ value }) => quotes(issue.message, value));
      const message = quoted ? 'is refused by the kind, for a reason that quotes the secret' : issue.message;
      problems.push(problemAt(at, hideSecrets(message, secrets)));
      continue;
    }
    const known = issue.path.length === 0 ? keysOf(schema) : [];
    for (const key of issue.keys) {
      const meant = nearest(key, known);
      const accepted = known.length === 0 ? 'take it out' : `accepted are ${known.join(', ')}`;
      problems.push(
        problemAt([...at, key], `unknown key; ${meant === undefined ? accepted : `did you mean ${meant}?`}`),
      );
    }
  }
  return undefined;
}

/** Names of the options of a kind, as far as its schema tells. */
function keysOf(schema: ZodType): string[] {
  try {
    return Object.keys(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }).properties ?? {});
  } catch {
    return [];
  }
}
