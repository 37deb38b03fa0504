import type { CollectContext } from '../../src/collectors/common/collector.js';
import { collector } from '../../src/collectors/s3.js';
import type { ChunkDraft, Gap } from '../../src/core/chunk.js';
import { createEgress, type Egress } from '../../src/net/egress.js';
import { type FakeS3, fakeKeys, fakeS3 } from './fake-s3.js';

export interface S3Source {
  s3: FakeS3;
  /** Every chunk committed so far, in order; a chunk found again would stand here twice. */
  chunks: ChunkDraft[];
  gaps: Gap[];
  cursor: Map<string, string>;
  context: CollectContext;
  /** The process's clock; the fake's stands in its Date header. */
  clock: { now: number };
  options(more?: Record<string, unknown>): Parameters<typeof collector.open>[0];
  /** One run; killed before the batch with this number is committed. Gives the names of new chunks. */
  collect(more?: Record<string, unknown>, killBefore?: number): Promise<string[]>;
  read(chunk: ChunkDraft): Promise<string>;
  close(): Promise<void>;
}

/** A source over a fake S3, with what the database would keep between runs. */
export async function s3Source(): Promise<S3Source> {
  const s3 = await fakeS3();
  const egress: Egress = createEgress({ allow: ['127.0.0.1'], ports: [s3.port] });
  const clock = { now: Date.now() };
  const context: CollectContext = { source: 's3', egress, now: () => clock.now, signal: new AbortController().signal };
  const source: S3Source = {
    s3,
    chunks: [],
    gaps: [],
    cursor: new Map(),
    context,
    clock,
    options: (more = {}) => collector.options.parse({ bucket: 'logs', endpoint: s3.url, ...fakeKeys, ...more }),
    collect: async (more = {}, killBefore = Number.POSITIVE_INFINITY) => {
      const found: string[] = [];
      let batches = 0;
      // The collector sees the cursor as it was committed when the run began.
      for await (const batch of collector.collect(source.options(more), new Map(source.cursor), context)) {
        if (batches++ === killBefore) break;
        source.chunks.push(...batch.chunks);
        source.gaps.push(...(batch.gaps ?? []));
        found.push(...batch.chunks.map((chunk) => chunk.name.replace('s3://logs/', '')));
        for (const [key, value] of batch.cursor) {
          if (value === null) source.cursor.delete(key);
          else source.cursor.set(key, value);
        }
      }
      return found;
    },
    read: async (chunk) => {
      const parts: Buffer[] = [];
      for await (const part of await collector.open(source.options(), chunk, context)) parts.push(part);
      return Buffer.concat(parts).toString();
    },
    close: async () => {
      await Promise.all([egress.close(), s3.close()]);
    },
  };
  return source;
}
