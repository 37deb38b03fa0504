import type { Config } from './schema.js';
import { Secret } from './secret.js';
import { sameValue, writtenValue } from './values.js';

/** One difference between two configurations. */
export interface Change {
  /** `log.level`, `sources.hq-proxy`. */
  key: string;
  /** What changes, and from when on or why not now. Holds no secret. */
  sentence: string;
}

export interface Changes {
  /** Takes effect in the running service. */
  apply: Change[];
  /** Takes effect at the next start. */
  restart: Change[];
}

interface Rule {
  key: string;
  way: keyof Changes;
  /** Ends the sentence of a change. */
  why: string;
}

/** What a running service can take up, for every key; a key below one that is named goes with it. */
export const reloadRules: readonly Rule[] = [
  { key: 'organisation.timezone', way: 'restart', why: 'all processes must agree when a day begins' },
  { key: 'organisation.domains', way: 'apply', why: 'holds for the next block list' },
  { key: 'data', way: 'restart', why: 'the database and the spool are open in the old folder' },
  { key: 'database', way: 'restart', why: 'connections are made at the start' },
  { key: 'redis', way: 'restart', why: 'the queue is opened at the start' },
  { key: 'server.listen', way: 'restart', why: 'the port is opened at the start' },
  { key: 'server.port', way: 'restart', why: 'the port is opened at the start' },
  { key: 'server.trusted_proxies', way: 'restart', why: 'the server is built at the start' },
  { key: 'server.public_url', way: 'restart', why: 'the server is built at the start' },
  { key: 'server.tls', way: 'restart', why: 'the server is built at the start' },
  { key: 'signing', way: 'restart', why: 'the key is read at the start' },
  { key: 'audit', way: 'apply', why: 'holds from the next checkpoint on' },
  { key: 'evidence', way: 'apply', why: 'holds for the next bundle' },
  { key: 'people', way: 'apply', why: 'the file is read now' },
  { key: 'inventory', way: 'apply', why: 'the file is read now' },
  { key: 'contracts', way: 'apply', why: 'the file is read now' },
  { key: 'signatures', way: 'apply', why: 'the catalog is read now, and holds for pieces that are begun from now on' },
  {
    key: 'catalog.folder',
    way: 'apply',
    why: 'the catalog is read now, and holds for pieces that are begun from now on',
  },
  { key: 'catalog.public_key', way: 'apply', why: 'the next installation is checked with it' },
  { key: 'work.concurrency', way: 'restart', why: 'workers are made at the start' },
  { key: 'work.threads', way: 'restart', why: 'workers are made at the start' },
  { key: 'work.chunk_deadline', way: 'apply', why: 'holds for pieces that are begun from now on' },
  { key: 'work.kept_input', way: 'apply', why: 'holds from the next cleaning on, also for what is kept already' },
  { key: 'findings', way: 'apply', why: 'holds from the next reconciling on' },
  { key: 'answer_within', way: 'apply', why: 'holds from the next report on' },
  { key: 'retention', way: 'apply', why: 'holds from the next cleaning on, also for what is kept already' },
  { key: 'blocklists', way: 'apply', why: 'holds from the next version of a list on' },
  { key: 'nudges', way: 'apply', why: 'holds from the next mail on, also for those that wait' },
  { key: 'spool', way: 'restart', why: 'the spool is open' },
  { key: 'log.level', way: 'apply', why: 'holds from the next line on' },
  { key: 'net', way: 'apply', why: 'holds for new connections' },
  { key: 'sources', way: 'apply', why: 'holds from the next run, push or datagram on' },
  { key: 'channels', way: 'apply', why: 'holds from the next notice on' },
  { key: 'reports', way: 'apply', why: 'holds from the next report on' },
  { key: 'alerts', way: 'apply', why: 'holds from the next minute on, also for what is known already' },
];

/** What differs between two configurations, and what of it a running service can take up. Secrets are compared by value. */
export function changesBetween(old: Config, next: Config): Changes {
  const changes: Changes = { apply: [], restart: [] };
  for (const rule of reloadRules) {
    if (isList(rule.key)) changes[rule.way].push(...itemChanges(rule.key, rule.why, old, next));
    else {
      const path = rule.key.split('.');
      for (const change of valueChanges(path, valueAt(old, path), valueAt(next, path)))
        changes[rule.way].push({ key: change.key, sentence: `${change.sentence}; ${rule.why}` });
    }
  }
  return changes;
}

function valueChanges(path: readonly string[], before: unknown, after: unknown): Change[] {
  if (sameValue(before, after)) return [];
  if (isSection(before) && isSection(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      valueChanges([...path, key], before[key], after[key]),
    );
  const key = path.join('.');
  if (before instanceof Secret && after instanceof Secret && before.place === after.place)
    return [{ key, sentence: `${key} has a new value in ${after.place}` }];
  return [{ key, sentence: `${key} changes from ${words(path, before)} to ${words(path, after)}` }];
}

/** Lists whose items are told apart by their ids, and what is said where one of them goes. */
const lists = {
  sources: 'what it brought stays until its time is over',
  channels: 'nothing more is told there',
  reports: 'it is made no more',
} as const;
type List = keyof typeof lists;
const isList = (key: string): key is List => Object.hasOwn(lists, key);

function itemChanges(list: List, why: string, old: Config, next: Config): Change[] {
  const before = new Map<string, Config[List][number]>(old[list].map((item) => [item.id, item]));
  const after = new Map<string, Config[List][number]>(next[list].map((item) => [item.id, item]));
  const changes: Change[] = [];
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(id), after.get(id)];
    const key = `${list}.${id}`;
    if (was === undefined) changes.push({ key, sentence: `${key} is new` });
    else if (is === undefined)
      changes.push({
        key,
        sentence: `${key} is gone; ${lists[list]}`,
      });
    else {
      const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
        (name) => !sameValue(Reflect.get(was, name), Reflect.get(is, name)),
      );
      // Values of options stay out: a plug-in may hold more to be private than we know.
      if (names.length > 0) changes.push({ key, sentence: `${key} has another ${names.join(', ')}; ${why}` });
    }
  }
  return changes;
}

const isSection = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Secret);

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((at, part) => (isSection(at) ? at[part] : undefined), value);

function words(path: readonly string[], value: unknown): string {
  if (value === undefined) return 'not set';
  const written = writtenValue(path, value);
  return typeof written === 'string' ? written : JSON.stringify(written);
}
