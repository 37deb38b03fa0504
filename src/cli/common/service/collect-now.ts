import { setTimeout as sleep } from 'node:timers/promises';
import { knowsApp } from '../../../catalog/apps.js';
import { ApiFailure } from '../../../collectors/common/api/failure.js';
import type { CollectContext, Collector } from '../../../collectors/common/collector.js';
import { type ChunkDraft, ChunkGoneError, SourceLoginError } from '../../../core/chunk.js';
import { collect } from '../../../jobs/collect.js';
import type { Log } from '../../../jobs/context.js';
import { createMetrics } from '../../../jobs/metrics.js';
import type { SourceSetup } from '../../../jobs/setup.js';
import { createEgress, EgressError } from '../../../net/egress.js';
import { explainInput, type Input } from '../../../scan/input.js';
import type { Store } from '../../../store/db.js';
import { loadCursor } from '../../../store/intake.js';
import { syncSources } from '../../../store/sources.js';
import { CliError } from '../errors.js';
import { openCatalog } from '../open-catalog.js';
import { type FilePreview, previewInput, previewLines } from './preview.js';
import { loadKinds, type OpenedSetup } from './setup.js';

export interface CollectSummary {
  source: string;
  kept: boolean;
  chunks: number;
  bytes: number;
  gaps: number;
  /** Records with ids of their provider: that were new, or (dry run) that were read. */
  records: number;
  /** Items of states that were listed, by kind; only in a dry run. */
  states: Record<string, number>;
  /** With --dry-run: what the first files are read as. */
  files?: FilePreview[];
  /** For people. */
  lines: string[];
}

const mostShown = 20;
const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** `1,200 new records, 3 new chunks, 5,000 bytes, 1 gap`. */
function sums(
  { records, chunks, bytes, gaps }: Pick<CollectSummary, 'records' | 'chunks' | 'bytes' | 'gaps'>,
  fresh: string,
): string {
  const of = (count: number, noun: string): string =>
    `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
  return [
    ...(records > 0 ? [of(records, `${fresh}record`)] : []),
    of(chunks, `${fresh}chunk`),
    of(bytes, 'byte'),
    of(gaps, 'gap'),
  ].join(', ');
}

/** One collection, with progress. What it finds is scanned by the service: at once if one runs, else when one is started. */
export async function collectNow(
  { loaded, setup }: OpenedSetup,
  store: Store,
  id: string,
  dryRun: boolean,
  progress: (line: string) => void,
): Promise<CollectSummary> {
  const { collectors, channels } = await loadKinds();
  const { signatures, catalog: place, data } = loaded.config;
  const catalog = await openCatalog(signatures, { folder: place.folder, data }, progress);
  const egress = createEgress(setup.net);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  try {
    if (dryRun) return await look();
    await syncSources(store.db, setup.sources, Date.now());
    const ask = () =>
      collect(
        {
          db: store.db,
          log: silent,
          now: Date.now,
          setup: () => setup,
          catalog,
          collectors,
          channels,
          egress: () => egress,
          metrics: createMetrics(),
          // The sweeper of the running service finds the new chunks within seconds.
          ring: () => {},
        },
        id,
        stop.signal,
        { progress, byHand: true },
      );
    let found = await ask();
    // The service may be at it just now, if only to see that there is nothing to do.
    for (let left = 10; found === undefined && left > 0 && !stop.signal.aborted; left--) {
      await sleep(500);
      found = await ask();
    }
    if (found === undefined)
      throw new CliError(
        `the source ${id} is paused, or is being collected at this moment: "halflight source list" shows which`,
      );
    const where = store.owned ? 'the next "halflight serve" scans it' : 'the running service scans it';
    return {
      source: id,
      kept: true,
      ...found,
      states: {},
      lines: [`${sums(found, 'new ')}${found.chunks > 0 ? `; ${where}` : ''}`],
    };
  } catch (error) {
    // What a provider refuses is told as it is; mistakes of ours stay what they are.
    if (error instanceof ApiFailure || error instanceof SourceLoginError || error instanceof EgressError)
      throw new CliError(`the source ${id} could not be read, or not all of it. ${error.message}`);
    throw error;
  } finally {
    await egress.close();
  }

  async function look(): Promise<CollectSummary> {
    const source = setup.sources.find((item) => item.id === id);
    const collector = source === undefined ? undefined : collectors.get(source.kind);
    if (source === undefined || collector === undefined) throw new CliError(`the source ${id} cannot be collected`);
    const held = await loadCursor(store.db, id);
    const cursor = { get: (key: string) => held.get(key), entries: () => held.entries() };
    const summary: CollectSummary = {
      source: id,
      kept: false,
      chunks: 0,
      bytes: 0,
      gaps: 0,
      records: 0,
      states: {},
      lines: [],
    };
    const context: CollectContext = {
      source: id,
      egress,
      now: Date.now,
      signal: stop.signal,
      progress,
      knowsApp: (name) => knowsApp(catalog, name),
    };
    for await (const batch of collector.collect(source.options, cursor, context)) {
      for (const [key, value] of batch.cursor) {
        if (value === null) held.delete(key);
        else held.set(key, value);
      }
      for (const chunk of batch.chunks) {
        summary.chunks++;
        summary.bytes += chunk.size;
        if (summary.chunks > mostShown) continue;
        summary.lines.push(`${chunk.name}  ${chunk.size.toLocaleString('en-US')} bytes`);
        const files = await previewOf(collector, source, chunk, context);
        summary.files = [...(summary.files ?? []), ...files];
        for (const file of files) summary.lines.push(...previewLines(file));
      }
      for (const page of batch.records ?? []) {
        summary.records += page.records.length;
        for (const record of page.records) summary.bytes += Buffer.byteLength(record.text);
      }
      for (const part of batch.states ?? [])
        summary.states[part.kind] = (summary.states[part.kind] ?? 0) + part.items.length;
      for (const gap of batch.gaps ?? []) {
        summary.gaps++;
        if (summary.lines.length < mostShown) summary.lines.push(`gap: ${gap.why}`);
      }
    }
    if (summary.chunks + summary.gaps > mostShown) summary.lines.push('...');
    for (const [kind, items] of Object.entries(summary.states))
      summary.lines.push(`${kind}: ${items.toLocaleString('en-US')} listed`);
    summary.lines.push(`${sums(summary, '')}; nothing was kept (--dry-run)`);
    return summary;
  }
}

/** What a chunk will be read as; nothing where it cannot be opened now, which the collection itself will say. */
async function previewOf(
  collector: Collector,
  source: SourceSetup,
  chunk: ChunkDraft,
  context: CollectContext,
): Promise<FilePreview[]> {
  const input: Input = {
    name: chunk.name,
    modified: chunk.modified,
    size: chunk.size,
    source: undefined,
    prime: chunk.prime,
    async *bytes() {
      yield* await collector.open(source.options, chunk, context);
    },
  };
  try {
    return await previewInput(input, source);
  } catch (error) {
    if (error instanceof ChunkGoneError) return [];
    return [{ file: chunk.name, format: undefined, title: undefined, expenses: undefined, why: explainInput(error) }];
  }
}
