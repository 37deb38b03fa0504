import { readFile } from 'node:fs/promises';
import { categories } from '../../catalog/categories.js';
import type { Path } from '../../config/secret.js';
import { nearest, type Problem } from '../../core/problem.js';
import { ownTasks } from '../../jobs/tasks.js';
import { looksLikeJson, readScim } from '../../people/read-scim.js';
import type { LoadedConfig } from './config.js';
import { openCatalog } from './open-catalog.js';

/**
 * Names in rules, reports and nudges that nothing has: services and categories of the catalog, jobs, groups and people of the directory.
 * A mistyped one says nothing for ever, or, in a list of who is not to be written to, has somebody written to. All are warnings: catalog
 * and directory change by themselves, and no service may stay down over that.
 */
export async function nameProblems(loaded: LoadedConfig): Promise<Problem[]> {
  const { config } = loaded;
  const { alerts, nudges, reports } = config;
  const rules = (alerts.rules ?? []).map(({ when }, index) => ({ when, path: ['alerts', 'rules', index, 'when'] }));
  const of = (key: 'services' | 'categories' | 'jobs' | 'groups'): Named[] =>
    rules.flatMap(({ when, path }) => named(when[key], [...path, key]));
  const ofGroups = [
    ...of('groups'),
    ...named(alerts.sensitive_groups, ['alerts', 'sensitive_groups']),
    ...reports.flatMap(({ groups }, index) => named(groups, ['reports', index, 'groups'])),
    ...named(nudges.groups, ['nudges', 'groups']),
    ...named(nudges.excluded_groups, ['nudges', 'excluded_groups']),
  ];
  const ofPeople = named(nudges.excluded_people, ['nudges', 'excluded_people']);
  const jobs = [...Object.keys(ownTasks), ...config.sources.map(({ id }) => `collect:${id}`)];
  return [
    ...unknown(loaded, of('categories'), 'the catalog has no category', Object.keys(categories)),
    ...unknown(loaded, of('jobs'), 'the service has no job', jobs),
    ...(await ofCatalog(loaded, of('services'))),
    ...(await ofDirectory(loaded, ofGroups, ofPeople)),
  ];
}

interface Named {
  path: Path;
  name: string;
}

const named = (names: readonly string[] | undefined, path: Path): Named[] =>
  (names ?? []).map((name, index) => ({ path: [...path, index], name }));

/** `among`: for messages: "the catalog has no service". */
function unknown(
  { problemAt }: LoadedConfig,
  names: readonly Named[],
  among: string,
  known: Iterable<string>,
): Problem[] {
  const ids = new Set(known);
  return names
    .filter(({ name }) => !ids.has(name))
    .map(({ path, name }) => {
      const meant = nearest(name, ids);
      return problemAt(path, `${among} ${name}${meant === undefined ? '' : `; did you mean ${meant}?`}`, 'warning');
    });
}

async function ofCatalog(loaded: LoadedConfig, names: readonly Named[]): Promise<Problem[]> {
  if (names.length === 0) return [];
  const { signatures, catalog, data } = loaded.config;
  try {
    const { services } = await openCatalog(signatures, { folder: catalog.folder, data }, () => {});
    return unknown(loaded, names, 'the catalog has no service', services.keys());
  } catch {
    // Why it cannot be opened is told by whoever works with it.
    return [loaded.problemAt(['alerts', 'rules'], notLookedAt('services', 'the catalog cannot be opened'), 'warning')];
  }
}

const notLookedAt = (what: string, why: string): string => `names ${what} that were not looked at: ${why}`;

async function ofDirectory(
  loaded: LoadedConfig,
  groups: readonly Named[],
  people: readonly Named[],
): Promise<Problem[]> {
  const [first] = [...groups, ...people];
  if (first === undefined) return [];
  const file = loaded.config.people;
  const whose = groups.length > 0 ? 'groups' : 'people';
  if (file === undefined)
    return [
      loaded.problemAt(
        first.path.slice(0, -1),
        notLookedAt(whose, 'there is no people file, only the database'),
        'warning',
      ),
    ];
  let directory: Awaited<ReturnType<typeof readDirectory>>;
  try {
    directory = await readDirectory(file);
  } catch {
    return [loaded.problemAt(first.path.slice(0, -1), notLookedAt(whose, 'the people file cannot be read'), 'warning')];
  }
  const fold = (name: string): string => name.trim().toLowerCase();
  const spelled = new Map(directory.map(({ group }) => [fold(group), group]));
  const folded = groups.map((one) => ({ ...one, name: spelled.get(fold(one.name)) ?? one.name }));
  const ids = new Set(directory.flatMap(({ id, email }) => [id, email]).map(fold));
  return [
    ...unknown(
      loaded,
      folded,
      'nobody in the people file is in a group',
      directory.map(({ group }) => group),
    ),
    ...people
      .filter(({ name }) => !ids.has(fold(name)))
      // Without the nearest one: whose address resembles another is nobody's business here.
      .map(({ path, name }) =>
        loaded.problemAt(path, `nobody in the people file has the id or address ${name}`, 'warning'),
      ),
  ];
}

/** CSV, or users as JSON. What is wrong in it is told where it is used. @throws where it cannot be read */
async function readDirectory(file: string) {
  const text = await readFile(file, 'utf8');
  const { readPeople } = await import('../../people/read-people.js');
  return (looksLikeJson(text) ? readScim : readPeople)(text, file).people;
}
