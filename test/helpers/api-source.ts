import type { Batch, CollectContext } from '../../src/collectors/common/collector.js';
import type { Gap } from '../../src/core/chunk.js';
import { createEgress } from '../../src/net/egress.js';

/** What the database would keep of a source that asks an API, held in memory by the rules of src/store/collected.ts. */
export interface ApiSource {
  context: CollectContext;
  clock: { now: number };
  cursor: Map<string, string>;
  /** Ids that are remembered, with their times. */
  ids: Map<string, number>;
  /** Lines that would be scanned, in the order in which they came; a record that counts twice stands here twice. */
  lines: string[];
  gaps: Gap[];
  states: Map<string, Map<string, { body: string; run: string; missing: number; gone: boolean }>>;
  /** How long it waited for servers, in milliseconds. */
  waited: number;
  progress: string[];
  /** One run; killed before the batch with this number is committed. */
  run(
    collect: (cursor: ReadonlyMap<string, string>) => AsyncGenerator<Batch, void>,
    killBefore?: number,
  ): Promise<void>;
  close(): Promise<void>;
}

/** @param ports of the local servers that it may ask */
export function apiSource(ports: readonly number[], now = Date.UTC(2026, 10, 26, 12)): ApiSource {
  const egress = createEgress({ allow: ['127.0.0.1'], ports });
  const clock = { now };
  const source: ApiSource = {
    clock,
    cursor: new Map(),
    ids: new Map(),
    lines: [],
    gaps: [],
    states: new Map(),
    waited: 0,
    progress: [],
    context: {
      source: 'directory',
      egress,
      now: () => clock.now,
      signal: new AbortController().signal,
      sleep: async (ms) => {
        source.waited += ms;
      },
      progress: (line) => void source.progress.push(line),
    },
    async run(collect, killBefore = Number.POSITIVE_INFINITY) {
      let batches = 0;
      // Each batch is committed before the next is asked for, and the cursor seen is the committed one.
      for await (const batch of collect(source.cursor)) {
        if (batches++ === killBefore) return;
        keep(source, batch);
      }
    },
    close: () => egress.close(),
  };
  return source;
}

function keep(source: ApiSource, batch: Batch): void {
  for (const { records } of batch.records ?? [])
    for (const { id, at, text } of records) {
      if (source.ids.has(id)) continue;
      source.ids.set(id, at);
      source.lines.push(text);
    }
  for (const { kind, run, items, complete } of batch.states ?? []) {
    const known = source.states.get(kind) ?? new Map();
    source.states.set(kind, known);
    for (const { id, body, text } of items) {
      const before = known.get(id);
      const json = JSON.stringify(body);
      if ((before === undefined || before.body !== json || before.gone) && text !== undefined) source.lines.push(text);
      known.set(id, { body: json, run, missing: 0, gone: false });
    }
    if (complete)
      for (const item of known.values())
        if (item.run !== run && !item.gone) {
          item.missing++;
          item.gone = item.missing >= 2;
        }
  }
  if (batch.forgetBefore !== undefined)
    for (const [id, at] of source.ids) if (at < batch.forgetBefore) source.ids.delete(id);
  source.gaps.push(...(batch.gaps ?? []));
  for (const [key, value] of batch.cursor) {
    if (value === null) source.cursor.delete(key);
    else source.cursor.set(key, value);
  }
}
