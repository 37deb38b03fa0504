import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogHosts } from './catalog-hosts.js';
import { differences, FoundRows } from './check.js';
import type { LayoutName } from './generate/generate.js';
import type { Log } from './logs.js';
import { type Run, run } from './measure.js';

/** Another program that does the same work, or a part of it, on the same log. */
export interface Peer {
  name: string;
  /** What it does, for the table. */
  does: string;
  /** How to get it. */
  install: string;
  there: boolean;
  /** The layouts that it can read; all without them. */
  layouts?: readonly LayoutName[];
  run(log: Log): Promise<Run>;
  /** What is wrong with its answer. */
  check(log: Log, out: string): string[];
}

const here = join(import.meta.dirname, 'peers');
const runs = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).error === undefined;
const dayLength = 86_400_000;

/** Pieces of text that `rg` is given: every host of the catalog. */
export const needles: readonly string[] = [...new Set(catalogHosts().map(({ host }) => host))].sort();

/** `folder`: where they find the hosts of the catalog. */
export function peers(folder: string, threads: number): Peer[] {
  const [patterns, table] = [join(folder, 'hosts.txt'), join(folder, 'hosts.tsv')];
  writeFileSync(patterns, `${needles.join('\n')}\n`);
  writeFileSync(
    table,
    catalogHosts()
      .map(({ host, service }) => `${host}\t${service}\n`)
      .join(''),
  );
  return [
    {
      name: 'rg -c -F -f',
      does: 'counts lines that hold the text of a host anywhere, wrong ones too',
      install: 'apt-get install ripgrep',
      there: runs('rg', '--version'),
      run: ({ path }) => run('rg', ['--no-config', '-c', '-F', '-f', patterns, path]),
      check: ({ answer }, out) =>
        Number(out) === answer.needleLines ? [] : [`lines: ${Number(out)}, expected ${answer.needleLines}`],
    },
    {
      name: 'mawk',
      does: 'the same roll-up in awk',
      install: 'apt-get install mawk',
      there: runs('mawk', '-W', 'version'),
      run: ({ layout, path }) => run('mawk', ['-v', `layout=${layout}`, '-f', join(here, 'rollup.awk'), table, path]),
      check: checkRollup,
    },
    {
      name: 'DuckDB',
      does: `the same roll-up in SQL, ${threads} threads`,
      install: 'npm run bench:peers',
      there: existsSync(join(here, 'node_modules/@duckdb/node-api')),
      run: ({ layout, path }) =>
        run(process.execPath, [join(here, 'duckdb.mjs'), layout, path, table, String(threads)]),
      check: checkRollup,
    },
    {
      name: 'JSON.parse',
      does: `the same roll-up with JSON.parse of chunks of lines, ${threads} threads`,
      install: '',
      there: true,
      layouts: ['zeek-json', 'cloudflare'],
      run: ({ layout, path }) =>
        run(process.execPath, [join(here, 'json-parse.mjs'), layout, path, table, String(threads)]),
      check: checkRollup,
    },
  ];
}

function checkRollup({ answer }: Log, out: string): string[] {
  const rows = new FoundRows();
  for (const line of out.trimEnd().split('\n')) {
    const [service = '', day = '', who = '', ...numbers] = line.split('\t');
    const [events = 0, attempts = 0, bytesOut = 0, bytesIn = 0] = numbers.map(Number);
    const date = /^\d+$/.test(day) ? new Date(Number(day) * dayLength).toISOString().slice(0, 10) : day;
    rows.add({ service, day: date, events, attempts, bytesOut, bytesIn }, who);
  }
  return differences(rows.result(), answer);
}
