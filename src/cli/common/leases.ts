import { safeLine } from '../../core/terminal.js';
import { joinNews } from '../../people/leases/lease.js';
import { LeaseLookup } from '../../people/leases/lookup.js';
import { packLeases } from '../../people/leases/pack.js';
import type { ScanOptions } from '../../scan/options.js';
import { type ScanResult, scan } from '../../scan/scan.js';
import { findInputs, type NotRead } from '../../scan/walk.js';
import type { ScanRequest } from './scan-types.js';

/** Leases that the user named files for. */
export interface ReadLeases {
  lookup: LeaseLookup | undefined;
  /** For the report. */
  problems: string[];
}

/** Reads the logs named by `--leases`, before all others: an address is whoever had it when the event was. */
export async function readLeases(
  { leases: paths, zone, logZone }: ScanRequest,
  { formats, detection }: Pick<ScanOptions, 'formats' | 'detection'>,
  notRead: NotRead[],
): Promise<ReadLeases> {
  if (paths === undefined) return { lookup: undefined, problems: [] };
  const inputs = findInputs(paths, new Set(), (problem) => notRead.push(problem));
  const { inputs: read } = await scan(inputs, notRead, {
    formats,
    detection,
    mapping: undefined,
    format: undefined,
    zone,
    logZone,
    since: undefined,
    until: undefined,
    resolve: () => ({ kind: 'unknown', id: '', group: '' }),
    provenance: 'observed',
    hash: false,
    speedPath: true,
  });
  const problems = read
    .filter(({ leases }) => leases === undefined)
    .map(({ name }) => `warning: ${safeLine(name)} was named with --leases and holds no leases`);
  const news = joinNews(read.map(({ leases }) => leases));
  if (news !== undefined && news.dropped > 0)
    problems.push(`warning: ${news.dropped} leases beyond the 500,000 that are kept of a file were left out`);
  return { lookup: news === undefined ? undefined : new LeaseLookup(packLeases(news.leases)), problems };
}

/** Leases among the logs themselves come too late: who reads in one pass must know them before. */
export function unusedLeases({ leases }: ScanRequest, { inputs }: Pick<ScanResult, 'inputs'>): string[] {
  if (leases !== undefined) return [];
  const names = inputs
    .filter((input) => input.leases !== undefined && input.usage.length === 0)
    .map(({ name }) => safeLine(name));
  if (names.length === 0) return [];
  const shown = `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
  return [
    `warning: ${shown} ${names.length === 1 ? 'says' : 'say'} who had which address: name ${names.length === 1 ? 'it' : 'them'} with --leases to have that count`,
  ];
}
