import { setTimeout as sleep } from 'node:timers/promises';
import { type ChunkDraft, ChunkGoneError } from '../../core/chunk.js';
import type { CollectContext } from '../common/collector.js';
import { loadSdk, openClient } from './client.js';
import { egressErrorIn, explained, failureOf } from './errors.js';
import { placeOf } from './objects.js';
import type { S3Options } from './options.js';

const resumes = 3;
const pauseMs = 500;

interface Part {
  body: AsyncIterable<Buffer>;
  /** Length of this part in bytes, where it was said. */
  length: number | undefined;
  range: string | undefined;
}

/**
 * The bytes of an object exactly as it was listed: every request asks for that ETag, so that an object that was overwritten, before
 * or while it is read, is gone and never half of each. A connection that is cut goes on from where it was.
 * @throws ChunkGoneError, from the bytes too
 */
export async function openObject(
  options: S3Options,
  chunk: ChunkDraft,
  context: CollectContext,
): Promise<AsyncIterable<Buffer>> {
  const { key, etag } = placeOf(chunk);
  const sdk = await loadSdk();
  const client = openClient(sdk, options, context.egress, { streams: true });
  const from = async (offset: number): Promise<Part> => {
    const command = new sdk.GetObjectCommand({
      Bucket: options.bucket,
      Key: key,
      ...(etag !== undefined && { IfMatch: etag }),
      ...(offset > 0 && { Range: `bytes=${offset}-` }),
    });
    try {
      const answer = await client.send(command, { abortSignal: context.signal });
      return {
        body: answer.Body as unknown as AsyncIterable<Buffer>,
        length: answer.ContentLength,
        range: answer.ContentRange,
      };
    } catch (error) {
      const failure = failureOf(error);
      if (failure?.kind === 'gone') throw new ChunkGoneError(`${chunk.name}: ${failure.found}.`);
      throw explained(error, options);
    }
  };
  const first = await from(0);
  // Without an ETag its length is all that can be compared.
  if (first.length !== undefined && first.length !== chunk.size) {
    await leave(first.body);
    throw new ChunkGoneError(`${chunk.name}: it has another length than when it was listed.`);
  }
  return resumed(first, from, chunk, options, context);
}

async function* resumed(
  first: Part,
  from: (offset: number) => Promise<Part>,
  chunk: ChunkDraft,
  options: S3Options,
  context: CollectContext,
): AsyncGenerator<Buffer, void> {
  let part = first;
  let offset = 0;
  let tries = 0;
  for (;;) {
    try {
      for await (const bytes of part.body) {
        offset += bytes.length;
        tries = 0;
        yield bytes;
      }
      if (offset !== chunk.size)
        throw new ChunkGoneError(`${chunk.name}: it has another length than when it was listed.`);
      return;
    } catch (error) {
      const kind = egressErrorIn(error)?.kind;
      const canResume = chunk.place?.etag !== undefined && (kind === 'network' || kind === 'timeout');
      if (!canResume || tries++ >= resumes || offset >= chunk.size) throw explained(error, options);
    }
    await sleep(pauseMs * tries, undefined, { signal: context.signal });
    part = await from(offset);
    if (offset > 0 && part.range?.startsWith(`bytes ${offset}-`) !== true) {
      await leave(part.body);
      throw new Error(
        `${chunk.name}: the connection was cut, and the service cannot go on in the middle. Try again later.`,
      );
    }
  }
}

async function leave(body: AsyncIterable<Buffer>): Promise<void> {
  for await (const _ of body) break;
}
