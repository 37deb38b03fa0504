import { quarantineChunk, splitChunk } from '../../store/chunk-ends.js';
import type { Claim } from '../../store/claims.js';
import { chunkError } from '../../store/reads/chunk-place.js';
import type { IngestContext } from './context.js';
import type { ThreadJob } from './messages.js';
import type { ThreadAnswer } from './scanner.js';

/** The bytes of a chunk cannot be had: no fault of theirs. */
type OutOfReach = Extract<ThreadAnswer, { kind: 'gone' | 'unreachable' }>;

/** Largest piece that is kept in quarantine. */
const maxSealed = 4 << 20;

/**
 * Finds what in a chunk ends its reader: divides it in two, whose halves are tried by themselves; what cannot be divided any
 * more is put aside with its reason, and all the rest lands. `out`: ends the try where the bytes cannot be had. A chunk of n records takes log2(n) rounds for each guilty one.
 */
export async function isolate(
  context: IngestContext,
  claim: Claim,
  job: ThreadJob,
  parts: () => AsyncIterable<Uint8Array> | undefined,
  out: (answer: OutOfReach) => Promise<string>,
): Promise<string> {
  const { db, now, log } = context;
  const { chunkDeadline } = context.setup().work;
  const about = { chunk: claim.id, source: claim.source };
  const range = claim.part;
  if (range === undefined || range.to - range.from > 1) {
    const answer =
      range === undefined
        ? await (await context.scanner()).run({ ...job, work: 'count' }, chunkDeadline, parts())
        : { kind: 'counted' as const, records: range.to };
    if (answer.kind === 'gone' || answer.kind === 'unreachable') return out(answer);
    if (answer.kind === 'counted' && answer.records - (range?.from ?? 0) > 1) {
      const from = range?.from ?? 0;
      const middle = from + Math.floor((answer.records - from) / 2);
      const ids = await splitChunk(
        db,
        claim,
        [
          { from, to: middle },
          { from: middle, to: answer.records },
        ],
        now(),
      );
      log.info({ ...about, parts: ids }, 'chunk divided');
      for (const id of ids) context.ring('ingest', String(id));
      return 'divided';
    }
  }
  const answer = await (await context.scanner()).run({ ...job, work: 'extract' }, chunkDeadline, parts());
  if (answer.kind === 'gone' || answer.kind === 'unreachable') return out(answer);
  const bytes = answer.kind === 'extracted' ? answer.bytes.subarray(0, maxSealed) : Buffer.alloc(0);
  const reason = await lastError(context, claim);
  if (!(await quarantineChunk(db, claim, { reason, sealed: context.seal(bytes), records: 1, now: now() })))
    return 'left as it was';
  log.warn({ ...about, reason }, 'a record is in quarantine');
  return 'quarantined';
}

async function lastError({ db }: IngestContext, claim: Claim): Promise<string> {
  return (await chunkError(db, claim.id)) ?? 'it ended its reader';
}
