import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Batch, CollectContext } from '../../src/collectors/common/collector.js';
import { collector } from '../../src/collectors/folder.js';
import type { ChunkDraft, Gap } from '../../src/core/chunk.js';
import { createEgress } from '../../src/net/egress.js';

/** A watched folder with its database: what is committed, and nothing else, is remembered. */
export class WatchedFolder {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'halflight-folder-')));
  readonly options;
  readonly cursor = new Map<string, string>();
  readonly chunks = new Map<string, ChunkDraft>();
  readonly gaps: Gap[] = [];
  readonly said: string[] = [];
  /** Milliseconds that the clock is ahead. */
  ahead = 0;

  constructor(options: Record<string, unknown> = {}) {
    this.options = collector.options.parse({ path: this.path, settle: '0s', ...options });
  }

  file(name: string): string {
    return join(this.path, name);
  }

  write(name: string, content: string | Buffer): void {
    writeFileSync(this.file(name), content);
  }

  get context(): CollectContext {
    return {
      source: 'folder-under-test',
      egress: createEgress({}),
      now: () => Date.now() + this.ahead,
      signal: new AbortController().signal,
      progress: (text) => this.said.push(text),
    };
  }

  /** One run; `kill` says before which batch it dies. Gives the new chunks. */
  async collect({ kill = Number.POSITIVE_INFINITY }: { kill?: number } = {}): Promise<ChunkDraft[]> {
    const before = new Map(this.cursor);
    const cursor = { get: (key: string) => before.get(key), entries: () => before.entries() };
    const found: ChunkDraft[] = [];
    let batches = 0;
    for await (const batch of collector.collect(this.options, cursor, this.context)) {
      if (batches++ >= kill) break;
      this.#commit(batch, found);
    }
    return found;
  }

  #commit({ chunks, cursor, gaps = [] }: Batch, found: ChunkDraft[]): void {
    for (const chunk of chunks) {
      // As the database does: the same key again is the same chunk.
      if (this.chunks.has(chunk.key)) continue;
      const kept = JSON.parse(JSON.stringify(chunk)) as ChunkDraft;
      this.chunks.set(chunk.key, kept);
      found.push(kept);
    }
    for (const [key, value] of cursor) {
      if (value === null) this.cursor.delete(key);
      else this.cursor.set(key, value);
    }
    this.gaps.push(...gaps);
  }

  async open(chunk: ChunkDraft): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const bytes of await collector.open(this.options, chunk, this.context)) parts.push(bytes);
    return Buffer.concat(parts);
  }

  /** The text of chunks one after the other. */
  async text(chunks: Iterable<ChunkDraft> = this.chunks.values()): Promise<string> {
    const parts: Buffer[] = [];
    for (const chunk of chunks) parts.push(await this.open(chunk));
    return Buffer.concat(parts).toString('utf8');
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
