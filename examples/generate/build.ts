import { expectedFor } from './expected/expected.js';
import { expectedMore } from './expected/more.js';
import type { Expected } from './expected/types.js';
import { logFiles } from './files.js';
import { type BuiltLog, buildLog } from './logs.js';
import { moreFiles } from './more.js';
import { gzip, zip, zstd } from './pack.js';
import { type Cell, workbook } from './pack-xlsx.js';
import { peopleCsv } from './people.js';
import { type Plan, plan as wholePlan } from './plan/index.js';
import { inventoryYaml } from './plan/inventory-yaml.js';

export interface Acme {
  /** Path below examples/acme -> content. */
  files: ReadonlyMap<string, Buffer>;
  /** Path below examples/acme-more -> content. */
  more: ReadonlyMap<string, Buffer>;
  expected: Expected;
}

/** The whole company, or one with another plan. Nothing is read and nothing is written. */
export function buildAcme(plan: Plan = wholePlan): Acme {
  const logs = logFiles.map((file) => buildLog(file, plan));
  const known = new Set(logFiles.map(({ key }) => key));
  for (const item of [...plan.facts, ...plan.candidates])
    if (!known.has(item.file)) throw new Error(`${item.id}: there is no log file ${item.file}`);
  const files = new Map<string, Buffer>([
    ['people.csv', Buffer.from(peopleCsv())],
    ['inventory.yaml', Buffer.from(inventoryYaml(plan.inventory))],
  ]);
  for (const [path, content] of packed(logs)) files.set(`logs/${path}`, content);
  return { files, more: moreFiles(plan), expected: { ...expectedFor(plan, logs), more: expectedMore(plan, logs) } };
}

function packed(logs: readonly BuiltLog[]): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const archives = new Map<string, [string, Buffer][]>();
  for (const { file, content } of logs) {
    const archive = /^(.*\.(?:zip|xlsx))\/(.*)$/.exec(file.path);
    if (archive?.[1] !== undefined && archive[2] !== undefined) {
      const entries = archives.get(archive[1]) ?? [];
      archives.set(archive[1], [...entries, [archive[2], content]]);
    } else if (file.path.endsWith('.gz')) files.set(file.path, gzip(content));
    else if (file.path.endsWith('.zst')) files.set(file.path, zstd(content));
    else files.set(file.path, content);
  }
  for (const [path, entries] of archives)
    files.set(path, path.endsWith('.zip') ? zip(entries) : workbook(entries.map(sheet)));
  return files;
}

/** A sheet whose rows are written as lines of JSON. */
const sheet = ([name, content]: [string, Buffer]): [string, Cell[][]] => [
  name,
  content
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Cell[]),
];
