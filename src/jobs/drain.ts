import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { faultPoint } from '../core/fault.js';
import { isJsonDocument } from '../core/framing.js';
import { Assembly, readParts, type Whole } from '../receivers/common/assembly.js';
import { chunkKeyOf } from '../receivers/common/identity.js';
import type { Spool } from '../receivers/common/spool.js';
import { type KeptChunk, type SpooledRecord, takeOver } from '../store/intake.js';
import type { ServiceContext } from './context.js';

const compressed = promisify(gzip);

/** Raw bytes of one chunk of lines: small enough that what is new is seen soon, large enough that a flood is few chunks. */
const chunkBytes = 8 << 20;
const readAhead = { maxRecords: 5000, maxBytes: 32 << 20 };
const retryMs = 1000;

interface Spooled extends SpooledRecord {
  whole: Whole;
}

/**
 * Moves what was pushed from the spool into the database, until the signal is aborted. While the database is away the spool
 * keeps everything. What was taken over is known by its sequence, so that doing it again after a kill adds nothing.
 */
export async function drain(context: ServiceContext, spool: Spool, signal: AbortSignal): Promise<void> {
  let [assembly, after] = [new Assembly(spool), 0];
  while (!signal.aborted) {
    try {
      const synced = spool.stats().lastSequence;
      const records = await spool.read({ after, ...readAhead });
      const wholes = records.flatMap((record) => assembly.add(record) ?? []);
      assembly.settle();
      const ids = await takeOver(
        context.db,
        spool.id,
        wholes.map(
          (whole): Spooled => ({
            sequence: whole.last.sequence,
            source: whole.last.source,
            pushKey: pushKeyOf(whole),
            whole,
          }),
        ),
        (accepted) => compose(spool, accepted),
        context.now(),
      );
      await faultPoint('drain.after');
      for (const id of ids) context.ring('ingest', String(id), { priority: 5 });
      await spool.release(assembly.releasable);
      // Where there are none, there are none up to what was synced before: all of it was released, or is damaged.
      after = records.at(-1)?.sequence ?? Math.max(after, synced);
      if (records.length === 0) await spool.waitForMore(after, signal);
    } catch (error) {
      if (signal.aborted) return;
      // Begins anew with what the spool still holds.
      [assembly, after] = [new Assembly(spool), 0];
      const why = error instanceof Error ? error.message : String(error);
      context.log.warn({ why }, 'the spool waits: the database does not take its records');
      await sleep(retryMs, undefined, { signal }).catch(() => {});
    }
  }
}

/** What names a push that is sent again. */
function pushKeyOf(whole: Whole): string | undefined {
  const { key, digest } = whole.last.meta;
  if (whole.last.kind !== 'push' || typeof key !== 'string' || typeof digest !== 'string') return undefined;
  return createHash('sha256').update(`${key}\n${digest}`).digest('hex');
}

/** Small pushes of one source become one chunk; files, documents and tables with a header stay by themselves. */
async function compose(spool: Spool, accepted: readonly Spooled[]): Promise<KeptChunk[]> {
  const chunks: KeptChunk[] = [];
  const groups = new Map<string, { wholes: Whole[]; bytes: number }>();
  const close = (source: string): void => {
    const group = groups.get(source);
    groups.delete(source);
    if (group !== undefined) chunks.push(chunkOfLines(spool, group.wholes));
  };
  for (const { whole } of accepted) {
    const { source, kind } = whole.last;
    if (kind === 'upload') chunks.push(chunkOfFile(spool, whole));
    else if (!(await canBeJoined(spool, whole))) chunks.push(chunkOfLines(spool, [whole]));
    else {
      const group = groups.get(source) ?? { wholes: [], bytes: 0 };
      groups.set(source, group);
      group.wholes.push(whole);
      group.bytes += whole.bytes;
      if (group.bytes >= chunkBytes) close(source);
    }
  }
  for (const source of [...groups.keys()]) close(source);
  return chunks;
}

async function canBeJoined(spool: Spool, whole: Whole): Promise<boolean> {
  if (whole.last.kind === 'syslog') return true;
  if (whole.bytes >= chunkBytes || String(whole.last.meta.type ?? '').includes('csv')) return false;
  for await (const first of payloads(spool, whole))
    return first[0] !== HASH && !isJsonDocument(first.subarray(0, 65_536));
  return true;
}

const HASH = 35;

async function* payloads(spool: Spool, whole: Whole): AsyncGenerator<Buffer, void> {
  if (whole.sequences.length === 1) yield whole.last.payload;
  else yield* readParts(spool, whole.sequences);
}

function chunkOfFile(spool: Spool, whole: Whole): KeptChunk {
  const { source, receivedAt, meta } = whole.last;
  return {
    source,
    key: chunkKeyOf(spool.id, whole),
    name: typeof meta.name === 'string' && meta.name !== '' ? meta.name : 'upload',
    place: undefined,
    size: whole.bytes,
    modified: receivedAt,
    receivedAt,
    parts: payloads(spool, whole),
  };
}

/** The lines of some pushes, one after the other: each ends with a newline. */
function chunkOfLines(spool: Spool, wholes: readonly Whole[]): KeptChunk {
  const [first, last] = [wholes[0], wholes.at(-1)];
  if (first === undefined || last === undefined) throw new Error('a chunk of no pushes');
  const receivedAt = Math.min(...wholes.map((whole) => whole.last.receivedAt));
  return {
    source: first.last.source,
    key: `spool:${spool.id}:${first.last.sequence}-${last.last.sequence}`,
    name: first.last.kind,
    place: undefined,
    size: wholes.reduce((sum, whole) => sum + whole.bytes, 0),
    modified: receivedAt,
    receivedAt,
    parts: packed(spool, wholes),
  };
}

/** Log lines shrink to a tenth, and the database has them a while: packed in parts that are gzip members of their own. */
async function* packed(spool: Spool, wholes: readonly Whole[]): AsyncGenerator<Buffer, void> {
  let [waiting, size]: [Buffer[], number] = [[], 0];
  for (const whole of wholes) {
    for await (const bytes of payloads(spool, whole)) {
      waiting.push(bytes);
      size += bytes.length;
      if (size < chunkBytes) continue;
      yield await compressed(Buffer.concat(waiting), { level: 1 });
      [waiting, size] = [[], 0];
    }
  }
  if (size > 0) yield await compressed(Buffer.concat(waiting), { level: 1 });
}
