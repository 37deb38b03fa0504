import { safeLine } from '../../../core/terminal.js';
import { loadHours } from '../../../store/ledger.js';
import { loadSourceFindings } from '../../../store/source-findings.js';
import { loadSources, type SourceStatus } from '../../../store/sources.js';
import type { Db } from '../../../store/tables.js';
import { loadTokens } from '../../../store/tokens.js';
import type { OpenedSetup } from './setup.js';

/** A source with what is known of it. */
export interface SourceOverview extends Omit<SourceStatus, 'state'> {
  /** `new`: configured, and no service has seen it yet. */
  state: SourceStatus['state'] | 'new';
  tokens: number;
  /** Records in the last 24 hours. */
  records: number;
  /** Why it is silent or thin. */
  trouble: string[];
}

export async function sourceOverview(db: Db, { setup }: OpenedSetup, now: number): Promise<SourceOverview[]> {
  const [known, tokens, findings] = [await loadSources(db), await loadTokens(db), await loadSourceFindings(db)];
  const rows: SourceOverview[] = [];
  for (const status of known) {
    const hours = await loadHours(db, status.id, now - 86_400_000);
    rows.push({
      ...status,
      tokens: tokens.filter((token) => token.source === status.id).length,
      records: hours.reduce((sum, hour) => sum + hour.received, 0),
      trouble: findings
        .filter(({ source, state }) => source === status.id && state === 'open')
        .map(({ reason }) => reason),
    });
  }
  for (const { id, kind, expectEvery } of setup.sources) {
    if (known.some((status) => status.id === id)) continue;
    const never = { pausedWhy: undefined, lastDataAt: undefined, lastEventAt: undefined, lastRunAt: undefined };
    rows.push({
      id,
      kind,
      state: 'new',
      since: now,
      ...never,
      expectEvery,
      lastError: undefined,
      lastErrorAt: undefined,
      tokens: 0,
      records: 0,
      trouble: [],
    });
  }
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A table of 80 columns, and below a source what is wrong with it. */
export function sourceLines(sources: readonly SourceOverview[], now: number): string[] {
  if (sources.length === 0)
    return ['There are no sources yet: name them in halflight.yaml under "sources", as docs/configuration.md shows.'];
  const width = Math.min(30, Math.max(6, ...sources.map(({ id }) => id.length)));
  const head = `${'source'.padEnd(width)}  ${'kind'.padEnd(8)}  ${'state'.padEnd(8)}  ${'last data'.padEnd(12)}  ${'records 24 h'.padStart(12)}`;
  return [
    head,
    ...sources.flatMap((source) => [
      `${safeLine(source.id).padEnd(width)}  ${safeLine(source.kind).padEnd(8)}  ${source.state.padEnd(8)}  ${since(source.lastDataAt, now).padEnd(12)}  ${source.records.toLocaleString('en-US').padStart(12)}`,
      ...(source.state === 'paused' && source.pausedWhy !== undefined ? [`    ${safeLine(source.pausedWhy)}`] : []),
      ...(source.lastError === undefined ? [] : [`    last error: ${safeLine(source.lastError)}`]),
      ...source.trouble.map((reason) => `    ${safeLine(reason)}`),
    ]),
  ];
}

function since(time: number | undefined, now: number): string {
  if (time === undefined) return 'never';
  const minutes = Math.max(0, Math.round((now - time) / 60_000));
  if (minutes < 1) return 'just now';
  if (minutes < 120) return `${minutes} min ago`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h ago` : `${Math.round(minutes / 1440)} days ago`;
}
